"""What lists are ordered by, and which rows lie behind a position."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    FromClause,
    Select,
    SmallInteger,
    Text,
    bindparam,
    func,
    literal_column,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from src.tasks.filters import SortDirection, TaskSort

_zoned = DateTime(timezone=True)

_KEYS: dict[TaskSort, tuple[Callable[[FromClause], ColumnElement[Any]], TypeEngine[Any]]] = {
    TaskSort.CREATED_AT: (lambda task: task.c.created_at, _zoned),
    TaskSort.UPDATED_AT: (lambda task: task.c.updated_at, _zoned),
    TaskSort.DUE_DATE: (lambda task: task.c.due_wall, DateTime()),
    TaskSort.PRIORITY: (lambda task: task.c.priority_rank, SmallInteger()),
    TaskSort.TITLE: (lambda task: func.lower(task.c.title), Text()),
    TaskSort.STATUS: (lambda task: task.c.status, Text()),
}
_LAST_ID = bindparam("last_id", type_=BigInteger)


class Order(NamedTuple):
    """What tasks are sorted by, and then by their ids."""

    sort: TaskSort
    direction: SortDirection

    @property
    def is_by_relevance(self) -> bool:
        return self.sort is TaskSort.RELEVANCE

    @property
    def last_key(self) -> ColumnElement[Any]:
        """The key of the position behind which a later page begins."""
        return bindparam("last_key", type_=Double() if self.is_by_relevance else _KEYS[self.sort][1])

    @property
    def position(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """Where a later page begins."""
        return self.last_key, _LAST_ID

    @property
    def end_of_time(self) -> ColumnElement[Any]:
        """When undated tasks are due: they come last, whichever end of the calendar comes first."""
        end = "infinity" if self.direction is SortDirection.ASCENDING else "-infinity"
        return literal_column(f"'{end}'::timestamp", DateTime())

    def key(self, task: FromClause) -> ColumnElement[Any]:
        """A column of tasks; what a search ranks has its key from the search."""
        key = _KEYS[self.sort][0](task)
        if self.sort is not TaskSort.DUE_DATE:
            return key
        return func.coalesce(key, self.end_of_time)

    def sorted(self, statement: Select[Any], *columns: ColumnElement[Any]) -> Select[Any]:
        if self.direction is SortDirection.ASCENDING:
            return statement.order_by(*columns)
        return statement.order_by(*(column.desc() for column in columns))

    def comes_behind(
        self, here: Sequence[ColumnElement[Any]], there: Sequence[ColumnElement[Any]]
    ) -> ColumnElement[bool]:
        if self.direction is SortDirection.ASCENDING:
            return tuple_(*here) > tuple_(*there)
        return tuple_(*here) < tuple_(*there)

    def comes_before(self, key: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
        return key < other if self.direction is SortDirection.ASCENDING else key > other


SOONEST_FIRST = Order(TaskSort.DUE_DATE, SortDirection.ASCENDING)
