"""Several tasks in one call: what each may say, and what became of it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import BaseModel, WithJsonSchema

from mcp_server.errors import sentence_of
from src.core.errors import DomainError
from src.core.schemas import RequestModel
from src.tasks.schemas import Completion, TaskRead

MOST = 50
"""How many further tasks one call may name."""


class NewTask(RequestModel):
    """A task as `add_task` takes it; the fields' bounds are those of a task."""

    title: str
    description: str | None = None
    due_date: str | None = None
    recurrence: str | None = None
    priority: str | None = None
    category: str | None = None
    tags: list[str] | None = None


class Outcome(BaseModel):
    """What became of one of several: the task, or why there is none."""

    task: TaskRead | None = None
    next_occurrence: TaskRead | None = None
    error: str | None = None


# The tool list says no more of outcomes than that they are objects: their names speak for themselves.
Outcomes = Annotated[
    list[Outcome] | None, WithJsonSchema({"type": ["array", "null"], "items": {"type": "object"}})
]


class AddedTasks(BaseModel):
    """The new task, and the outcomes of the further ones in their order."""

    task: TaskRead
    more: Outcomes = None


class CompletedTasks(Completion):
    """The finished task and what follows it, and the outcomes of the further ones in their order."""

    more: Outcomes = None


async def outcome_of(action: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Each of several stands for itself: one that fails is told, and the rest go on."""
    try:
        return await action()
    except DomainError as error:
        return Outcome(error=sentence_of(error))
