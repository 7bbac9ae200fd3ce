"""A stored row as the task that clients read."""

from datetime import date, datetime
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from src.core.database import Row
from src.language import LanguageContext, describe_when
from src.preferences.schemas import Preferences
from src.tasks.pattern import Pattern
from src.tasks.quick_add_schemas import TaskDraft
from src.tasks.recurrence_schemas import read_pattern
from src.tasks.schemas import Completion, Skipping, TaskRead


class StoredTask(NamedTuple):
    """A task as PostgreSQL shows it: JSON that is sent as it is, and read by who looks inside."""

    id: int
    version: int
    json: str

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(row["id"], row["version"], row["task"])

    def read(self) -> TaskRead:
        return TaskRead.model_validate_json(self.json)


class FinishedTask(NamedTuple):
    """A task that was completed or skipped, and the occurrence that follows it."""

    task: StoredTask
    upcoming: StoredTask | None

    @classmethod
    def of(cls, finished: Row, upcoming: Row | None) -> Self:
        return cls(StoredTask.of(finished), None if upcoming is None else StoredTask.of(upcoming))

    def completion(self) -> Completion:
        return Completion(completed_task=self.task.read(), next_occurrence=self._next())

    def completion_json(self) -> str:
        """The JSON of `Completion`."""
        following = "null" if self.upcoming is None else self.upcoming.json
        return f'{{"completed_task":{self.task.json},"next_occurrence":{following}}}'

    def skipping(self) -> Skipping:
        return Skipping(skipped_task=self.task.read(), next_occurrence=self._next())

    def _next(self) -> TaskRead | None:
        return None if self.upcoming is None else self.upcoming.read()


def read_or_none(row: Row | None) -> TaskRead | None:
    return None if row is None else StoredTask.of(row).read()


def draft_of(columns: dict[str, Any], pattern: Pattern | None, zone: ZoneInfo, now: datetime) -> TaskDraft:
    """The task that columns would make, as a zone's wall clock sees it at an instant."""
    columns = columns | (pattern.due_columns() if pattern else {})
    on, at = columns["due_on"], columns["due_at"]
    return TaskDraft(
        title=columns["title"],
        priority=columns["priority"],
        category=columns["category"],
        tags=columns["tags"],
        due_date=at or on,
        due_timezone=columns["due_timezone"],
        due_text=due_text(on, at, zone, now) if on else None,
        recurrence=read_pattern(pattern) if pattern else None,
    )


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
