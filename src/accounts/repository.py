"""The statements over accounts and their sessions."""

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import DateTime, Text, Uuid, bindparam, delete, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from src.accounts import models
from src.accounts.errors import EmailTaken
from src.core.database import Executor, Query, Row
from src.core.tables import metadata

_account = metadata.tables[str(models.Account.__tablename__)]
_session = metadata.tables[str(models.AccountSession.__tablename__)]
_zoned = DateTime(timezone=True)
_owner = bindparam("owner", type_=Text)
_email = bindparam("email", type_=Text)
_name = bindparam("name", type_=Text)
_now = bindparam("now", type_=_zoned)
_verified_hash = bindparam("verified_hash", type_=Text)
_session_id = bindparam("session_id", type_=Uuid)
_this_account = _account.c.user_id == _owner
_this_session = (_session.c.user_id == _owner) & (_session.c.id == _session_id)
# What was proved by a password holds only while that is still the password.
_still_proved = _this_account & (_account.c.password_hash == _verified_hash)


class AccountDirectory:
    """All accounts, by their emails in normal form."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find(self, email: str) -> Row | None:
        return await self._executor.fetch_one(_find, email=email)

    async def create(
        self, user_id: str, *, email: str, name: str | None, password_hash: str, now: datetime
    ) -> Row | None:
        """The new account, or None where the email has one."""
        return await self._executor.fetch_one(
            _create, owner=user_id, email=email, name=name, verified_hash=password_hash, now=now
        )


class AccountRepository:
    """One user's account and its sessions."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def get(self) -> Row | None:
        return await self._executor.fetch_one(_get, owner=self._owner)

    async def lock(self, verified_hash: str) -> bool:
        """Hold the account until the transaction ends; False where the password is no longer that one."""
        row = await self._executor.fetch_one(_lock, owner=self._owner, verified_hash=verified_hash)
        return row is not None

    async def rename(self, name: str | None, now: datetime) -> Row | None:
        return await self._executor.fetch_one(_rename, owner=self._owner, name=name, now=now)

    async def change_identity(
        self, name: str | None, email: str, verified_hash: str, now: datetime
    ) -> Row | None:
        """The account with its new name and email; raises `EmailTaken`."""
        values = {"name": name, "email": email, "verified_hash": verified_hash, "now": now}
        try:
            return await self._executor.fetch_one(_change_identity, owner=self._owner, **values)
        except asyncpg.UniqueViolationError as error:
            raise EmailTaken from error

    async def change_hash(self, verified_hash: str, new_hash: str, now: datetime) -> Row | None:
        return await self._executor.fetch_one(
            _change_hash, owner=self._owner, verified_hash=verified_hash, new_hash=new_hash, now=now
        )

    async def begin_session(
        self, session_id: UUID, verified_hash: str, now: datetime, expires_at: datetime
    ) -> bool:
        """Keep a session; False where the password is no longer that one."""
        row = await self._executor.fetch_one(
            _begin_session,
            owner=self._owner,
            session_id=session_id,
            verified_hash=verified_hash,
            now=now,
            expires_at=expires_at,
        )
        return row is not None

    async def has_session(self, session_id: UUID) -> bool:
        row = await self._executor.fetch_one(_get_session, owner=self._owner, session_id=session_id)
        return row is not None

    async def end_session(self, session_id: UUID) -> None:
        await self._executor.fetch_all(_end_session, owner=self._owner, session_id=session_id)

    async def end_sessions(self) -> None:
        await self._executor.fetch_all(_end_sessions, owner=self._owner)

    async def forget_expired_sessions(self, now: datetime) -> None:
        await self._executor.fetch_all(_forget_expired, owner=self._owner, now=now)


_find = Query(select(_account).where(_account.c.email == _email))
_get = Query(select(_account).where(_this_account))
_create = Query(
    insert(_account)
    .values(
        user_id=_owner,
        email=_email,
        name=_name,
        password_hash=_verified_hash,
        created_at=_now,
        updated_at=_now,
    )
    .on_conflict_do_nothing(index_elements=["email"])
    .returning(_account)
)
_lock = Query(select(_account.c.user_id).where(_still_proved).with_for_update())
_rename = Query(update(_account).where(_this_account).values(name=_name, updated_at=_now).returning(_account))
_change_identity = Query(
    update(_account)
    .where(_still_proved)
    .values(name=_name, email=_email, updated_at=_now)
    .returning(_account)
)
_change_hash = Query(
    update(_account)
    .where(_still_proved)
    .values(password_hash=bindparam("new_hash", type_=Text), updated_at=_now)
    .returning(_account)
)
# A new password waits for this row to end all sessions, or this waits for it and then finds another hash.
_proved = select(_account.c.user_id).where(_still_proved).with_for_update(read=True).cte("proved")
_begin_session = Query(
    insert(_session)
    .from_select(
        ["user_id", "id", "created_at", "expires_at"],
        select(_proved.c.user_id, _session_id, _now, bindparam("expires_at", type_=_zoned)),
    )
    .returning(_session.c.id)
)
_get_session = Query(select(literal_column("1")).select_from(_session).where(_this_session))
_end_session = Query(delete(_session).where(_this_session))
_end_sessions = Query(delete(_session).where(_session.c.user_id == _owner))
_forget_expired = Query(delete(_session).where(_session.c.user_id == _owner, _session.c.expires_at < _now))
