"""The tools over tasks; each opens the same service as the REST routes and returns its schemas."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult
from pydantic import Field

from mcp_server.agreement import ConfirmedArgument, require_agreement
from mcp_server.definitions import TaskId, ToolDefinition, hints
from mcp_server.identity import ToolContext
from mcp_server.outcomes import (
    MOST,
    AddedTasks,
    CompletedTasks,
    DeletedTasks,
    DeletionOutcome,
    NewTask,
    Outcome,
    UpdatedTasks,
    outcomes_of,
)
from mcp_server.schemas import TagList, TaskResult, result_of
from src.tasks.filters import DueWindow, SortDirection, StatusFilter, TagFilter, TaskFilter, TaskSort
from src.tasks.schemas import (
    Completion,
    DeletionScope,
    TaskCreate,
    TaskPage,
    TaskRead,
    TaskUpdate,
)

PriorityName = Literal["High", "Medium", "Low", "None"]
DueArgument = Annotated[
    str | None,
    Field(description="ISO date or time, or the user's words: 'tomorrow 5pm', 'every friday at 9'."),
]
DayArgument = Annotated[str | None, Field(description="ISO date or time, or words: 'next monday'.")]
RecurrenceArgument = Annotated[
    str | None, Field(description="How it repeats: 'every 2 weeks on friday', or RFC 5545 'FREQ=…'.")
]
MoreIds = Annotated[
    list[int] | None, Field(max_length=MOST, description="Ids of further tasks to treat alike.")
]
Clearable = Literal["description", "due_date", "recurrence", "priority", "category", "tags"]


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def make_add_task(context: ToolContext) -> Callable[..., Any]:
    async def add_task(
        title: Annotated[str, Field(description="What to do, without date or priority words.")],
        description: str | None = None,
        due_date: DueArgument = None,
        recurrence: RecurrenceArgument = None,
        priority: PriorityName | None = None,
        category: str | None = None,
        tags: list[str] | None = None,
        more: Annotated[
            list[dict[str, Any]] | None,
            Field(max_length=MOST, description="Further tasks, each an object with these same fields."),
        ] = None,
    ) -> AddedTasks:
        """Create a task, or several with more; returns each with its id and due date."""
        first = _given(
            title=title,
            description=description,
            due_date=due_date,
            recurrence=recurrence,
            priority=priority,
            category=category,
            tags=tags,
        )
        added = await _created(context, first)
        return AddedTasks(
            task=added, more=await outcomes_of(Outcome, partial(_outcome_of_adding, context), more)
        )

    return add_task


async def _created(context: ToolContext, fields: dict[str, Any]) -> TaskRead:
    """`due_date` is the users' own words here, so it may say a repetition too."""
    new = NewTask.of(**fields).given()
    if "due_date" in new:
        new["due_string"] = new.pop("due_date")
    return (await (await context.tasks()).create(TaskCreate.of(**new))).read()


async def _outcome_of_adding(context: ToolContext, fields: dict[str, Any]) -> Outcome:
    return Outcome(task=await _created(context, fields))


def make_list_tasks(context: ToolContext) -> Callable[..., Any]:
    async def list_tasks(
        status: StatusFilter = StatusFilter.PENDING,
        search: Annotated[
            str | None, Field(description="Words of title, description, tags or category.")
        ] = None,
        due: DueWindow | None = None,
        due_after: DayArgument = None,
        due_before: DayArgument = None,
        completed_after: str | None = None,
        completed_before: str | None = None,
        recurring: bool | None = None,
        priority: list[PriorityName] | None = None,
        category: str | None = None,
        tags: list[str] | None = None,
        sort_by: TaskSort | None = None,
        sort_direction: SortDirection | None = None,
        limit: Annotated[int, Field(ge=1, le=100)] = 50,
        cursor: Annotated[str | None, Field(description="next_cursor of the page before.")] = None,
    ) -> Annotated[CallToolResult, TaskPage]:
        """Find tasks: pending ones unless status says otherwise. Use search to find a task that was named."""
        chosen = _given(
            status=status,
            search=search,
            due=due,
            due_after=due_after,
            due_before=due_before,
            completed_after=completed_after,
            completed_before=completed_before,
            recurring=recurring,
            priority=priority,
            category=category,
            tags=tags,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            cursor=cursor,
        )
        return result_of(await (await context.tasks()).search_json(TaskFilter.of(**chosen)))

    return list_tasks


def make_get_task(context: ToolContext) -> Callable[..., Any]:
    async def get_task(task_id: TaskId) -> TaskResult:
        """Read one task by id."""
        return TaskResult(task=(await (await context.tasks()).get(task_id)).read())

    return get_task


