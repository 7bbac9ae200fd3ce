"""The statements over tasks: every one starts from the rows of one user."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    SmallInteger,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from src.core.database import Executor, Query, Row
from src.core.tables import metadata
from src.history.operation import ChangeKind, Operation
from src.history.repository import change_log
from src.tasks import models
from src.tasks.columns import SERIES_COLUMNS
from src.tasks.filters import SortDirection, TaskSort

_task = metadata.tables[str(models.Task.__tablename__)]
_series = metadata.tables[str(models.TaskSeries.__tablename__)]
_owner = bindparam("owner", type_=Text)
_task_id = bindparam("task_id", type_=BigInteger)
_owned = _task.c.user_id == _owner
_this_one = _owned & (_task.c.id == _task_id)
_NEW: dict[str, Any] = {"status": "pending", "version": 1}


class TaskRepository:
    """One user's tasks, in one operation."""

    def __init__(self, executor: Executor, operation: Operation) -> None:
        self._executor = executor
        self._operation = operation
        self._owner = operation.caller.user_id

    async def get(self, task_id: int) -> Row | None:
        return await self._executor.fetch_one(_get, owner=self._owner, task_id=task_id)

    async def lock(self, task_id: int) -> Row | None:
        """The task, kept from other writers until the transaction ends."""
        return await self._executor.fetch_one(_lock, owner=self._owner, task_id=task_id)

    async def next_of_series(self, series_id: int, *, after: int) -> Row | None:
        """The occurrence of a series that comes behind a given one."""
        return await self._executor.fetch_one(
            _next_of_series, owner=self._owner, series_id=series_id, occurrence=after
        )

    async def pending_of_series(self, series_id: int) -> list[Row]:
        return await self._executor.fetch_all(_pending_of_series, owner=self._owner, series_id=series_id)

    async def search(
        self,
        conditions: Mapping[str, Any],
        sort: TaskSort,
        direction: SortDirection,
        *,
        after: tuple[Any, int] | None,
        limit: int,
    ) -> list[Row]:
        """The rows that meet the named conditions, with their `sort_key`, from behind a position on."""
        query = _search(frozenset(_condition_names(conditions)), sort, direction, after is not None)
        key, last_id = after or (None, None)
        return await self._executor.fetch_all(
            query, owner=self._owner, last_key=key, last_id=last_id, page_size=limit, **conditions
        )

    async def insert(self, values: dict[str, Any]) -> Row:
        now = self._operation.now
        row = _NEW | values | {"user_id": self._owner, "created_at": now, "updated_at": now}
        created = await self._executor.fetch_one(
            _insert(frozenset(row)), **row, **self._operation.log_values(ChangeKind.CREATED)
        )
        assert created is not None  # noqa: S101 - an insert without a conflict clause returns its row.
        return created

    async def update(
        self, task_id: int, values: Mapping[str, Any], kind: ChangeKind = ChangeKind.UPDATED
    ) -> Row | None:
        return await self._executor.fetch_one(
            _update(frozenset(values)),
            owner=self._owner,
            task_id=task_id,
            **{f"new_{name}": value for name, value in values.items()},
            **self._operation.log_values(kind),
        )

    async def delete(self, task_id: int) -> Row | None:
        log_values = self._operation.log_values(ChangeKind.DELETED)
        return await self._executor.fetch_one(_delete, owner=self._owner, task_id=task_id, **log_values)


def _with_series(task: FromClause) -> Select[Any]:
    """The rows of tasks, each with the pattern it is an occurrence of."""
    series = [_series.c[name].label(f"series_{name}") for name in SERIES_COLUMNS]
    its_series = and_(_series.c.user_id == task.c.user_id, _series.c.id == task.c.series_id)
    return select(task, *series).select_from(task.outerjoin(_series, its_series))


_get = Query(_with_series(_task).where(_this_one))
_lock = Query(_with_series(_task).where(_this_one).with_for_update(of=_task))
_deleted = delete(_task).where(_this_one).returning(_task).cte("written")
_delete = Query(_with_series(_deleted).add_cte(change_log(_deleted, is_deletion=True)))
_of_series = _owned & (_task.c.series_id == bindparam("series_id", type_=BigInteger))
_pending_of_series = Query(select(_task.c.id).where(_of_series, _task.c.status == "pending"))
_next_of_series = Query(
    _with_series(_task)
    .where(_of_series, _task.c.occurrence > bindparam("occurrence", type_=Integer))
    .order_by(_task.c.occurrence)
    .limit(1)
)


@cache
def _insert(names: frozenset[str]) -> Query:
    values = {name: bindparam(name, type_=_task.c[name].type) for name in sorted(names)}
    written = insert(_task).values(values).returning(_task).cte("written")
    return Query(_with_series(written).add_cte(change_log(written)))


