"""The conditions that lists are narrowed by."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Text,
    bindparam,
    case,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY

_zoned = DateTime(timezone=True)


def conditions_on(task: FromClause, values: frozenset[str]) -> list[ColumnElement[bool]]:
    """The owner's tasks, and of these the ones that meet the conditions whose values are given."""
    conditions = _conditions(task)
    chosen = [conditions[name] for name in sorted(values) if name in conditions]
    return [task.c.user_id == bindparam("owner", type_=Text), *chosen]


def _text_array(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(Text))


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
