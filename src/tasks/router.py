"""The routes of tasks."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Header, Query, Response, status

from src.auth.dependencies import CallerDep
from src.core.http_errors import failures
from src.idempotency.routing import IdempotentRoute
from src.tasks.batch_schemas import Batch, BatchResult
from src.tasks.dependencies import GuardedTasksDep, TaskId, TasksDep
from src.tasks.filters import TaskFilter
from src.tasks.preconditions import etag, is_known
from src.tasks.quick_add_schemas import QuickAdded, QuickAddRequest
from src.tasks.reading import StoredTask
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


_JSON = "application/json"


def _shown(task: StoredTask) -> Response:
    """A task under its ETag."""
    return Response(task.json, headers={"ETag": etag(task.version)}, media_type=_JSON)


@router.post("", status_code=status.HTTP_201_CREATED, response_model=TaskRead, operation_id="create_task")
async def create_task(task: TaskCreate, tasks: TasksDep, caller: CallerDep) -> Response:
    """Create a task."""
    created = await tasks.create(task)
    headers = {
        "Location": f"/api/{quote(caller.user_id, safe='')}/tasks/{created.id}",
        "ETag": etag(created.version),
    }
    return Response(created.json, status.HTTP_201_CREATED, headers, media_type=_JSON)


@router.post(
    "/quick",
    status_code=status.HTTP_201_CREATED,
    response_model=QuickAdded,
    operation_id="quick_add",
    responses={200: {"model": QuickAdded, "description": "What `dry_run` would have created."}},
)
async def quick_add(request: QuickAddRequest, tasks: TasksDep) -> Response:
    """Create a task from one line of text; with `dry_run` nothing is stored, and the status is 200."""
    added = await tasks.quick_add(request)
    created = status.HTTP_200_OK if request.dry_run else status.HTTP_201_CREATED
    return Response(added.model_dump_json(), created, media_type=_JSON)


@router.post("/batch", operation_id="batch_tasks", responses=failures(404, 409))
async def batch_tasks(batch: Batch, tasks: TasksDep) -> BatchResult:
    """Up to 100 changes that are made all, or none; the one that fails is named."""
    return await tasks.batch(batch)


@router.get("", operation_id="list_tasks", response_model=TaskPage)
async def list_tasks(chosen: Annotated[TaskFilter, Query()], tasks: TasksDep) -> Response:
    """A page of the caller's tasks, narrowed and ordered as asked."""
    return Response(await tasks.search_json(chosen), media_type=_JSON)


@router.get("/{task_id}", operation_id="get_task", response_model=TaskRead, **_NOT_FOUND)
async def get_task(
    task_id: TaskId,
    tasks: TasksDep,
    if_none_match: Annotated[str | None, Header(description="Answer 304 where this ETag is current.")] = None,
) -> Response:
    """One task."""
    task = await tasks.get(task_id)
    if is_known(if_none_match, task.version):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag(task.version)})
    return _shown(task)


@router.put("/{task_id}", response_model=TaskRead, operation_id="replace_task", **_CHANGED)
async def replace_task(task_id: TaskId, task: TaskReplace, tasks: GuardedTasksDep) -> Response:
    """Write the whole task anew: what is omitted returns to its default."""
    return _shown(await tasks.replace(task_id, task))


@router.patch("/{task_id}", response_model=TaskRead, operation_id="update_task", **_CHANGED)
async def update_task(task_id: TaskId, change: TaskUpdate, tasks: GuardedTasksDep) -> Response:
    """Change what is given; `null` clears."""
    return _shown(await tasks.update(task_id, change))


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


@router.patch("/{task_id}/complete", response_model=TaskRead, operation_id="set_task_completed", **_CHANGED)
async def set_task_completed(
    task_id: TaskId,
    tasks: GuardedTasksDep,
    completion: Annotated[TaskCompletion | None, Body()] = None,
) -> Response:
    """Set whether a task is done; without a body, turn it over."""
    is_completed = completion.completed if completion else None
    return _shown(await tasks.set_completed(task_id, is_completed=is_completed))


@router.post("/{task_id}/complete", response_model=Completion, operation_id="complete_task", **_CHANGED)
async def complete_task(task_id: TaskId, tasks: GuardedTasksDep) -> Response:
    """Complete a task; safe to repeat."""
    finished = await tasks.complete(task_id)
    return Response(finished.completion_json(), media_type=_JSON)
