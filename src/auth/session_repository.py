"""The statements over Better Auth's own tables, in whichever layout its adapter made them.

Kysely writes camelCase columns with time zones, Prisma camelCase without, Drizzle snake_case without; times
without a zone are UTC. Ids are text, unless `generateId` asked for UUIDs or numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    TableClause,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import TypeEngine

from src.auth.flights import Flights
from src.auth.session_tokens import Session
from src.core.database import Executor, Query, Row

_PROBE_AGAIN_AFTER = timedelta(seconds=30)
_GONE = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.InsufficientPrivilegeError,
)
_TEXT_ID = re.compile(r"[^\0]{1,255}", re.DOTALL)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,18}")

_described = table(
    "columns",
    *map(column, ("table_schema", "table_name", "column_name", "data_type")),
    schema="information_schema",
)
_probe = Query(
    select(_described.c.table_name, _described.c.column_name, _described.c.data_type)
    .where(_described.c.table_schema == bindparam("schema"))
    .where(or_(_described.c.table_name == "session", _described.c.table_name == "user"))
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one frontend's adapter made the tables."""

    schema: str
    user_id: str
    expires_at: str
    is_zoned: bool
    id_type: str


class SessionRepository:
    """Better Auth's sessions in this database, once its tables are there; no row is ever remembered."""

    def __init__(self, executor: Executor, schema: str) -> None:
        self._executor = executor
        self._schema = schema
        self._statements: _Statements | None = None
        self._probed_at: datetime | None = None
        self._probes: Flights[str, None] = Flights()

    async def has_tables(self, now: datetime) -> bool:
        """Whether the tables are there; where they are not, they are looked for again every 30 seconds."""
        if self._statements is None and self._is_probe_due(now):
            await self._probes.join(self._schema, partial(self._look_for_tables, now))
        return self._statements is not None

    async def get_by_token(self, token: str) -> Session | None:
        """The session with a raw token, expired or not."""
        statements = self._statements
        return None if statements is None else await self._get(statements.by_token, token=token)

    async def get_by_id(self, session_id: str) -> Session | None:
        """The session with an id, expired or not."""
        statements = self._statements
        if statements is None or not statements.id_form.fullmatch(session_id):
            return None
        return await self._get(statements.by_id, id=session_id)

    async def _get(self, query: Query, **values: str) -> Session | None:
        try:
            row = await self._executor.fetch_one(query, **values)
        except _GONE:
            self._statements = self._probed_at = None
            return None
        return None if row is None else Session(**row)

    def _is_probe_due(self, now: datetime) -> bool:
        return self._probed_at is None or abs(now - self._probed_at) >= _PROBE_AGAIN_AFTER

    async def _look_for_tables(self, now: datetime) -> None:
        rows = await self._executor.fetch_all(_probe, schema=self._schema)
        layout = layout_of(self._schema, rows)
        self._statements = None if layout is None else _Statements(layout)
        self._probed_at = now


def layout_of(schema: str, rows: list[Row]) -> Layout | None:
    """The layout that the columns of `session` and `user` show; None where they are not Better Auth's."""
    types = {(row["table_name"], row["column_name"]): row["data_type"] for row in rows}
    user_id, expires_at = _first(types, "userId", "user_id"), _first(types, "expiresAt", "expires_at")
    needed = {("session", "id"), ("session", "token"), ("user", "id"), ("user", "email")}
    if user_id is None or expires_at is None or not needed <= types.keys():
        return None
    is_zoned = types["session", expires_at] == "timestamp with time zone"
    return Layout(schema, user_id, expires_at, is_zoned, types["session", "id"])


def _first(types: Mapping[tuple[str, str], str], *names: str) -> str | None:
    return next((name for name in names if ("session", name) in types), None)


class _Statements:
    """The statements for one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        id_type, self.id_form = _id_of(layout.id_type)
        token, session_id = bindparam("token", type_=Text()), bindparam("id", type_=Text())
        self.by_token = self._where("token", token)
        self.by_id = self._where("id", session_id if id_type is None else cast(session_id, id_type))

    def _where(self, name: str, value: ColumnElement[str]) -> Query:
        layout = self._layout
        session = _table(layout, "session", "id", "token", layout.user_id, layout.expires_at)
        user = _table(layout, "user", "id", "email")
        expires_at = session.c[layout.expires_at]
        return Query(
            select(
                cast(session.c.id, Text).label("id"),
                cast(user.c.id, Text).label("user_id"),
                user.c.email.label("email"),
                (expires_at if layout.is_zoned else func.timezone("UTC", expires_at)).label("expires_at"),
            )
            .join_from(session, user, user.c.id == session.c[layout.user_id])
            .where(session.c[name] == value)
        )


def _id_of(data_type: str) -> tuple[TypeEngine[Any] | None, re.Pattern[str]]:
    if data_type == "uuid":
        return Uuid(), _UUID
    return (BigInteger(), _NUMBER) if data_type in ("integer", "bigint") else (None, _TEXT_ID)


def _table(layout: Layout, name: str, *columns: str) -> TableClause:
    quoted: list[ColumnClause[Any]] = [column(quoted_name(each, quote=True)) for each in columns]
    return table(quoted_name(name, quote=True), *quoted, schema=quoted_name(layout.schema, quote=True))
