"""The statements that find tasks: which rows, in which order, from behind which position."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Double,
    FromClause,
    Integer,
    Select,
    SmallInteger,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    not_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.types import TypeEngine

from src.core.database import Query
from src.tasks.columns import beside_series, owned, task_table
from src.tasks.filters import SortDirection, TaskSort
from src.tasks.shown import task_json

_task = task_table.c
_zoned = DateTime(timezone=True)


def _text_array(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(Text))


_search = bindparam("search", type_=Text)
# Words by their beginnings and by their English stems.
_words = cast(func.to_tsquery("simple", bindparam("prefixes", type_=Text)), TSQUERY).op("||")(
    func.plainto_tsquery("english", _search)
)
# They are indexed with the mark of their owner: what everybody writes costs each only their own tasks.
_says = func.owned_words(_task.user_id, _task.search_vector).op("@@")(
    func.owned_query(bindparam("owner", type_=Text), _words)
)
# Named twice below, so it is found on its own: among other conditions, another index might look cheaper.
_said = select(task_table).where(owned, _says).cte("said")
# Where no task says the words, they may be misspelt: then, and only then, similar titles are looked for.
_similar = select(task_table).where(owned, _search.op("<%")(_task.title), not_(exists(select(_said.c.id))))
_found = union_all(select(_said), _similar).subquery("found")


def _conditions(task: FromClause) -> dict[str, ColumnElement[bool]]:
    """Each bears the name of one of its bind values; what else it binds has no condition of its own."""
    return {
        "status": task.c.status == bindparam("status", type_=Text),
        "priorities": task.c.priority == func.any(_text_array("priorities")),
        "category": func.lower(task.c.category) == bindparam("category", type_=Text),
        "any_tags": task.c.tag_keys.op("&&")(_text_array("any_tags")),
        "all_tags": task.c.tag_keys.op("@>")(_text_array("all_tags")),
        "recurring": task.c.series_id.is_not(None) == bindparam("recurring", type_=Boolean),
        "series_id": task.c.series_id == bindparam("series_id", type_=BigInteger),
        "undated": task.c.due_on.is_(None) == bindparam("undated", type_=Boolean),
        "due_from_on": case(
            (task.c.due_at.is_(None), task.c.due_on >= bindparam("due_from_on", type_=Date)),
            else_=task.c.due_at >= bindparam("due_from_at", type_=_zoned),
        ),
        "due_until_on": case(
            (task.c.due_at.is_(None), task.c.due_on <= bindparam("due_until_on", type_=Date)),
            else_=task.c.due_at <= bindparam("due_until_at", type_=_zoned),
        ),
        "created_after": task.c.created_at > bindparam("created_after", type_=_zoned),
        "updated_after": task.c.updated_at > bindparam("updated_after", type_=_zoned),
        "completed_after": task.c.completed_at >= bindparam("completed_after", type_=_zoned),
        "completed_before": task.c.completed_at <= bindparam("completed_before", type_=_zoned),
    }


@lru_cache(maxsize=1024)
def search_query(
    values: frozenset[str], sort: TaskSort, direction: SortDirection, *, is_later_page: bool
) -> Query:
    """The tasks as JSON, with their `sort_key`, that meet the conditions whose values are given."""
    order = _Order(sort, direction)
    if "search" in values:
        # What is found comes in no order: it is shown, beside its series, once the page is known.
        key = order.key(_found)
        some = _narrowed(select(_found, key.label("sort_key")), _found, values)
        page = order.page(some, _found, key, is_later=is_later_page).subquery("page")
        return Query(order.sorted(_shown(page, page.c.sort_key), page, page.c.sort_key))
    key = order.key(task_table)
    some = _narrowed(_shown(task_table, key), task_table, values)
    # A rare tag is looked up, a common one met on the way through the list: only its value tells which.
    is_planned_anew = bool(values & {"any_tags", "all_tags"})
    return Query(order.page(some, task_table, key, is_later=is_later_page), is_planned_anew=is_planned_anew)


@lru_cache(maxsize=1024)
def count_query(values: frozenset[str]) -> Query:
    task = _found if "search" in values else task_table
    return Query(_narrowed(select(func.count().label("count")).select_from(task), task, values))


def _narrowed(statement: Select[Any], task: FromClause, values: frozenset[str]) -> Select[Any]:
    conditions = _conditions(task)
    chosen = [conditions[name] for name in sorted(values) if name in conditions]
    return statement.where(task.c.user_id == bindparam("owner", type_=Text), *chosen)


def _shown(task: FromClause, key: ColumnElement[Any]) -> Select[Any]:
    return select(task_json(task), task.c.id, key.label("sort_key")).select_from(beside_series(task))


def _relevance(task: FromClause) -> ColumnElement[Any]:
    # As a subquery, the words are read once rather than for each task.
    by_words = cast(func.ts_rank(task.c.search_vector, select(_words).scalar_subquery()), Double)
    return by_words + func.word_similarity(_search, task.c.title)


_KEYS: dict[TaskSort, tuple[Callable[[FromClause], ColumnElement[Any]], TypeEngine[Any]]] = {
    TaskSort.CREATED_AT: (lambda task: task.c.created_at, _zoned),
    TaskSort.UPDATED_AT: (lambda task: task.c.updated_at, _zoned),
    TaskSort.DUE_DATE: (lambda task: task.c.due_wall, DateTime()),
    TaskSort.PRIORITY: (lambda task: task.c.priority_rank, SmallInteger()),
    TaskSort.TITLE: (lambda task: func.lower(task.c.title), Text()),
    TaskSort.STATUS: (lambda task: task.c.status, Text()),
    TaskSort.RELEVANCE: (_relevance, Double()),
}


class _Order(NamedTuple):
    """What tasks are sorted by, and then by their ids."""

    sort: TaskSort
    direction: SortDirection

    def key(self, task: FromClause) -> ColumnElement[Any]:
        key = _KEYS[self.sort][0](task)
        if self.sort is not TaskSort.DUE_DATE:
            return key
        end_of_time = "infinity" if self.direction is SortDirection.ASCENDING else "-infinity"
        return func.coalesce(key, literal_column(f"'{end_of_time}'::timestamp"))

    def page(
        self, statement: Select[Any], task: FromClause, key: ColumnElement[Any], *, is_later: bool
    ) -> Select[Any]:
        if is_later:
            statement = statement.where(self._behind(task, key))
        return self.sorted(statement, task, key).limit(bindparam("page_size", type_=Integer))

    def sorted(self, statement: Select[Any], task: FromClause, key: ColumnElement[Any]) -> Select[Any]:
        if self.direction is SortDirection.ASCENDING:
            return statement.order_by(key, task.c.id)
        return statement.order_by(key.desc(), task.c.id.desc())

    def _behind(self, task: FromClause, key: ColumnElement[Any]) -> ColumnElement[bool]:
        position = tuple_(key, task.c.id)
        last_key = bindparam("last_key", type_=_KEYS[self.sort][1])
        last = tuple_(last_key, bindparam("last_id", type_=BigInteger))
        return position > last if self.direction is SortDirection.ASCENDING else position < last
