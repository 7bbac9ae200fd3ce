"""What an export reads: one user's rows, page by page, as they stood at one instant."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, FromClause, Integer, Text, bindparam, select, text
from sqlalchemy import tuple_ as row_of
from sqlalchemy.dialects.postgresql import ARRAY

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.history import models as history_models
from src.tasks import models as task_models
from src.tasks.columns import owned, series_table, task_table, with_series
from src.transfer import models
from src.transfer.uids import OriginKind

_PAGE = 500

_change = metadata.tables[str(history_models.TaskChange.__tablename__)]
_missed = metadata.tables[str(task_models.MissedOccurrence.__tablename__)]
_origin = metadata.tables[str(models.ImportOrigin.__tablename__)]


class ExportRepository:
    """One user's rows in pages; inside one transaction, after `stand_still`, all of one instant."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def stand_still(self) -> None:
        """Let this transaction see one snapshot, whatever is committed meanwhile."""
        await self._executor.fetch_all(_stand_still)

    def tasks(self) -> AsyncIterator[list[Row]]:
        """The tasks with their series, oldest first."""
        return self._pages(_tasks)

    def pending_tasks(self) -> AsyncIterator[list[Row]]:
        return self._pages(_pending)

    def finished_tasks(self, since: datetime) -> AsyncIterator[list[Row]]:
        """What is no longer to be done, and was changed since an instant."""
        return self._pages(_finished, since=since)

    async def zones(self) -> list[str]:
        """The zones that due dates and series are meant in."""
        rows = await self._executor.fetch_all(_zones, owner=self._owner)
        return [row["timezone"] for row in rows]

    async def series(self) -> AsyncIterator[list[tuple[Row, list[Row]]]]:
        """The series, oldest first, each with the occurrences that were missed."""
        async for page in self._pages(_series):
            missed: dict[int, list[Row]] = {row["id"]: [] for row in page}
            for row in await self._executor.fetch_all(_missed_of, owner=self._owner, series_ids=list(missed)):
                missed[row["series_id"]].append(row)
            yield [(row, missed[row["id"]]) for row in page]

    async def changes(self) -> AsyncIterator[list[Row]]:
        """The change log, task by task, and for each task in the order of what happened."""
        last_task, last_id = 0, 0
        while True:
            page = await self._executor.fetch_all(
                _changes, owner=self._owner, last_task=last_task, last_id=last_id, page_size=_PAGE
            )
            if not page:
                return
            yield page
            last_task, last_id = page[-1]["task_id"], page[-1]["id"]

    async def _pages(self, query: Query, **values: Any) -> AsyncIterator[list[Row]]:
        last_id = 0
        while True:
            page = await self._executor.fetch_all(
                query, owner=self._owner, last_id=last_id, page_size=_PAGE, **values
            )
            if not page:
                return
            yield page
            last_id = page[-1]["id"]


_owner = bindparam("owner", type_=Text)
_last_id = bindparam("last_id", type_=BigInteger)
_page_size = bindparam("page_size", type_=Integer)
_stand_still = Query(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def _origin_uid(table: FromClause, kind: OriginKind) -> ColumnElement[Any]:
    """The name that an imported row brought with it."""
    return (
        select(_origin.c.uid)
        .where(
            _origin.c.user_id == table.c.user_id,
            _origin.c.kind == bindparam(f"{kind}_kind", kind.value, type_=Text),
            _origin.c.row_id == table.c.id,
        )
        .order_by(_origin.c.imported_at, _origin.c.uid)
        .limit(1)
        .scalar_subquery()
        .label("origin_uid")
    )


def _task_pages(*conditions: ColumnElement[bool]) -> Query:
    rows = with_series(task_table).add_columns(
        series_table.c.last_occurrence.label("series_last_occurrence"),
        _origin_uid(task_table, OriginKind.TASK),
    )
    later = task_table.c.id > _last_id
    return Query(rows.where(owned, later, *conditions).order_by(task_table.c.id).limit(_page_size))


_is_pending = task_table.c.status == "pending"
_tasks = _task_pages()
_pending = _task_pages(_is_pending)
_finished = _task_pages(
    ~_is_pending, task_table.c.updated_at >= bindparam("since", type_=DateTime(timezone=True))
)
_zones = Query(
    select(task_table.c.due_timezone.label("timezone"))
    .where(owned, task_table.c.due_timezone.is_not(None))
    .union(select(series_table.c.timezone).where(series_table.c.user_id == _owner))
    .order_by("timezone")
)
_series = Query(
    select(series_table, _origin_uid(series_table, OriginKind.SERIES))
    .where(series_table.c.user_id == _owner, series_table.c.id > _last_id)
    .order_by(series_table.c.id)
    .limit(_page_size)
)
_missed_of = Query(
    select(_missed)
    .where(
        _missed.c.user_id == _owner,
        _missed.c.series_id == bindparam("series_ids", type_=ARRAY(BigInteger)).any_(),
    )
    .order_by(_missed.c.series_id, _missed.c.occurrence)
)
_changes = Query(
    select(_change)
    .where(
        _change.c.user_id == _owner,
        row_of(_change.c.task_id, _change.c.id)
        > row_of(bindparam("last_task", type_=BigInteger), bindparam("last_id", type_=BigInteger)),
    )
    .order_by(_change.c.task_id, _change.c.id)
    .limit(_page_size)
)
