"""The statements over users' settings."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.preferences import models

_settings = metadata.tables[str(models.UserSettings.__tablename__)]
_find = Query(select(_settings).where(_settings.c.user_id == bindparam("owner")))


class PreferencesRepository:
    """One user's settings."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._user_id = user_id

    async def get(self) -> Row | None:
        return await self._executor.fetch_one(_find, owner=self._user_id)

    async def save(self, values: dict[str, Any], now: datetime) -> Row | None:
        query = _save(frozenset(values))
        return await self._executor.fetch_one(query, user_id=self._user_id, updated_at=now, **values)


@cache
def _save(names: frozenset[str]) -> Query:
    columns = sorted(names | {"updated_at"})
    statement = insert(_settings).values({name: bindparam(name) for name in ["user_id", *columns]})
    changed = {name: statement.excluded[name] for name in columns}
    upsert = statement.on_conflict_do_update(index_elements=["user_id"], set_=changed)
    return Query(upsert.returning(_settings))
