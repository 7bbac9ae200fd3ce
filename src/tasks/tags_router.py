"""The routes of tags."""

from typing import Annotated

from fastapi import APIRouter, Query

from src.core.http_errors import failures
from src.core.routing import StrictRoute
from src.tasks.dependencies import TasksDep
from src.tasks.filters import TagFilter
from src.tasks.schemas import TagRead

router = APIRouter(
    prefix="/api/{user_id}",
    tags=["tasks"],
    route_class=StrictRoute,
    responses=failures(401, 403, 422, 500, 503),
)


@router.get("/tags", operation_id="list_tags")
@router.get("/tasks/tags", operation_id="list_task_tags")
async def list_tags(chosen: Annotated[TagFilter, Query()], tasks: TasksDep) -> list[TagRead]:
    """The tags in use, the most used first, with how many tasks carry each."""
    return await tasks.tags(chosen)
