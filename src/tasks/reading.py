"""A stored row as the task that clients read."""

from datetime import date, datetime
from typing import Any

from src.core.database import Row
from src.language import LanguageContext, describe_when
from src.preferences.schemas import Preferences
from src.tasks.pattern import Pattern, is_repeating, pattern_of
from src.tasks.quick_add_schemas import TaskDraft
from src.tasks.recurrence_schemas import read_pattern
from src.tasks.schemas import TaskRead, TaskStatus


class TaskReader:
    """Reads rows by one user's clock and calendar, at one instant."""

    def __init__(self, preferences: Preferences, now: datetime) -> None:
        self._preferences = preferences
        self._context = language_context(preferences, now)

    def read(self, row: Row) -> TaskRead:
        values: dict[str, Any] = dict(row)
        due_at: datetime | None = values["due_at"]
        values["due_date"] = due_at or values["due_on"]
        values["due_text"] = self.due_text(values["due_on"], due_at) if values["due_on"] else None
        values["completed"] = values["status"] == TaskStatus.COMPLETED
        values["recurrence"] = read_pattern(pattern_of(row)) if is_repeating(row) else None
        return TaskRead.model_validate(values)

    def read_or_none(self, row: Row | None) -> TaskRead | None:
        return None if row is None else self.read(row)

    def draft(self, columns: dict[str, Any], pattern: Pattern | None) -> TaskDraft:
        """The task that columns would make."""
        columns = columns | (pattern.due_columns() if pattern else {})
        return TaskDraft(
            title=columns["title"],
            priority=columns["priority"],
            category=columns["category"],
            tags=columns["tags"],
            due_date=columns["due_at"] or columns["due_on"],
            due_timezone=columns["due_timezone"],
            due_text=self.due_text(columns["due_on"], columns["due_at"]) if columns["due_on"] else None,
            recurrence=read_pattern(pattern) if pattern else None,
        )

    def due_text(self, on: date, at: datetime | None) -> str:
        """A due date in words."""
        if at is None:
            return describe_when(on, None, self._context)
        local = self._preferences.local(at)
        return describe_when(local.date(), local.time(), self._context)


def language_context(preferences: Preferences, now: datetime) -> LanguageContext:
    """What the language room needs to know to read this user's dates."""
    return LanguageContext.of(
        now, preferences.zone, week_start=preferences.week_start, date_order=preferences.date_order
    )
