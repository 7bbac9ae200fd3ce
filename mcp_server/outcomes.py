"""Several tasks in one call: what each may say, and what became of it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, TypeVar

from pydantic import BaseModel, WithJsonSchema

from mcp_server.errors import sentence_of
from mcp_server.schemas import TaskResult
from src.core.errors import DomainError
from src.core.schemas import RequestModel
from src.tasks.schemas import Completion, Deletion, TaskRead

MOST = 50
"""How many further tasks one call may name."""

Given = TypeVar("Given")
AnyOutcome = TypeVar("AnyOutcome", bound="Failable")


class NewTask(RequestModel):
    """A task as `add_task` takes it; the fields' bounds are those of a task."""

    title: str
    description: str | None = None
    due_date: str | None = None
    recurrence: str | None = None
    priority: str | None = None
    category: str | None = None
    tags: list[str] | None = None


class Failable(BaseModel):
    """What became of one of several, or why nothing did."""

    error: str | None = None


class Outcome(Failable):
    """The task, and what follows it."""

    task: TaskRead | None = None
    next_occurrence: TaskRead | None = None


class DeletionOutcome(Failable):
    """What is gone."""

    deletion: Deletion | None = None


# The tool list says no more of outcomes than that they are objects: their names speak for themselves.
_OBJECTS = WithJsonSchema({"type": ["array", "null"], "items": {"type": "object"}})
Outcomes = Annotated[list[Outcome] | None, _OBJECTS]


class AddedTasks(BaseModel):
    """The new task, and the outcomes of the further ones in their order."""

    task: TaskRead
    more: Outcomes = None


class CompletedTasks(Completion):
    """The finished task and what follows it, and the outcomes of the further ones in their order."""

    more: Outcomes = None


class UpdatedTasks(TaskResult):
    """The changed task, and the outcomes of the further ones in their order."""

    more: Outcomes = None


class DeletedTasks(Deletion):
    """What is gone and what follows it, and the outcomes of the further ones in their order."""

    more: Annotated[list[DeletionOutcome] | None, _OBJECTS] = None


async def outcomes_of(
    kind: type[AnyOutcome], one: Callable[[Given], Awaitable[AnyOutcome]], several: Sequence[Given] | None
) -> list[AnyOutcome] | None:
    """Each of several stands for itself: one that fails is told, and the rest go on."""
    if several is None:
        return None
    return [await _outcome(kind, partial(one, each)) for each in several]


async def _outcome(kind: type[AnyOutcome], action: Callable[[], Awaitable[AnyOutcome]]) -> AnyOutcome:
    try:
        return await action()
    except DomainError as error:
        return kind(error=sentence_of(error))
