"""The statements that find tasks: which rows, in which order, from behind which position."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Double,
    Integer,
    Select,
    SmallInteger,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
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


# Words by their beginnings and by their English stems.
_words = cast(func.to_tsquery("simple", bindparam("prefixes", type_=Text)), TSQUERY).op("||")(
    func.plainto_tsquery("english", bindparam("search", type_=Text))
)
_says = _task.search_vector.op("@@")(_words)
# Where no task says the words, they may be misspelt: then titles that resemble them are found.
_others = task_table.alias("others")
_any_says = exists().where(
    _others.c.user_id == bindparam("owner", type_=Text), _others.c.search_vector.op("@@")(_words)
)
_resembles = and_(not_(_any_says), bindparam("search", type_=Text).op("<%")(_task.title))
_relevance = cast(func.ts_rank(_task.search_vector, _words), Double) + func.word_similarity(
    bindparam("search", type_=Text), _task.title
)

# A condition bears the name of one of its bind values; what else it binds has no condition of its own.
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "status": _task.status == bindparam("status", type_=Text),
    "priorities": _task.priority == func.any(_text_array("priorities")),
    "category": func.lower(_task.category) == bindparam("category", type_=Text),
    "any_tags": _task.tag_keys.op("&&")(_text_array("any_tags")),
    "all_tags": _task.tag_keys.op("@>")(_text_array("all_tags")),
    "search": or_(_says, _resembles),
    "recurring": _task.series_id.is_not(None) == bindparam("recurring", type_=Boolean),
    "series_id": _task.series_id == bindparam("series_id", type_=BigInteger),
    "undated": _task.due_on.is_(None) == bindparam("undated", type_=Boolean),
    "due_from_on": case(
        (_task.due_at.is_(None), _task.due_on >= bindparam("due_from_on", type_=Date)),
        else_=_task.due_at >= bindparam("due_from_at", type_=_zoned),
    ),
    "due_until_on": case(
        (_task.due_at.is_(None), _task.due_on <= bindparam("due_until_on", type_=Date)),
        else_=_task.due_at <= bindparam("due_until_at", type_=_zoned),
    ),
    "created_after": _task.created_at > bindparam("created_after", type_=_zoned),
    "updated_after": _task.updated_at > bindparam("updated_after", type_=_zoned),
    "completed_after": _task.completed_at >= bindparam("completed_after", type_=_zoned),
    "completed_before": _task.completed_at <= bindparam("completed_before", type_=_zoned),
}


@lru_cache(maxsize=1024)
def search_query(
    values: frozenset[str], sort: TaskSort, direction: SortDirection, *, is_later_page: bool
) -> Query:
    """The tasks as JSON, with their `sort_key`, that meet the conditions whose values are given."""
    key = _sort_key(sort, direction)
    shown = select(task_json(task_table), _task.id, key.label("sort_key"))
    statement = _narrowed(shown.select_from(beside_series(task_table)), values)
    if is_later_page:
        statement = statement.where(_behind(key, sort, direction))
    statement = _ordered(statement, key, direction).limit(bindparam("page_size", type_=Integer))
    # A rare tag is looked up, a common one met on the way through the list: only its value tells which.
    return Query(statement, is_planned_anew=bool(values & {"any_tags", "all_tags"}))


@lru_cache(maxsize=1024)
def count_query(values: frozenset[str]) -> Query:
    return Query(_narrowed(select(func.count().label("count")).select_from(task_table), values))


def _narrowed(statement: Select[Any], values: frozenset[str]) -> Select[Any]:
    conditions = [_CONDITIONS[name] for name in sorted(values) if name in _CONDITIONS]
    return statement.where(owned, *conditions)


def _sort_key(sort: TaskSort, direction: SortDirection) -> ColumnElement[Any]:
    if sort is TaskSort.DUE_DATE:
        end_of_time = "infinity" if direction is SortDirection.ASCENDING else "-infinity"
        return func.coalesce(_task.due_wall, literal_column(f"'{end_of_time}'::timestamp"))
    return _KEYS[sort][0]


_KEYS: dict[TaskSort, tuple[ColumnElement[Any], TypeEngine[Any]]] = {
    TaskSort.CREATED_AT: (_task.created_at, DateTime(timezone=True)),
    TaskSort.UPDATED_AT: (_task.updated_at, DateTime(timezone=True)),
    TaskSort.DUE_DATE: (_task.due_wall, DateTime()),
    TaskSort.PRIORITY: (_task.priority_rank, SmallInteger()),
    TaskSort.TITLE: (func.lower(_task.title), Text()),
    TaskSort.STATUS: (_task.status, Text()),
    TaskSort.RELEVANCE: (_relevance, Double()),
}


def _behind(key: ColumnElement[Any], sort: TaskSort, direction: SortDirection) -> ColumnElement[bool]:
    position = tuple_(key, _task.id)
    last = tuple_(bindparam("last_key", type_=_KEYS[sort][1]), bindparam("last_id", type_=BigInteger))
    return position > last if direction is SortDirection.ASCENDING else position < last


def _ordered(statement: Select[Any], key: ColumnElement[Any], direction: SortDirection) -> Select[Any]:
    if direction is SortDirection.ASCENDING:
        return statement.order_by(key, _task.id)
    return statement.order_by(key.desc(), _task.id.desc())
