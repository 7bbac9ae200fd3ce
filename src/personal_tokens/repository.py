"""The statements over personal access tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, Text, bindparam, delete, func, insert, or_, select
from sqlalchemy import update as update_of

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.personal_tokens import models

_table = metadata.tables[str(models.PersonalToken.__tablename__)]
_owner = bindparam("owner", type_=Text)
_token_id = bindparam("token_id", type_=BigInteger)
_owned = _table.c.user_id == _owner
_this_one = _owned & (_table.c.id == _token_id)
_told = [column for column in _table.c if column.name not in ("user_id", "token_hash")]


class PersonalTokenRepository:
    """One user's tokens."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def search(self) -> list[Row]:
        return await self._executor.fetch_all(_search, owner=self._owner)

    async def lock(self) -> None:
        """Keep others from making tokens for this user until the transaction ends."""
        await self._executor.fetch_one(_lock, owner=self._owner)

    async def count(self) -> int:
        row = await self._executor.fetch_one(_count, owner=self._owner)
        return int(row["count"]) if row else 0

    async def create(self, values: dict[str, Any]) -> Row:
        rows = await self._executor.fetch_all(_create, user_id=self._owner, **values)
        return rows[0]

    async def delete(self, token_id: int) -> bool:
        """Whether there was such a token."""
        return await self._executor.fetch_one(_delete, owner=self._owner, token_id=token_id) is not None

    async def note_use(self, token_id: int, now: datetime, *, unless_since: datetime) -> None:
        """Note when a token was used; whoever else is noting it right now is not waited for."""
        await self._executor.fetch_one(
            _note_use, owner=self._owner, token_id=token_id, used_at=now, unless_since=unless_since
        )


async def owner_of(executor: Executor, token_hash: bytes) -> Row | None:
    """The token with a hash: the one statement that finds its owner, rather than begin from them."""
    return await executor.fetch_one(_find, token_hash=token_hash)


_columns = ("name", "token_hash", "hint", "scopes", "created_at", "expires_at")
_find = Query(select(_table).where(_table.c.token_hash == bindparam("token_hash", type_=LargeBinary)))
_search = Query(select(*_told).where(_owned).order_by(_table.c.id.desc()))
_lock = Query(
    select(func.pg_advisory_xact_lock(func.hashtextextended("personal_token:" + _owner, 0, type_=BigInteger)))
)
_count = Query(select(func.count().label("count")).where(_owned))
_create = Query(
    insert(_table).values({name: bindparam(name) for name in ("user_id", *_columns)}).returning(*_told)
)
_delete = Query(delete(_table).where(_this_one).returning(_table.c.id))
_unless_since = bindparam("unless_since", type_=DateTime(timezone=True))
_stale = (
    select(_table.c.id)
    .where(_this_one, or_(_table.c.last_used_at.is_(None), _table.c.last_used_at <= _unless_since))
    .with_for_update(key_share=True, skip_locked=True)
)
_note_use = Query(
    update_of(_table)
    .where(_owned, _table.c.id.in_(_stale))
    .values(last_used_at=bindparam("used_at", type_=DateTime(timezone=True)))
    .returning(_table.c.id)
)
