"""The tables and columns that every statement over tasks begins with."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, and_, bindparam, select

from src.core.tables import metadata
from src.preferences.models import UserSettings
from src.tasks import models

task_table = metadata.tables[str(models.Task.__tablename__)]
series_table = metadata.tables[str(models.TaskSeries.__tablename__)]
settings_table = metadata.tables[str(UserSettings.__tablename__)]

# What is searched in is derived from the rest; nobody reads it, and the change log need not keep it.
task_columns = [column for column in task_table.c if column.name != "search_vector"]

owned = task_table.c.user_id == bindparam("owner", type_=Text)
"""The one base of every statement: the rows of one user."""

_SERIES_COLUMNS = (
    "rule",
    "basis",
    "catch_up",
    "timezone",
    "starts_wall",
    "has_time",
    "described",
    "stopped_at",
)


def series_columns(series: FromClause) -> list[ColumnElement[Any]]:
    """The pattern of a series, as every row of a task carries it."""
    return [series.c[name].label(f"series_{name}") for name in _SERIES_COLUMNS]


def beside_series(task: FromClause) -> FromClause:
    """Tasks, each beside the series it is an occurrence of."""
    its_series = and_(series_table.c.user_id == task.c.user_id, series_table.c.id == task.c.series_id)
    return task.outerjoin(series_table, its_series)


def with_series(task: FromClause) -> Select[Any]:
    """The rows of tasks, each with the pattern it is an occurrence of."""
    columns = [task.c[column.name] for column in task_columns]
    return select(*columns, *series_columns(series_table)).select_from(beside_series(task))
