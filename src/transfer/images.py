"""The image of a task in the change log: its whole row as JSON, as PostgreSQL's `to_jsonb` writes it."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from src.recurrence.wall_time import to_wall

_RANKS = {"High": 3, "Medium": 2, "Low": 1, "None": 0}


def image_of(columns: dict[str, Any], user_id: str, task_id: int, series_id: int | None) -> dict[str, Any]:
    """The image of a task with these columns, under ids of this account."""
    placed = columns if series_id is not None else columns | {"occurrence": None, "scheduled_wall": None}
    return placed | {
        "user_id": user_id,
        "id": task_id,
        "series_id": series_id,
        "priority_rank": _RANKS[columns["priority"]],
        "due_wall": _due_wall(columns),
    }


def _due_wall(columns: dict[str, Any]) -> datetime | None:
    """What the column of this name computes: a date alone falls due when its day ends."""
    if columns["due_at"] is not None:
        return to_wall(columns["due_at"], ZoneInfo(columns["due_timezone"]))
    if columns["due_on"] is None:
        return None
    return datetime.combine(columns["due_on"] + timedelta(days=1), time.min)
