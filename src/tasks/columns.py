"""The columns of a series as every row of a task carries them."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause

SERIES_COLUMNS = ("rule", "basis", "catch_up", "timezone", "starts_wall", "has_time", "stopped_at")


def series_columns(series: FromClause) -> list[ColumnElement[Any]]:
    columns = [series.c[name].label(f"series_{name}") for name in SERIES_COLUMNS]
    return [series.c.id.label("series_id"), *columns]
