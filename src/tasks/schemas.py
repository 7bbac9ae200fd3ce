"""Tasks as clients read and write them."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StrictBool,
    StringConstraints,
)

from src.core.pagination import Page
from src.core.schemas import DayOrInstant, Instant, RequestModel
from src.tasks.recurrence_schemas import Recurrence, RecurrenceRead


class TaskStatus(StrEnum):
    """Where a task stands."""

    PENDING = "pending"
    COMPLETED = "completed"
    SKIPPED = "skipped"


class Priority(StrEnum):
    """How much a task matters."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
    NONE = "None"


def _capitalised(value: Any) -> Any:
    return value.strip().capitalize() if isinstance(value, str) else value


def _clean_tags(tags: list[str]) -> list[str]:
    """Without repetitions: 'Home' and 'home' are one tag, spelt as it came first."""
    unique: dict[str, str] = {}
    for tag in tags:
        unique.setdefault(tag_key(tag), tag)
    return list(unique.values())


def tag_key(tag: str) -> str:
    """The form in which tags are compared."""
    return tag.casefold()


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(max_length=10_000)]
AnyCasePriority = Annotated[Priority, BeforeValidator(_capitalised)]
Category = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(_clean_tags)]
DueText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(
        description="A date, an instant, a local date and time, or an English phrase.",
        examples=["2026-12-01", "2026-12-01T17:00:00", "next friday 5pm"],
    ),
]


class TaskFields(RequestModel):
    """The fields of a task that a client may write."""

    title: Title = Field(examples=["Call mom"])
    description: Description | None = None
    priority: AnyCasePriority = Priority.MEDIUM
    category: Category | None = None
    tags: Tags = Field(default=[], examples=[["family"]])
    due_date: DueText | None = None
    due_string: DueText | None = Field(default=None, examples=["tomorrow 5pm"])
    recurrence: Recurrence | None = None


class TaskCreate(TaskFields):
    """A new task."""


class TaskReplace(TaskFields):
    """The whole task anew: what is omitted returns to its default."""

    completed: StrictBool = False


class TaskUpdate(RequestModel):
    """The fields to change; `null` clears."""

    title: Title | None = Field(default=None, examples=["Call mom and dad"])
    description: Description | None = None
    priority: AnyCasePriority | None = None
    category: Category | None = None
    tags: Tags | None = None
    due_date: DueText | None = None
    due_string: DueText | None = None
    recurrence: Recurrence | None = None
    completed: StrictBool | None = None


class TaskCompletion(RequestModel):
    """Whether the task is done."""

    completed: StrictBool = Field(examples=[True])


class TaskRead(BaseModel):
    """A task."""

    id: int
    user_id: str
    title: str
    description: str | None
    status: TaskStatus
    completed: bool
    priority: Priority
    category: str | None
    tags: list[str]
    due_date: DayOrInstant | None = Field(description="A date, or an instant where a time was given.")
    due_timezone: str | None = Field(description="The zone in which the time of day was meant.")
    due_text: str | None = Field(description="The due date in words.", examples=["tomorrow, Sun 22 Nov"])
    recurrence: RecurrenceRead | None = Field(description="How it repeats; null where it does not.")
    series_id: int | None
    occurrence: int | None = Field(description="The how-manieth of its series.")
    created_at: Instant
    updated_at: Instant
    completed_at: Instant | None
    version: int


class TaskPage(Page[TaskRead]):
    """A part of a list of tasks; `total` is there where it was asked for."""

    total: int | None = Field(default=None, exclude_if=lambda total: total is None)


class TagRead(BaseModel):
    """A tag and how many tasks carry it."""

    name: str
    usage_count: int


class Completion(BaseModel):
    """A task that was completed, and the occurrence that follows it."""

    completed_task: TaskRead
    next_occurrence: TaskRead | None = None


class Skipping(BaseModel):
    """An occurrence that was skipped, and the one that follows it."""

    skipped_task: TaskRead
    next_occurrence: TaskRead | None = None


class DeletionScope(StrEnum):
    """What a deletion takes: this task, or all that is still to be done of its series."""

    TASK = "task"
    SERIES = "series"


class Deletion(BaseModel):
    """A task that is gone, and the occurrence that follows it."""

    deleted_task_id: int
    title: str
    next_occurrence: TaskRead | None = None


class SeriesRead(BaseModel):
    """A recurring task: its rule and what became of its occurrences."""

    id: int
    is_active: bool
    text: str
    recurrence: RecurrenceRead
    next_task: TaskRead | None
    completed: int
    skipped: int
    missed: int
    created_at: Instant
    stopped_at: Instant | None
