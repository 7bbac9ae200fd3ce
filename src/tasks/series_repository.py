"""The statements over series and the occurrences that were missed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    Text,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.history.operation import Operation
from src.tasks import models
from src.tasks.columns import series_columns
from src.tasks.columns import series_table as _series
from src.tasks.columns import task_table as _task
from src.tasks.pattern import Pattern
from src.tasks.recurrence_schemas import read_pattern

_missed = metadata.tables[str(models.MissedOccurrence.__tablename__)]


class SeriesRepository:
    """One user's series, in one operation."""

    def __init__(self, executor: Executor, operation: Operation) -> None:
        self._executor = executor
        self._operation = operation
        self._owner = operation.caller.user_id

    async def insert(self, pattern: Pattern) -> int:
        values = pattern.columns() | {"described": read_pattern(pattern).model_dump(mode="json")}
        row = await self._executor.fetch_one(
            _insert, owner=self._owner, now=self._operation.now, last_occurrence=1, **values
        )
        assert row is not None  # noqa: S101 - an insert without a conflict clause returns its row.
        return int(row["id"])

    async def lock(self, series_id: int) -> Row | None:
        """The series, kept from other writers until the transaction ends."""
        return await self._one(_lock, series_id)

    async def stop(self, series_id: int) -> None:
        await self._one(_stop, series_id, now=self._operation.now)

    async def advance(self, series_id: int, last_occurrence: int) -> None:
        await self._one(_advance, series_id, new_last=last_occurrence, now=self._operation.now)

    async def record_missed(self, series_id: int, first: int, walls: Sequence[datetime]) -> None:
        """Remember dates that went by, numbered from `first` on."""
        if walls:
            numbers = list(range(first, first + len(walls)))
            await self._one(
                _record_missed, series_id, numbers=numbers, walls=list(walls), now=self._operation.now
            )

    async def forget_missed(self, series_id: int, after: int) -> None:
        await self._executor.fetch_all(
            _forget_missed, owner=self._owner, series_id=series_id, last_number=after
        )

    async def search(self, after: int | None, limit: int) -> list[Row]:
        """Series, newest first, with the counts of their occurrences and their next task."""
        behind = 2**63 - 1 if after is None else after
        return await self._executor.fetch_all(_search, owner=self._owner, last_id=behind, page_size=limit)

    async def _one(self, query: Query, series_id: int, **values: Any) -> Row | None:
        return await self._executor.fetch_one(query, owner=self._owner, series_id=series_id, **values)


_owner = bindparam("owner", type_=Text)
_id = bindparam("series_id", type_=BigInteger)
_now = bindparam("now", type_=DateTime(timezone=True))
_this_one = and_(_series.c.user_id == _owner, _series.c.id == _id)
_stored = (
    "rule",
    "basis",
    "catch_up",
    "timezone",
    "starts_wall",
    "has_time",
    "described",
    "last_occurrence",
)

_insert = Query(
    insert(_series)
    .values(
        user_id=_owner,
        created_at=_now,
        updated_at=_now,
        **{name: bindparam(name, type_=_series.c[name].type) for name in _stored},
    )
    .returning(_series.c.id)
)
_lock = Query(select(_series).where(_this_one).with_for_update())
_stop = Query(
    update(_series)
    .where(_this_one, _series.c.stopped_at.is_(None))
    .values(stopped_at=_now, updated_at=_now)
    .returning(_series.c.id)
)
_advance = Query(
    update(_series)
    .where(_this_one)
    .values(last_occurrence=bindparam("new_last", type_=Integer), updated_at=_now)
    .returning(_series.c.id)
)
_dates = (
    func.unnest(bindparam("numbers", type_=ARRAY(Integer)), bindparam("walls", type_=ARRAY(DateTime)))
    .table_valued("occurrence", "scheduled_wall", name="dates")
    .render_derived()
)
_record_missed = Query(
    insert(_missed)
    .from_select(
        ["user_id", "series_id", "occurrence", "scheduled_wall", "recorded_at"],
        select(_owner, _id, _dates.c.occurrence, _dates.c.scheduled_wall, _now),
    )
    .on_conflict_do_nothing()
    .returning(_missed.c.occurrence)
)
_forget_missed = Query(
    delete(_missed)
    .where(
        _missed.c.user_id == _owner,
        _missed.c.series_id == _id,
        _missed.c.occurrence > bindparam("last_number", type_=Integer),
    )
    .returning(_missed.c.occurrence)
)
_its_tasks = and_(_task.c.user_id == _series.c.user_id, _task.c.series_id == _series.c.id)


def _counted(status: str) -> Any:
    return select(func.count()).where(_its_tasks, _task.c.status == status).scalar_subquery().label(status)


_search = Query(
    select(
        _series.c.id.label("series_id"),
        *series_columns(_series),
        _series.c.created_at,
        _counted("completed"),
        _counted("skipped"),
        select(func.count())
        .where(_missed.c.user_id == _series.c.user_id, _missed.c.series_id == _series.c.id)
        .scalar_subquery()
        .label("missed"),
        select(func.max(_task.c.id))
        .where(_its_tasks, _task.c.status == "pending")
        .scalar_subquery()
        .label("next_task_id"),
    )
    .where(_series.c.user_id == _owner, _series.c.id < bindparam("last_id", type_=BigInteger))
    .order_by(_series.c.id.desc())
    .limit(bindparam("page_size", type_=Integer))
)
