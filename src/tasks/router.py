"""The routes of tasks."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Response, status

from src.core.http_errors import failures
from src.idempotency.routing import IdempotentRoute
from src.tasks.batch_schemas import Batch, BatchResult
from src.tasks.dependencies import GuardedTasksDep, TaskId, TasksDep
from src.tasks.filters import TaskFilter
from src.tasks.preconditions import etag, is_known
from src.tasks.quick_add_schemas import QuickAdded, QuickAddRequest
from src.tasks.schemas import (
    Completion,
    DeletionScope,
    TaskCompletion,
    TaskCreate,
    TaskPage,
    TaskRead,
    TaskReplace,
    TaskUpdate,
)

router = APIRouter(
    prefix="/api/{user_id}/tasks",
    tags=["tasks"],
    route_class=IdempotentRoute,
    responses=failures(401, 403, 422, 500, 503),
)

_NOT_FOUND: dict[str, Any] = {"responses": failures(404) | {304: {"description": "You have it already."}}}
_CHANGED: dict[str, Any] = {"responses": failures(404, 412)}


def _etag(response: Response, task: TaskRead) -> TaskRead:
    response.headers["ETag"] = etag(task.version)
    return task


@router.post("", status_code=status.HTTP_201_CREATED, operation_id="create_task")
async def create_task(task: TaskCreate, tasks: TasksDep, response: Response) -> TaskRead:
    """Create a task."""
    created = await tasks.create(task)
    response.headers["Location"] = f"/api/{created.user_id}/tasks/{created.id}"
    return _etag(response, created)


@router.post(
    "/quick",
    status_code=status.HTTP_201_CREATED,
    operation_id="quick_add",
    responses={200: {"model": QuickAdded, "description": "What `dry_run` would have created."}},
)
async def quick_add(request: QuickAddRequest, tasks: TasksDep, response: Response) -> QuickAdded:
    """Create a task from one line of text; with `dry_run` nothing is stored, and the status is 200."""
    added = await tasks.quick_add(request)
    if request.dry_run:
        response.status_code = status.HTTP_200_OK
    return added


@router.post("/batch", operation_id="batch_tasks", responses=failures(404, 409))
async def batch_tasks(batch: Batch, tasks: TasksDep) -> BatchResult:
    """Up to 100 changes that are made all, or none; the one that fails is named."""
    return await tasks.batch(batch)


@router.get("", operation_id="list_tasks", response_model=TaskPage)
async def list_tasks(chosen: Annotated[TaskFilter, Query()], tasks: TasksDep) -> Response:
    """A page of the caller's tasks, narrowed and ordered as asked."""
    return Response(await tasks.search_json(chosen), media_type="application/json")


@router.get("/{task_id}", operation_id="get_task", response_model=TaskRead, **_NOT_FOUND)
async def get_task(
    task_id: TaskId,
    tasks: TasksDep,
    response: Response,
    if_none_match: Annotated[str | None, Header(description="Answer 304 where this ETag is current.")] = None,
) -> TaskRead | Response:
    """One task."""
    task = _etag(response, await tasks.get(task_id))
    return (
        Response(status_code=304, headers=response.headers) if is_known(if_none_match, task.version) else task
    )


@router.put("/{task_id}", operation_id="replace_task", **_CHANGED)
async def replace_task(
    task_id: TaskId, task: TaskReplace, tasks: GuardedTasksDep, response: Response
) -> TaskRead:
    """Write the whole task anew: what is omitted returns to its default."""
    return _etag(response, await tasks.replace(task_id, task))


@router.patch("/{task_id}", operation_id="update_task", **_CHANGED)
async def update_task(
    task_id: TaskId, change: TaskUpdate, tasks: GuardedTasksDep, response: Response
) -> TaskRead:
    """Change what is given; `null` clears."""
    return _etag(response, await tasks.update(task_id, change))


@router.delete(
    "/{task_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    operation_id="delete_task",
    responses=failures(404, 409, 412),
)
async def delete_task(
    task_id: TaskId, tasks: GuardedTasksDep, scope: Annotated[DeletionScope, Query()] = DeletionScope.TASK
) -> None:
    """Delete a task. Of a series, the next occurrence follows; `scope=series` ends it and keeps history."""
    await tasks.delete(task_id, scope)


@router.patch("/{task_id}/complete", operation_id="set_task_completed", **_CHANGED)
async def set_task_completed(
    task_id: TaskId,
    tasks: GuardedTasksDep,
    response: Response,
    completion: Annotated[TaskCompletion | None, Body()] = None,
) -> TaskRead:
    """Set whether a task is done; without a body, turn it over."""
    is_completed = completion.completed if completion else None
    return _etag(response, await tasks.set_completed(task_id, is_completed=is_completed))


@router.post("/{task_id}/complete", operation_id="complete_task", **_CHANGED)
async def complete_task(task_id: TaskId, tasks: GuardedTasksDep) -> Completion:
    """Complete a task; safe to repeat."""
    return await tasks.complete(task_id)
