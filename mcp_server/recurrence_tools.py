"""The tools over recurring work."""

from collections.abc import Callable
from typing import Any

from mcp_server.definitions import TaskId, ToolDefinition, hints
from mcp_server.identity import ToolContext
from mcp_server.schemas import TaskResult
from src.tasks.schemas import Skipping


def make_skip_task(context: ToolContext) -> Callable[..., Any]:
    async def skip_task(task_id: TaskId) -> Skipping:
        """Let this occurrence of a repeating task pass undone; returns the next one with its date."""
        return (await (await context.tasks()).skip(task_id)).skipping()

    return skip_task


def make_stop_recurrence(context: ToolContext) -> Callable[..., Any]:
    async def stop_recurrence(task_id: TaskId) -> TaskResult:
        """Stop a task from repeating. The task itself stays, and so does what was done."""
        return TaskResult(task=(await (await context.tasks()).stop_recurrence(task_id)).read())

    return stop_recurrence


RECURRENCE_TOOLS: tuple[ToolDefinition, ...] = (
    (make_skip_task, hints(destroys=True)),
    (make_stop_recurrence, hints(destroys=True, idempotent=True)),
)
