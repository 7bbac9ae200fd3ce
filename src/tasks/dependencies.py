"""The services of a request, bound to its caller, their clock and this instant."""

from typing import Annotated

from fastapi import Depends, Header, Path, Request

from src.auth.dependencies import CallerDep
from src.core.dependencies import ExecutorDep, NowDep, get_executor, get_now
from src.history.operation import Operation
from src.preferences.service import PreferencesService
from src.tasks.preconditions import wanted_versions
from src.tasks.series_service import SeriesService
from src.tasks.service import TaskService

TaskId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The task's id.", examples=[42])]


async def get_task_service(request: Request, caller: CallerDep) -> TaskService:
    executor, now = await get_executor(request), await get_now(request)
    preferences = PreferencesService(executor, caller)
    return TaskService(executor, Operation(caller, now), preferences, cursor_key=request.app.state.cursor_key)


async def get_guarded_task_service(
    tasks: Annotated[TaskService, Depends(get_task_service)],
    if_match: Annotated[
        str | None, Header(description="Change the task only if it still has this ETag; else 412.")
    ] = None,
) -> TaskService:
    """The task service that only changes what the client has seen."""
    return tasks if if_match is None else tasks.guarded(wanted_versions(if_match))


async def get_series_service(
    request: Request, caller: CallerDep, executor: ExecutorDep, now: NowDep
) -> SeriesService:
    preferences = await PreferencesService(executor, caller).in_force()
    cursor_key = request.app.state.cursor_key
    return SeriesService(executor, Operation(caller, now), preferences, cursor_key=cursor_key)


TasksDep = Annotated[TaskService, Depends(get_task_service)]
GuardedTasksDep = Annotated[TaskService, Depends(get_guarded_task_service)]
SeriesDep = Annotated[SeriesService, Depends(get_series_service)]
