"""A task as clients read it, written by PostgreSQL: the JSON of `TaskRead` in one pass.

A list of 50 tasks made by Python costs four times what finding them does.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
)
from sqlalchemy.sql import literal_column

from src.tasks.columns import beside_series, series_table, settings_table, with_series

_UTC = literal_column("'UTC'", Text)
_NOTHING = literal_column("''", Text)
_NEAR = {0: "today, ", 1: "tomorrow, ", -1: "yesterday, "}

_zone = func.coalesce(
    bindparam("asked_zone", type_=Text),
    select(settings_table.c.timezone)
    .where(settings_table.c.user_id == bindparam("owner", type_=Text))
    .scalar_subquery(),
    _UTC,
)
_now = bindparam("now", type_=DateTime(timezone=True))
_clock = select(_zone.label("zone"), cast(func.timezone(_zone, _now), Date).label("today")).cte("clock")
_today = select(_clock.c.today).scalar_subquery()


def _text(value: Any) -> ColumnElement[str]:
    """A date or a naive time as ISO 8601, whatever the server's date style."""
    return func.to_json(value, type_=Text).op("#>>", return_type=Text())(literal_column("'{}'"))


def _instant(column: Any) -> ColumnElement[str]:
    return _text(func.timezone(_UTC, column)) + literal_column("'Z'", Text)


def _due_text(task: FromClause) -> ColumnElement[Any]:
    """As `describe_when` says it."""
    local = func.timezone(select(_clock.c.zone).scalar_subquery(), task.c.due_at, type_=DateTime())
    wall = func.coalesce(local, cast(task.c.due_on, DateTime))
    days = cast(wall, Date).op("-", return_type=Integer())(_today)
    near = case(
        *((days == distance, literal_column(f"'{said}'", Text)) for distance, said in _NEAR.items()),
        else_=_NOTHING,
    )
    is_this_year = func.extract("year", wall) == func.extract("year", _today)
    pattern = literal_column("'Dy FMDD Mon'", Text)
    with_year = literal_column("'Dy FMDD Mon YYYY'", Text)
    day = func.to_char(wall, case((is_this_year, pattern), else_=with_year))
    clock = func.coalesce(func.to_char(local, literal_column("', HH24:MI'", Text)), _NOTHING)
    return case((task.c.due_on.is_(None), null()), else_=near + day + clock)


def _fields(task: FromClause) -> dict[str, ColumnElement[Any]]:
    """The fields of `TaskRead`, in their order."""
    series = series_table.c
    return {
        "id": task.c.id,
        "user_id": task.c.user_id,
        "title": task.c.title,
        "description": task.c.description,
        "status": task.c.status,
        "completed": task.c.status == literal_column("'completed'", Text),
        "priority": task.c.priority,
        "category": task.c.category,
        "tags": task.c.tags,
        "due_date": func.coalesce(_instant(task.c.due_at), _text(task.c.due_on)),
        "due_timezone": task.c.due_timezone,
        "due_text": _due_text(task),
        "recurrence": case((series.stopped_at.is_(None), series.described)),
        "series_id": task.c.series_id,
        "occurrence": task.c.occurrence,
        "created_at": _instant(task.c.created_at),
        "updated_at": _instant(task.c.updated_at),
        "completed_at": _instant(task.c.completed_at),
        "version": task.c.version,
    }


def task_json(task: FromClause) -> ColumnElement[str]:
    """The JSON of a row of tasks beside its series; binds `owner`, `now` and `asked_zone`."""
    fields = (value.label(name) for name, value in _fields(task).items())
    shown = select(*fields).correlate(task, series_table).subquery("shown")
    as_json = select(func.row_to_json(literal_column("shown"))).select_from(shown).scalar_subquery()
    return cast(as_json, Text).label("task")


def shown_alone(task: FromClause) -> Select[Any]:
    """The rows of tasks as the JSON that clients read, and what an answer says beside it."""
    return select(task.c.id, task.c.version, task_json(task)).select_from(beside_series(task))


def shown(task: FromClause) -> Select[Any]:
    """The rows of tasks, each with its series, and as the JSON that clients read."""
    return with_series(task).add_columns(task_json(task))
