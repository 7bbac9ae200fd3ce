"""The conditions that lists are narrowed by."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Interval,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ARRAY

from src.tasks.order import Order

LOOKED_UP = frozenset(
    {
        "any_tags",
        "all_tags",
        "recurring",
        "undated",
        "due_from_on",
        "due_until_on",
        "created_after",
        "updated_after",
        "completed_after",
        "completed_before",
    }
)
"""The conditions that few of one's tasks may meet, and that have an index of their own."""
_zoned = DateTime(timezone=True)
_FROM_ON = bindparam("due_from_on", type_=Date)
_FROM_AT = bindparam("due_from_at", type_=_zoned)
_UNTIL_ON = bindparam("due_until_on", type_=Date)
_UNTIL_AT = bindparam("due_until_at", type_=_zoned)
_DAY = literal_column("interval '1 day'", Interval)


def conditions_on(task: FromClause, values: frozenset[str]) -> list[ColumnElement[bool]]:
    """The owner's tasks, and of these the ones that meet the conditions whose values are given."""
    conditions = _conditions(task)
    chosen = [conditions[name] for name in sorted(values) if name in conditions]
    return [task.c.user_id == bindparam("owner", type_=Text), *chosen]


def due_bounds(order: Order, task: FromClause, values: frozenset[str]) -> list[ColumnElement[bool]]:
    """What holds of the key of an order by due date where the conditions on due dates hold.

    An index knows no zones, so these bounds are wider than the conditions: no clock is a day from UTC's.
    """
    due = order.key(task)
    bounds = []
    if "due_from_on" in values:
        bounds.append(due >= func.least(cast(_FROM_ON, DateTime), func.timezone("UTC", _FROM_AT)) - _DAY)
    if "due_until_on" in values:
        last = func.greatest(cast(_UNTIL_ON, DateTime), func.timezone("UTC", _UNTIL_AT))
        bounds.append(due <= last + _DAY)
    if bounds:
        bounds.append(order.comes_before(due, order.end_of_time))
    return [*bounds, due == order.end_of_time] if "undated" in values else bounds


def _text_array(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(Text))


def _conditions(task: FromClause) -> dict[str, ColumnElement[bool]]:
    """Each bears the name of one of its values; what else it binds has no condition of its own."""
    return {
        "status": task.c.status == bindparam("status", type_=Text),
        "priorities": task.c.priority == func.any(_text_array("priorities")),
        "category": func.lower(task.c.category) == bindparam("category", type_=Text),
        "any_tags": task.c.tag_keys.op("&&")(_text_array("any_tags")),
        "all_tags": task.c.tag_keys.op("@>")(_text_array("all_tags")),
        "recurring": task.c.series_id.is_not(None),
        "not_recurring": task.c.series_id.is_(None),
        "series_id": task.c.series_id == bindparam("series_id", type_=BigInteger),
        "undated": task.c.due_on.is_(None),
        "due_from_on": case(
            (task.c.due_at.is_(None), task.c.due_on >= _FROM_ON), else_=task.c.due_at >= _FROM_AT
        ),
        "due_until_on": case(
            (task.c.due_at.is_(None), task.c.due_on <= _UNTIL_ON), else_=task.c.due_at <= _UNTIL_AT
        ),
        "created_after": task.c.created_at > bindparam("created_after", type_=_zoned),
        "updated_after": task.c.updated_at > bindparam("updated_after", type_=_zoned),
        "completed_after": task.c.completed_at >= bindparam("completed_after", type_=_zoned),
        "completed_before": task.c.completed_at <= bindparam("completed_before", type_=_zoned),
    }
