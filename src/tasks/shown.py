"""A task as clients read it, written by PostgreSQL: the JSON of `TaskRead` in one pass.

A list of 50 tasks made by Python costs four times what finding them does. `TaskReader` makes the same of one
row, and a test holds the two to the same text.
"""

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Integer, Text, bindparam, case, cast, func, null, select
from sqlalchemy.sql import literal_column

from src.tasks.columns import series_table, settings_table, task_table

_task, _series = task_table.c, series_table.c
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


def _due_text() -> ColumnElement[Any]:
    """As `describe_when` says it."""
    local = func.timezone(select(_clock.c.zone).scalar_subquery(), _task.due_at, type_=DateTime())
    wall = func.coalesce(local, cast(_task.due_on, DateTime))
    days = cast(wall, Date).op("-", return_type=Integer())(_today)
    near = case(
        *((days == distance, literal_column(f"'{said}'", Text)) for distance, said in _NEAR.items()),
        else_=_NOTHING,
    )
    is_this_year = func.extract("year", wall) == func.extract("year", _today)
    pattern = literal_column("'Dy FMDD Mon'", Text)
    with_year = literal_column("'Dy FMDD Mon YYYY'", Text)
    day = func.to_char(wall, case((is_this_year, pattern), else_=with_year))
    clock = func.coalesce(
        func.to_char(local, literal_column("', HH24:MI'", Text)), literal_column("''", Text)
    )
    return case((_task.due_on.is_(None), null()), else_=near + day + clock)


_SHOWN: dict[str, ColumnElement[Any]] = {
    "id": _task.id,
    "user_id": _task.user_id,
    "title": _task.title,
    "description": _task.description,
    "status": _task.status,
    "completed": _task.status == literal_column("'completed'", Text),
    "priority": _task.priority,
    "category": _task.category,
    "tags": _task.tags,
    "due_date": func.coalesce(_instant(_task.due_at), _text(_task.due_on)),
    "due_timezone": _task.due_timezone,
    "due_text": _due_text(),
    "recurrence": case((_series.stopped_at.is_(None), _series.described)),
    "series_id": _task.series_id,
    "occurrence": _task.occurrence,
    "created_at": _instant(_task.created_at),
    "updated_at": _instant(_task.updated_at),
    "completed_at": _instant(_task.completed_at),
    "version": _task.version,
}

_row = (
    select(*(value.label(name) for name, value in _SHOWN.items()))
    .correlate(task_table, series_table)
    .subquery("shown")
)
task_json: ColumnElement[str] = cast(
    select(func.row_to_json(literal_column("shown"))).select_from(_row).scalar_subquery(), Text
)
"""The JSON of a row of tasks beside its series; binds `owner`, `now` and `asked_zone`."""
