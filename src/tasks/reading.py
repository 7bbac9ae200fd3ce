"""A stored row as the task that clients read."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from src.auth.context import Caller
from src.core.database import Row
from src.language import LanguageContext, describe_when
from src.preferences.schemas import Preferences
from src.preferences.zones import zone_named
from src.tasks.pattern import Pattern, is_repeating
from src.tasks.quick_add_schemas import TaskDraft
from src.tasks.recurrence_schemas import read_pattern
from src.tasks.schemas import TaskRead, TaskStatus


class TaskReader:
    """Reads rows by their owner's clock and calendar, at one instant."""

    def __init__(self, caller: Caller, now: datetime) -> None:
        self._asked_zone = zone_named(caller.timezone) if caller.timezone else None
        self._now = now

    def read(self, row: Row) -> TaskRead:
        values: dict[str, Any] = dict(row)
        due_at: datetime | None = values["due_at"]
        values["due_date"] = due_at or values["due_on"]
        zone = self._asked_zone or zone_named(values["owner_zone"] or "UTC")
        values["due_text"] = self._due_text(values["due_on"], due_at, zone)
        values["completed"] = values["status"] == TaskStatus.COMPLETED
        values["recurrence"] = values["series_described"] if is_repeating(row) else None
        return TaskRead.model_validate(values)

    def read_or_none(self, row: Row | None) -> TaskRead | None:
        return None if row is None else self.read(row)

    def draft(self, columns: dict[str, Any], pattern: Pattern | None, zone: ZoneInfo) -> TaskDraft:
        """The task that columns would make, its due date in words of a zone."""
        columns = columns | (pattern.due_columns() if pattern else {})
        return TaskDraft(
            title=columns["title"],
            priority=columns["priority"],
            category=columns["category"],
            tags=columns["tags"],
            due_date=columns["due_at"] or columns["due_on"],
            due_timezone=columns["due_timezone"],
            due_text=self._due_text(columns["due_on"], columns["due_at"], zone),
            recurrence=read_pattern(pattern) if pattern else None,
        )

    def _due_text(self, on: date | None, at: datetime | None, zone: ZoneInfo) -> str | None:
        return None if on is None else due_text(on, at, zone, self._now)


def due_text(on: date, at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """A due date in words, as they are said in a zone at an instant."""
    context = LanguageContext.of(now, zone)
    if at is None:
        return describe_when(on, None, context)
    local = at.astimezone(zone)
    return describe_when(local.date(), local.time(), context)


def language_context(preferences: Preferences, now: datetime) -> LanguageContext:
    """What the language room needs to know to read this user's dates."""
    return LanguageContext.of(
        now, preferences.zone, week_start=preferences.week_start, date_order=preferences.date_order
    )
