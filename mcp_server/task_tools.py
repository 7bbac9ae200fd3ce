"""The tools over tasks; each opens the same service as the REST routes and returns its schemas."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from mcp_types import ToolAnnotations
from pydantic import Field

from mcp_server.identity import ToolContext
from mcp_server.schemas import DeletedTask, TaskResult
from src.core.pagination import Page
from src.tasks.filters import DueWindow, SortDirection, StatusFilter, TaskFilter, TaskSort
from src.tasks.schemas import Completion, TaskCreate, TaskRead, TaskUpdate

PriorityName = Literal["High", "Medium", "Low", "None"]
TaskId = Annotated[int, Field(ge=1, le=2**63 - 1, description="Id of the task, from an earlier answer.")]
DueArgument = Annotated[
    str | None, Field(description="ISO date or time, or the user's words: 'tomorrow 5pm', 'next friday'.")
]
Clearable = Literal["description", "due_date", "priority", "category", "tags"]


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def make_add_task(context: ToolContext) -> Callable[..., Any]:
    async def add_task(
        title: Annotated[str, Field(description="What to do, without date or priority words.")],
        description: str | None = None,
        due_date: DueArgument = None,
        priority: PriorityName | None = None,
        category: str | None = None,
        tags: list[str] | None = None,
    ) -> TaskResult:
        """Create one task. Call once per task; returns it with its id and due date."""
        tasks = await context.tasks()
        fields = _given(
            description=description, due_date=due_date, priority=priority, category=category, tags=tags
        )
        return TaskResult(task=await tasks.create(TaskCreate.of(title=title, **fields)))

    return add_task


def make_list_tasks(context: ToolContext) -> Callable[..., Any]:
    async def list_tasks(
        status: StatusFilter = StatusFilter.PENDING,
        search: Annotated[
            str | None, Field(description="Words of title, description, tags or category.")
        ] = None,
        due: DueWindow | None = None,
        due_after: DueArgument = None,
        due_before: DueArgument = None,
        priority: list[PriorityName] | None = None,
        category: str | None = None,
        tags: list[str] | None = None,
        sort_by: TaskSort | None = None,
        sort_direction: SortDirection | None = None,
        limit: Annotated[int, Field(ge=1, le=100)] = 50,
        cursor: Annotated[str | None, Field(description="next_cursor of the page before.")] = None,
    ) -> Page[TaskRead]:
        """Find tasks: pending ones unless status says otherwise. Use search to find a task that was named."""
        chosen = _given(
            status=status,
            search=search,
            due=due,
            due_after=due_after,
            due_before=due_before,
            priority=priority,
            category=category,
            tags=tags,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            cursor=cursor,
        )
        return await (await context.tasks()).search(TaskFilter.of(**chosen))

    return list_tasks


def make_get_task(context: ToolContext) -> Callable[..., Any]:
    async def get_task(task_id: TaskId) -> TaskResult:
        """Read one task by id."""
        return TaskResult(task=await (await context.tasks()).get(task_id))

    return get_task


def make_update_task(context: ToolContext) -> Callable[..., Any]:
    async def update_task(
        task_id: TaskId,
        title: str | None = None,
        description: str | None = None,
        due_date: DueArgument = None,
        priority: PriorityName | None = None,
        category: str | None = None,
        tags: Annotated[
            list[str] | None, Field(description="All tags it shall have; replaces the old.")
        ] = None,
        clear: Annotated[list[Clearable] | None, Field(description="Fields to empty.")] = None,
    ) -> TaskResult:
        """Change the given fields of one task; the rest stays. To finish a task use complete_task."""
        fields: dict[str, Any] = dict.fromkeys(clear or [])
        fields |= _given(
            title=title,
            description=description,
            due_date=due_date,
            priority=priority,
            category=category,
            tags=tags,
        )
        return TaskResult(task=await (await context.tasks()).update(task_id, TaskUpdate.of(**fields)))

    return update_task


def make_complete_task(context: ToolContext) -> Callable[..., Any]:
    async def complete_task(
        task_id: TaskId, completed: Annotated[bool, Field(description="false reopens the task.")] = True
    ) -> Completion:
        """Mark one task done, or reopen it with completed=false. Safe to repeat."""
        tasks = await context.tasks()
        if completed:
            return await tasks.complete(task_id)
        return Completion(completed_task=await tasks.set_completed(task_id, is_completed=False))

    return complete_task


def make_delete_task(context: ToolContext) -> Callable[..., Any]:
    async def delete_task(task_id: TaskId) -> DeletedTask:
        """Delete one task for good. Before deleting more than one, ask the user."""
        deleted = await (await context.tasks()).delete(task_id)
        return DeletedTask(deleted_task_id=deleted.id, title=deleted.title)

    return delete_task


def _hints(*, reads: bool = False, destroys: bool = False, idempotent: bool = False) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=reads,
        destructive_hint=destroys,
        idempotent_hint=idempotent or reads,
        open_world_hint=False,
    )


ToolMaker = Callable[[ToolContext], Callable[..., Any]]

TASK_TOOLS: tuple[tuple[ToolMaker, ToolAnnotations], ...] = (
    (make_add_task, _hints()),
    (make_list_tasks, _hints(reads=True)),
    (make_get_task, _hints(reads=True)),
    (make_update_task, _hints(destroys=True, idempotent=True)),
    (make_complete_task, _hints(idempotent=True)),
    (make_delete_task, _hints(destroys=True)),
)
