"""The routes of recurring work."""

from typing import Annotated

from fastapi import APIRouter, Query

from src.core.http_errors import failures
from src.core.pagination import Page, PageRequest
from src.idempotency.routing import IdempotentRoute
from src.tasks.dependencies import GuardedTasksDep, SeriesDep, TaskId
from src.tasks.recurrence_schemas import Occurrences, Preview, PreviewRequest
from src.tasks.schemas import SeriesRead, Skipping, TaskRead

router = APIRouter(
    prefix="/api/{user_id}",
    tags=["recurrence"],
    route_class=IdempotentRoute,
    responses=failures(401, 403, 422, 500, 503),
)


@router.get("/tasks/recurring", operation_id="list_series")
async def list_series(page: Annotated[PageRequest, Query()], series: SeriesDep) -> Page[SeriesRead]:
    """The caller's recurring tasks: rule, next task, and how often each was done, skipped and missed."""
    return await series.search(limit=page.limit, cursor=page.cursor)


@router.post("/recurrence/preview", operation_id="preview_recurrence")
async def preview_recurrence(request: PreviewRequest, series: SeriesDep) -> Preview:
    """What a sentence or a rule means, and the dates it gives; nothing is stored."""
    return series.preview(request)


@router.post("/tasks/{task_id}/skip", operation_id="skip_task", responses=failures(404, 409, 412))
async def skip_task(task_id: TaskId, tasks: GuardedTasksDep) -> Skipping:
    """Let this occurrence pass undone; the next one follows."""
    return (await tasks.skip(task_id)).skipping()


@router.post("/tasks/{task_id}/stop-recurrence", operation_id="stop_recurrence", responses=failures(404, 412))
async def stop_recurrence(task_id: TaskId, tasks: GuardedTasksDep) -> TaskRead:
    """End the series; the task stays, and so does what was done."""
    return (await tasks.stop_recurrence(task_id)).read()


@router.get("/tasks/{task_id}/occurrences", operation_id="list_occurrences", responses=failures(404, 409))
async def list_occurrences(
    task_id: TaskId, series: SeriesDep, count: Annotated[int, Query(ge=1, le=100)] = 10
) -> Occurrences:
    """The next dates of a task's series, if each is done when it is due."""
    return await series.occurrences(task_id, count)
