"""Personal access tokens at the door: whose is this one, and what does it allow?"""

from contextlib import suppress
from datetime import datetime, timedelta

from src.auth.context import ExpiredToken, InvalidToken
from src.auth.identity import CredentialKind, Identity, Scope
from src.core.database import Executor, Row
from src.core.errors import DatabaseUnavailable
from src.personal_tokens.repository import PersonalTokenRepository, owner_of
from src.personal_tokens.secret import hash_of, is_well_formed

NOTED_EVERY = timedelta(minutes=1)


class PersonalTokenDirectory:
    """Looks every token up anew, by one indexed read: what is revoked is dead at once."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find(self, token: str, now: datetime) -> Identity:
        """Whose a token is.

        Raises:
            ExpiredToken: its time is over.
            InvalidToken: it was revoked, or never issued.
        """
        row = await owner_of(self._executor, hash_of(token)) if is_well_formed(token) else None
        if row is None:
            raise InvalidToken("This personal access token was revoked, or is none of ours.")
        if row["expires_at"] <= now:
            raise ExpiredToken("This personal access token has expired; make a new one.")
        await self._note_use(row, now)
        return Identity(
            row["user_id"],
            CredentialKind.PERSONAL_ACCESS_TOKEN,
            expires_at=row["expires_at"].timestamp(),
            scopes=frozenset(map(Scope, row["scopes"])),
            token_id=str(row["id"]),
            client=row["name"],
        )

    async def _note_use(self, row: Row, now: datetime) -> None:
        stale = now - NOTED_EVERY
        if row["last_used_at"] is not None and row["last_used_at"] > stale:
            return
        repository = PersonalTokenRepository(self._executor, row["user_id"])
        with suppress(DatabaseUnavailable):  # A database that only reads still knows whose the token is.
            await repository.note_use(row["id"], now, unless_since=stale)
