"""The statements over private calendar feeds."""

from datetime import datetime

from sqlalchemy import DateTime, LargeBinary, Text, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.history import models as history_models
from src.transfer import models

_feed = metadata.tables[str(models.CalendarFeed.__tablename__)]
_change = metadata.tables[str(history_models.TaskChange.__tablename__)]


class FeedRepository:
    """One user's feed; there is one at the most."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def get(self) -> Row | None:
        return await self._executor.fetch_one(_get, owner=self._owner)

    async def save(self, token_hash: bytes, now: datetime) -> None:
        """Keep the hash of the only token that opens the feed from now on."""
        await self._executor.fetch_all(_save, owner=self._owner, token_hash=token_hash, now=now)

    async def delete(self) -> None:
        await self._executor.fetch_all(_delete, owner=self._owner)

    async def latest_change(self) -> int:
        """The id of the newest change of any task; 0 where nothing ever happened."""
        row = await self._executor.fetch_one(_latest_change, owner=self._owner)
        return int(row["latest"] or 0) if row else 0


async def owner_of_feed(executor: Executor, token_hash: bytes) -> str | None:
    """Whose feed a token opens: the one statement that begins without a user, because it finds out who."""
    row = await executor.fetch_one(_owner_of, token_hash=token_hash)
    return row["user_id"] if row else None


_owner = bindparam("owner", type_=Text)
_hash = bindparam("token_hash", type_=LargeBinary)
_now = bindparam("now", type_=DateTime(timezone=True))
_get = Query(select(_feed).where(_feed.c.user_id == _owner))
_new = insert(_feed).values(user_id=_owner, token_hash=_hash, created_at=_now)
_save = Query(
    _new.on_conflict_do_update(
        index_elements=["user_id"],
        set_={name: getattr(_new.excluded, name) for name in ("token_hash", "created_at")},
    )
)
_delete = Query(delete(_feed).where(_feed.c.user_id == _owner))
_owner_of = Query(select(_feed.c.user_id).where(_feed.c.token_hash == _hash))
_latest_change = Query(select(func.max(_change.c.id).label("latest")).where(_change.c.user_id == _owner))
