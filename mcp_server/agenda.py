"""What lies before a user and behind them, as resources and prompts tell it."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel

from mcp_server.identity import ToolContext
from src.core.schemas import Instant
from src.tasks.filters import DueWindow, SortDirection, StatusFilter, TaskFilter, TaskSort
from src.tasks.schemas import Priority, TaskRead
from src.tasks.service import TaskService

_MOST = 50
"""How many tasks a part of an agenda names."""
WEEK = 7


class TaskLine(BaseModel):
    """A task in few words."""

    id: int
    title: str
    description: str | None
    due_date: Instant | date | None
    due_text: str | None
    priority: Priority
    category: str | None
    tags: list[str]
    repeats: str | None
    completed_at: Instant | None

    @classmethod
    def of(cls, task: TaskRead) -> Self:
        repeats = task.recurrence.text if task.recurrence else None
        return cls.model_validate(task.model_dump() | {"repeats": repeats})


class Agenda(BaseModel):
    """Parts of a user's tasks by name, on one day of theirs."""

    today: date
    timezone: str
    parts: dict[str, list[TaskLine]]

    def as_json(self) -> dict[str, Any]:
        told = self.model_dump(mode="json", exclude_none=True)
        parts: dict[str, Any] = told.pop("parts")
        return told | parts


async def today_of(context: ToolContext) -> Agenda:
    """What is overdue and what is due today."""
    tasks = await context.tasks()
    return await _agenda(context, await _due(tasks, None))


async def plan_of(context: ToolContext, tag: str | None) -> Agenda:
    """What a day is planned from: what is due, the week ahead, and what matters without a date."""
    tasks = await context.tasks()
    parts = await _due(tasks, tag)
    parts["next_7_days"] = await _coming(tasks, tag)
    parts["important_without_date"] = await _lines(tasks, tag, due=DueWindow.NONE, priority=[Priority.HIGH])
    return await _agenda(context, parts)


async def week_of(context: ToolContext, tag: str | None) -> Agenda:
    """What a week is looked back on and ahead from."""
    tasks = await context.tasks()
    done = await _lines(
        tasks,
        tag,
        status=StatusFilter.COMPLETED,
        updated_after=f"{WEEK} days ago",
        sort_by=TaskSort.UPDATED_AT,
        sort_direction=SortDirection.DESCENDING,
    )
    parts = await _due(tasks, tag)
    parts["next_7_days"] = await _coming(tasks, tag)
    parts["without_date"] = await _lines(tasks, tag, due=DueWindow.NONE)
    return await _agenda(context, {"completed_in_last_7_days": done} | parts)


async def tagged(context: ToolContext, tag: str) -> Agenda:
    """What is to be done under a tag."""
    tasks = await context.tasks()
    return await _agenda(context, {"tasks": await _lines(tasks, tag, sort_by=TaskSort.DUE_DATE)})


async def _agenda(context: ToolContext, parts: dict[str, list[TaskLine]]) -> Agenda:
    today, zone = await context.today()
    return Agenda(today=today, timezone=zone, parts=parts)


async def _due(tasks: TaskService, tag: str | None) -> dict[str, list[TaskLine]]:
    overdue = await _lines(tasks, tag, due=DueWindow.OVERDUE, sort_by=TaskSort.DUE_DATE)
    today = await _lines(tasks, tag, due=DueWindow.TODAY, sort_by=TaskSort.DUE_DATE)
    # What was due at an hour that is over is both; it is told once.
    late = {task.id for task in overdue}
    return {"overdue": overdue, "due_today": [task for task in today if task.id not in late]}


async def _coming(tasks: TaskService, tag: str | None) -> list[TaskLine]:
    return await _lines(
        tasks, tag, due_after="tomorrow", due_before=f"in {WEEK} days", sort_by=TaskSort.DUE_DATE
    )


async def _lines(tasks: TaskService, tag: str | None, **chosen: Any) -> list[TaskLine]:
    wanted = {"status": StatusFilter.PENDING, "limit": _MOST} | chosen | ({"tags": [tag]} if tag else {})
    page = await tasks.search(TaskFilter.of(**wanted))
    return [TaskLine.of(task) for task in page.items]
