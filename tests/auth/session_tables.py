"""Tables as Better Auth's adapters make them, and sessions put into them by hand."""

import base64
import hashlib
import hmac
import itertools
import secrets
import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

import asyncpg

from src.core.clock import system_clock
from src.core.database_url import parse_database_url
from tests.factories import SECRET

_names = itertools.count(1)
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Layout:
    """How an adapter makes the tables."""

    user_id: str
    expires_at: str
    time: str
    id: str = "text"


KYSELY = Layout('"userId"', '"expiresAt"', "timestamptz")
PRISMA = Layout('"userId"', '"expiresAt"', "timestamp(3)")
DRIZZLE = Layout("user_id", "expires_at", "timestamp")
KYSELY_WITH_UUIDS = Layout('"userId"', '"expiresAt"', "timestamptz", "uuid")
DRIZZLE_WITH_NUMBERS = Layout("user_id", "expires_at", "timestamp", "integer")
LAYOUTS = {
    "kysely": KYSELY,
    "prisma": PRISMA,
    "drizzle": DRIZZLE,
    "kysely with uuids": KYSELY_WITH_UUIDS,
    "drizzle with numbers": DRIZZLE_WITH_NUMBERS,
}


@dataclass(frozen=True)
class SignedIn:
    """A session that is in the tables."""

    id: str
    user_id: str
    token: str

    @property
    def signed(self) -> str:
        return signed(self.token)

    @property
    def cookie(self) -> str:
        """The `Cookie` header that a browser sends."""
        return f"better-auth.session_token={quote(self.signed, safe='')}"


def signed(token: str, secret: str = SECRET) -> str:
    mac = hmac.digest(secret.encode(), token.encode(), hashlib.sha256)
    return f"{token}.{base64.b64encode(mac).decode()}"


class SessionTables:
    """A schema of its own with Better Auth's two tables, once they are created."""

    def __init__(self, connection: asyncpg.Connection, layout: Layout) -> None:
        self.schema = f"better_auth_{next(_names)}"
        self._connection = connection
        self._layout = layout

    async def create(self) -> None:
        made = self._layout
        await self.run(
            f"""
            CREATE SCHEMA {self.schema};
            SET search_path TO {self.schema};
            CREATE TABLE "user" (id {made.id} PRIMARY KEY, email text NOT NULL UNIQUE);
            CREATE TABLE session (
                id {made.id} PRIMARY KEY,
                {made.expires_at} {made.time} NOT NULL,
                token text NOT NULL UNIQUE,
                {made.user_id} {made.id} NOT NULL REFERENCES "user" (id) ON DELETE CASCADE
            );
            """
        )

    async def drop(self) -> None:
        await self.run(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")

    async def sign_in(self, *, expires_in: timedelta = timedelta(days=7)) -> SignedIn:
        key = self._key(next(_names))
        token = "".join(secrets.choice(_ALPHABET) for _ in range(32))
        await self.run('INSERT INTO "user" VALUES ($1, $2)', key, f"{key}@example.com")
        await self.run("INSERT INTO session VALUES ($1, $2, $3, $4)", key, self._told(expires_in), token, key)
        return SignedIn(str(key), str(key), token)

    async def sign_out(self, session: SignedIn) -> None:
        await self.run("DELETE FROM session WHERE token = $1", session.token)

    async def delete_user(self, session: SignedIn) -> None:
        await self.run('DELETE FROM "user" WHERE id::text = $1', session.user_id)

    async def run(self, statement: str, *values: object) -> None:
        await self._connection.execute(statement, *values)

    def _key(self, number: int) -> str | int:
        if self._layout.id == "integer":
            return number
        return f"00000000-0000-4000-8000-{number:012}" if self._layout.id == "uuid" else f"id-{number}"

    def _told(self, expires_in: timedelta) -> datetime:
        """The instant as the adapter writes it: where the column has no zone, in UTC and without one."""
        instant = system_clock() + expires_in
        return instant if self._layout.time == "timestamptz" else instant.replace(tzinfo=None)


@asynccontextmanager
async def session_tables(url: str, layout: Layout) -> AsyncIterator[SessionTables]:
    """Tables that are there from the start and gone at the end."""
    connection = await asyncpg.connect(**parse_database_url(url).asyncpg_arguments())
    tables = SessionTables(connection, layout)
    try:
        await tables.create()
        yield tables
        await tables.drop()
    finally:
        await connection.close()
