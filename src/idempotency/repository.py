"""The statements over idempotency keys."""

from datetime import datetime, timedelta

from sqlalchemy import DateTime, Integer, LargeBinary, Text, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.idempotency import models

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=5)
"""A claim without an answer for this long belongs to a process that died."""

_table = metadata.tables[str(models.IdempotencyKey.__tablename__)]
_owner = bindparam("owner", type_=Text)
_key = bindparam("key", type_=Text)
_now = bindparam("now", type_=DateTime(timezone=True))
_this_one = and_(_table.c.user_id == _owner, _table.c.key == _key)


class IdempotencyRepository:
    """One user's keys."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def claim(self, key: str, fingerprint: bytes, now: datetime) -> bool:
        """Take a key that is new, over a day old, or abandoned; waits for whoever is taking it right now."""
        row = await self._executor.fetch_one(
            _claim,
            owner=self._owner,
            key=key,
            fingerprint=fingerprint,
            now=now,
            forgotten_before=now - KEPT,
            abandoned_before=now - ABANDONED,
        )
        return row is not None

    async def get(self, key: str) -> Row | None:
        return await self._executor.fetch_one(_get, owner=self._owner, key=key)

    async def answer(self, key: str, status: int, headers: dict[str, str], body: bytes) -> None:
        await self._executor.fetch_one(
            _answer, owner=self._owner, key=key, new_status=status, new_headers=headers, new_body=body
        )

    async def release(self, key: str) -> None:
        """Forget a claim whose request failed, so that it can be tried again."""
        await self._executor.fetch_one(_release, owner=self._owner, key=key)

    async def forget_old(self, now: datetime) -> None:
        await self._executor.fetch_all(_forget_old, owner=self._owner, forgotten_before=now - KEPT)


_forgotten_before = bindparam("forgotten_before", type_=DateTime(timezone=True))
_new = insert(_table).values(
    user_id=_owner, key=_key, fingerprint=bindparam("fingerprint", type_=LargeBinary), claimed_at=_now
)
_claim = Query(
    _new.on_conflict_do_update(
        index_elements=["user_id", "key"],
        set_={
            "fingerprint": _new.excluded.fingerprint,
            "claimed_at": _new.excluded.claimed_at,
            "status": None,
            "headers": None,
            "body": None,
        },
        where=or_(
            _table.c.claimed_at < _forgotten_before,
            and_(
                _table.c.status.is_(None),
                _table.c.claimed_at < bindparam("abandoned_before", type_=DateTime(timezone=True)),
            ),
        ),
    ).returning(_table.c.key)
)
_get = Query(select(_table).where(_this_one))
_answer = Query(
    update(_table)
    .where(_this_one)
    .values(
        status=bindparam("new_status", type_=Integer),
        headers=bindparam("new_headers", type_=JSONB),
        body=bindparam("new_body", type_=LargeBinary),
    )
    .returning(_table.c.key)
)
_release = Query(delete(_table).where(_this_one, _table.c.status.is_(None)).returning(_table.c.key))
_forget_old = Query(
    delete(_table)
    .where(_table.c.user_id == _owner, _table.c.claimed_at < _forgotten_before)
    .returning(_table.c.key)
)