@cache
def _update(names: frozenset[str]) -> Query:
    before = select(_task).where(_this_one).with_for_update().cte("before")
    values = {name: bindparam(f"new_{name}", type_=_task.c[name].type) for name in sorted(names)}
    written = (
        update(_task)
        .where(_task.c.user_id == before.c.user_id, _task.c.id == before.c.id)
        .values(
            **values,
            version=_task.c.version + 1,
            updated_at=bindparam("occurred_at", type_=_task.c.updated_at.type),
        )
        .returning(_task)
        .cte("written")
    )
    return Query(_with_series(written).add_cte(change_log(written, before=before)))


@lru_cache(maxsize=1024)
def _search(
    conditions: frozenset[str], sort: TaskSort, direction: SortDirection, is_later_page: bool
) -> Query:
    key = _sort_key(sort, direction)
    statement = _with_series(_task).add_columns(key.label("sort_key")).where(_owned)
    for name in sorted(conditions):
        statement = statement.where(_CONDITIONS[name])
    if is_later_page:
        statement = statement.where(_behind(key, sort, direction))
    return Query(_ordered(statement, key, direction).limit(bindparam("page_size", type_=Integer)))


def _sort_key(sort: TaskSort, direction: SortDirection) -> ColumnElement[Any]:
    if sort is TaskSort.DUE_DATE:
        end_of_time = "infinity" if direction is SortDirection.ASCENDING else "-infinity"
        return func.coalesce(_task.c.due_wall, literal_column(f"'{end_of_time}'::timestamp"))
    return {
        TaskSort.CREATED_AT: _task.c.created_at,
        TaskSort.UPDATED_AT: _task.c.updated_at,
        TaskSort.PRIORITY: _task.c.priority_rank,
        TaskSort.TITLE: func.lower(_task.c.title),
        TaskSort.STATUS: _task.c.status,
    }[sort]


_KEY_TYPES: dict[TaskSort, TypeEngine[Any]] = {
    TaskSort.CREATED_AT: DateTime(timezone=True),
    TaskSort.UPDATED_AT: DateTime(timezone=True),
    TaskSort.DUE_DATE: DateTime(),
    TaskSort.PRIORITY: SmallInteger(),
    TaskSort.TITLE: Text(),
    TaskSort.STATUS: Text(),
}


def _behind(key: ColumnElement[Any], sort: TaskSort, direction: SortDirection) -> ColumnElement[bool]:
    position = tuple_(key, _task.c.id)
    last = tuple_(bindparam("last_key", type_=_KEY_TYPES[sort]), bindparam("last_id", type_=BigInteger))
    return position > last if direction is SortDirection.ASCENDING else position < last


def _ordered(statement: Select[Any], key: ColumnElement[Any], direction: SortDirection) -> Select[Any]:
    if direction is SortDirection.ASCENDING:
        return statement.order_by(key, _task.c.id)
    return statement.order_by(key.desc(), _task.c.id.desc())


def _text_array(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(Text))


_words = func.concat_ws(
    " ", _task.c.title, _task.c.description, _task.c.category, func.array_to_string(_task.c.tags, " ")
)
_zoned = DateTime(timezone=True)

# A condition is named by its first bind value; the others of its kind follow it.
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "status": _task.c.status == bindparam("status", type_=Text),
    "priorities": _task.c.priority == func.any(_text_array("priorities")),
    "category": func.lower(_task.c.category) == bindparam("category", type_=Text),
    "any_tags": _task.c.tag_keys.op("&&")(_text_array("any_tags")),
    "all_tags": _task.c.tag_keys.op("@>")(_text_array("all_tags")),
    "patterns": _words.op("ILIKE")(func.all(_text_array("patterns"))),
    "recurring": _task.c.series_id.is_not(None) == bindparam("recurring", type_=Boolean),
    "series_id": _task.c.series_id == bindparam("series_id", type_=BigInteger),
    "undated": _task.c.due_on.is_(None) == bindparam("undated", type_=Boolean),
    "due_from_on": case(
        (_task.c.due_at.is_(None), _task.c.due_on >= bindparam("due_from_on", type_=Date)),
        else_=_task.c.due_at >= bindparam("due_from_at", type_=_zoned),
    ),
    "due_until_on": case(
        (_task.c.due_at.is_(None), _task.c.due_on <= bindparam("due_until_on", type_=Date)),
        else_=_task.c.due_at <= bindparam("due_until_at", type_=_zoned),
    ),
}


def _condition_names(conditions: Mapping[str, Any]) -> list[str]:
    return [name for name in conditions if name in _CONDITIONS]
