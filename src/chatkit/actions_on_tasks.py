"""What each button of a task does: the service's own methods, told as the tool call that does the same."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from chatkit.actions import Action
from pydantic import BaseModel, Field, StrictInt

from src.assistant.events import ToolUsed
from src.auth.context import Caller
from src.chatkit.widgets_of_tasks import one_line
from src.core.database import Executor
from src.core.errors import DomainError, ErrorKind
from src.core.schemas import RequestModel
from src.history.operation import Operation
from src.preferences.service import PreferencesService
from src.tasks.schemas import Completion, TaskRead, TaskStatus, TaskUpdate
from src.tasks.service import TaskService

_BY_BUTTON = {"done_by": "the user, with a button"}


class TaskPayload(RequestModel):
    """What a button says; it comes back from the client, so it is read like any other input."""

    task_id: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)]


class SnoozePayload(TaskPayload):
    """To when a task is put off."""

    until: Literal["tomorrow", "next week"]


class Changed(BaseModel):
    """A task that was changed, as the tool tells it."""

    task: TaskRead


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, as the tool call that does the same, and the tasks that it leaves."""

    used: ToolUsed
    task: TaskRead
    upcoming: TaskRead | None = None


@dataclass(frozen=True, slots=True)
class TaskButtons:
    """What each button does to one caller's tasks."""

    tasks: TaskService
    preferences: PreferencesService

    @classmethod
    def of(cls, executor: Executor, caller: Caller, now: datetime) -> "TaskButtons":
        preferences = PreferencesService(executor, caller)
        # Nothing is paged here, so no cursor is ever signed.
        tasks = TaskService(executor, Operation(caller, now), preferences, cursor_key=b"")
        return cls(tasks, preferences)

    async def complete(self, payload: TaskPayload) -> Deed:
        done = (await self.tasks.complete(payload.task_id)).completion()
        return _deed("complete_task", done, done.completed_task, done.next_occurrence)

    async def reopen(self, payload: TaskPayload) -> Deed:
        task = (await self.tasks.set_completed(payload.task_id, is_completed=False)).read()
        return _deed("complete_task", Completion(completed_task=task), task, completed=False)

    async def skip(self, payload: TaskPayload) -> Deed:
        skipped = (await self.tasks.skip(payload.task_id)).skipping()
        return _deed("skip_task", skipped, skipped.skipped_task, skipped.next_occurrence)

    async def snooze(self, payload: SnoozePayload) -> Deed:
        task = (await self.tasks.get(payload.task_id)).read()
        if task.status is not TaskStatus.PENDING:
            raise NothingToSnooze(task)
        when = await self._at_its_time(payload.until, task)
        task = (await self.tasks.update(task.id, TaskUpdate.of(due_string=when))).read()
        return _deed("update_task", Changed(task=task), task, due_date=when)

    async def _at_its_time(self, day: str, task: TaskRead) -> str:
        """A task keeps its time of day when it moves to another day."""
        if not isinstance(task.due_date, datetime):
            return day
        zone = (await self.preferences.in_force()).zone
        return f"{day} at {task.due_date.astimezone(zone):%H:%M}"


class NothingToSnooze(DomainError):
    """A finished task has no date to put off."""

    kind = ErrorKind.CONFLICT
    code = "already_finished"

    def __init__(self, task: TaskRead) -> None:
        super().__init__(f"“{one_line(task.title)}” is {task.status.value} already.")


_ACTIONS: dict[str, tuple[type[TaskPayload], Callable[[TaskButtons, Any], Awaitable[Deed]]]] = {
    "task.complete": (TaskPayload, TaskButtons.complete),
    "task.reopen": (TaskPayload, TaskButtons.reopen),
    "task.skip": (TaskPayload, TaskButtons.skip),
    "task.snooze": (SnoozePayload, TaskButtons.snooze),
}


def is_of_task(action: Action[str, Any]) -> bool:
    return action.type in _ACTIONS


def payload_of(action: Action[str, Any]) -> TaskPayload:
    """What the button of a task says.

    Raises:
        InvalidInput: no button of ours says that.
    """
    given = action.payload if isinstance(action.payload, dict) else {}
    return _ACTIONS[action.type][0].of(**{str(name): value for name, value in given.items()})


async def press(buttons: TaskButtons, action: Action[str, Any]) -> Deed:
    """Do what the button stands for.

    Raises:
        DomainError: it cannot be done, and nothing is changed.
    """
    return await _ACTIONS[action.type][1](buttons, payload_of(action))


def _deed(
    tool: str, outcome: BaseModel, task: TaskRead, upcoming: TaskRead | None = None, **arguments: Any
) -> Deed:
    call_id = f"button_{task.id}_{task.version}"
    result = outcome.model_dump(mode="json") | _BY_BUTTON
    return Deed(ToolUsed(call_id, tool, {"task_id": task.id, **arguments}, result), task, upcoming)