def make_update_task(context: ToolContext) -> Callable[..., Any]:
    async def update_task(
        call: Context[Any, Any],
        task_id: TaskId,
        title: str | None = None,
        description: str | None = None,
        due_date: DueArgument = None,
        recurrence: RecurrenceArgument = None,
        priority: PriorityName | None = None,
        category: str | None = None,
        tags: Annotated[
            list[str] | None, Field(description="All tags it shall have; replaces the old.")
        ] = None,
        clear: Annotated[list[Clearable] | None, Field(description="Fields to empty.")] = None,
        more: MoreIds = None,
        confirmed: ConfirmedArgument = False,
    ) -> UpdatedTasks:
        """Change the given fields of a task; the rest stays. To finish a task use complete_task."""
        fields: dict[str, Any] = dict.fromkeys(clear or [])
        fields |= _given(
            title=title,
            description=description,
            due_string=due_date,
            recurrence=recurrence,
            priority=priority,
            category=category,
            tags=tags,
        )
        await require_agreement(call, context, "change", [task_id, *(more or ())], is_confirmed=confirmed)
        change = partial(_outcome_of_changing, context, fields=fields)
        first = await change(task_id)
        return UpdatedTasks(**dict(first), more=await outcomes_of(Outcome, change, more))

    return update_task


async def _outcome_of_changing(context: ToolContext, task_id: int, *, fields: dict[str, Any]) -> Outcome:
    changed = await (await context.tasks()).update(task_id, TaskUpdate.of(**fields))
    return Outcome(task=changed.read())


def make_complete_task(context: ToolContext) -> Callable[..., Any]:
    async def complete_task(
        call: Context[Any, Any],
        task_id: TaskId,
        completed: Annotated[bool, Field(description="false reopens the task.")] = True,
        more: MoreIds = None,
        confirmed: ConfirmedArgument = False,
    ) -> CompletedTasks:
        """Mark a task done, or several with more; completed=false reopens. Safe to repeat."""
        verb = "complete" if completed else "reopen"
        await require_agreement(call, context, verb, [task_id, *(more or ())], is_confirmed=confirmed)
        first = await _completion(context, task_id, completed)
        finish = partial(_outcome_of_completing, context, completed=completed)
        return CompletedTasks(**dict(first), more=await outcomes_of(Outcome, finish, more))

    return complete_task


async def _completion(context: ToolContext, task_id: int, completed: bool) -> Completion:
    tasks = await context.tasks()
    if completed:
        return (await tasks.complete(task_id)).completion()
    reopened = await tasks.set_completed(task_id, is_completed=False)
    return Completion(completed_task=reopened.read())


async def _outcome_of_completing(context: ToolContext, task_id: int, *, completed: bool) -> Outcome:
    done = await _completion(context, task_id, completed)
    return Outcome(task=done.completed_task, next_occurrence=done.next_occurrence)


def make_delete_task(context: ToolContext) -> Callable[..., Any]:
    async def delete_task(
        call: Context[Any, Any],
        task_id: TaskId,
        scope: Annotated[
            DeletionScope,
            Field(description="Of a repeating task: this one (the next follows), or the series."),
        ] = DeletionScope.TASK,
        more: MoreIds = None,
        confirmed: ConfirmedArgument = False,
    ) -> DeletedTasks:
        """Delete a task for good, or several with more."""
        await require_agreement(call, context, "delete", [task_id, *(more or ())], is_confirmed=confirmed)
        delete = partial(_outcome_of_deleting, context, scope=scope)
        first = await (await context.tasks()).delete(task_id, scope)
        return DeletedTasks(**dict(first), more=await outcomes_of(DeletionOutcome, delete, more))

    return delete_task


async def _outcome_of_deleting(
    context: ToolContext, task_id: int, *, scope: DeletionScope
) -> DeletionOutcome:
    return DeletionOutcome(deletion=await (await context.tasks()).delete(task_id, scope))


def make_list_tags(context: ToolContext) -> Callable[..., Any]:
    async def list_tags(
        search: str | None = None, limit: Annotated[int, Field(ge=1, le=200)] = 50
    ) -> TagList:
        """The tags in use, the most used first, with how many tasks carry each."""
        chosen = TagFilter.of(**_given(search=search, limit=limit))
        return TagList(tags=await (await context.tasks()).tags(chosen))

    return list_tags


TASK_TOOLS: tuple[ToolDefinition, ...] = (
    (make_add_task, hints()),
    (make_list_tasks, hints(reads=True)),
    (make_get_task, hints(reads=True)),
    (make_update_task, hints(destroys=True, idempotent=True)),
    (make_complete_task, hints(idempotent=True)),
    (make_delete_task, hints(destroys=True)),
    (make_list_tags, hints(reads=True)),
)
