"""Tasks as a table."""

from datetime import UTC, date, datetime
from typing import Any

from src.core.database import Row
from src.recurrence.rfc5545 import format_rrule
from src.recurrence.sentence import describe
from src.tasks.pattern import is_repeating, pattern_of
from src.transfer.csv_cells import csv_lines, guarded, joined
from src.transfer.json_records import uid_of_row
from src.transfer.uids import OriginKind

COLUMNS = (
    "uid",
    "title",
    "description",
    "status",
    "priority",
    "category",
    "tags",
    "due_date",
    "due_timezone",
    "recurrence",
    "rule",
    "created_at",
    "updated_at",
    "completed_at",
)
HEADER = csv_lines([COLUMNS])


def csv_of_tasks(rows: list[Row]) -> str:
    """The lines of some tasks."""
    return csv_lines([[guarded(cell) for cell in _cells(row)] for row in rows])


def _cells(row: Row) -> list[str]:
    pattern = pattern_of(row) if is_repeating(row) and row["status"] == "pending" else None
    values: dict[str, Any] = dict(row) | {
        "uid": uid_of_row(row, OriginKind.TASK),
        "tags": joined(row["tags"]),
        "due_date": row["due_at"] or row["due_on"],
        "recurrence": describe(pattern.rule, pattern.start) if pattern else None,
        "rule": format_rrule(pattern.rule) if pattern else None,
    }
    return [_text(values[name]) for name in COLUMNS]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    return value.isoformat() if isinstance(value, date) else str(value)
