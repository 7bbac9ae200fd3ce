"""Quick add: one line of text in, a task and what was understood out."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from src.core.schemas import Instant, RequestModel
from src.language import Understood
from src.tasks.recurrence_schemas import RecurrenceRead
from src.tasks.schemas import Priority, TaskRead


class QuickAddRequest(RequestModel):
    """A line such as `Pay rent every 1st p1 #home`; quotes or a backslash keep words literal."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"\S")] = Field(
        examples=["Pay rent every 1st p1 #home"]
    )
    dry_run: StrictBool = Field(default=False, description="Only show what would be stored.")


class UnderstoodRead(BaseModel):
    """A piece of the text, from `start` up to `end` in characters, and what it was taken as."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    text: str
    start: int
    end: int
    as_: str = Field(alias="as", examples=["priority: High"])

    @classmethod
    def of(cls, piece: Understood) -> Self:
        return cls(text=piece.text, start=piece.start, end=piece.end, as_=piece.as_)


class TaskDraft(BaseModel):
    """A task that is not stored."""

    title: str
    priority: Priority
    category: str | None
    tags: list[str]
    due_date: Instant | date | None
    due_timezone: str | None
    due_text: str | None
    recurrence: RecurrenceRead | None


class QuickAdded(BaseModel):
    """The task, or with `dry_run` its draft, and the pieces of the text that were more than title."""

    task: TaskRead | TaskDraft
    understood: list[UnderstoodRead]
