"""The records of a JSON file: what an export writes and an import takes."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    NaiveDatetime,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from src.core.schemas import RequestModel, Written
from src.history.operation import ChangeKind
from src.preferences.schemas import SettingsUpdate, TimezoneName
from src.recurrence.rule import Basis, CatchUp
from src.tasks.schemas import AnyCasePriority, Category, Description, Priority, Tags, TaskStatus, Title
from src.transfer.bounds import wall_within_calendar, within_calendar

RecordInstant = Annotated[AwareDatetime, AfterValidator(within_calendar), Written]
# JSON Schema's `date-time` has an offset, which a wall has not.
RecordWall = Annotated[
    NaiveDatetime,
    AfterValidator(wall_within_calendar),
    Written,
    WithJsonSchema({"type": "string", "examples": ["2026-11-21T09:00:00"]}),
]
RecordId = Annotated[int, Field(ge=1, le=2**63 - 1)]
RecordUid = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Occurrence = Annotated[int, Field(ge=1, le=2**31 - 1)]


class TaskState(RequestModel):
    """What a task is like at some time."""

    title: Title
    description: Description | None = None
    status: TaskStatus = TaskStatus.PENDING
    priority: AnyCasePriority = Priority.MEDIUM
    category: Category | None = None
    tags: Tags = Field(default=[])
    due_date: Annotated[str, StringConstraints(max_length=40)] | None = None
    due_timezone: TimezoneName | None = None
    series_id: RecordId | None = Field(default=None, description="The `id` of a series in the same file.")
    occurrence: Occurrence | None = None
    scheduled: RecordWall | None = Field(default=None, description="Where the pattern put it, on its wall.")
    created_at: RecordInstant | None = None
    updated_at: RecordInstant | None = None
    completed_at: RecordInstant | None = None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1

    @model_validator(mode="after")
    def _place_in_series(self) -> Self:
        given = [self.series_id is not None, self.occurrence is not None, self.scheduled is not None]
        if any(given) and not all(given):
            raise ValueError("series_id, occurrence and scheduled go together.")
        return self


class TaskRecord(TaskState):
    """A task in a file."""

    id: RecordId | None = None
    uid: RecordUid | None = Field(default=None, description="The name it keeps wherever it is imported.")


class MissedRecord(RequestModel):
    """An occurrence that was missed."""

    occurrence: Occurrence
    scheduled: RecordWall
    recorded_at: RecordInstant


class SeriesRecord(RequestModel):
    """A series in a file."""

    id: RecordId
    uid: RecordUid | None = None
    rule: Annotated[str, StringConstraints(max_length=1000)] = Field(description="RFC 5545.")
    basis: Basis = Basis.DUE_DATE
    catch_up: CatchUp = CatchUp.NEXT_FUTURE
    timezone: TimezoneName
    starts: Annotated[str, StringConstraints(max_length=40)] = Field(
        description="A date, or a time on the wall of the series' zone.", examples=["2026-12-01T09:00:00"]
    )
    last_occurrence: Occurrence = 1
    created_at: RecordInstant | None = None
    updated_at: RecordInstant | None = None
    stopped_at: RecordInstant | None = None
    missed: list[MissedRecord] = Field(default=[], max_length=100_000)


class ChangeRecord(RequestModel):
    """A change in a file.

    `before` is there where it is not what the task's change before left, and empty where there was nothing;
    `after` holds what changed, and is missing where the task was deleted.
    """

    task_id: RecordId
    operation_id: UUID
    kind: ChangeKind
    actor_kind: Annotated[str, StringConstraints(min_length=1, max_length=50)] = "user"
    actor_name: Annotated[str, StringConstraints(max_length=200)] | None = None
    occurred_at: RecordInstant
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class ExportDocument(RequestModel):
    """The JSON format of exports and imports."""

    format: Literal["todo-ai"] = Field(default="todo-ai", examples=["todo-ai"])
    version: Literal[1] = Field(default=1, examples=[1])
    exported_at: RecordInstant | None = None
    preferences: SettingsUpdate | None = None
    series: list[SeriesRecord] = Field(default=[])
    tasks: list[TaskRecord] = Field(default=[], examples=[[{"title": "Call mom", "priority": "High"}]])
    history: list[ChangeRecord] = Field(default=[])
