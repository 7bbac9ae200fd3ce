"""The task service of a request, bound to its caller, their clock and this instant."""

from typing import Annotated

from fastapi import Depends, Request

from src.auth.dependencies import CallerDep
from src.core.dependencies import DatabaseDep, NowDep
from src.history.operation import Operation
from src.preferences.service import PreferencesService
from src.tasks.service import TaskService


async def get_task_service(
    request: Request, caller: CallerDep, database: DatabaseDep, now: NowDep
) -> TaskService:
    preferences = await PreferencesService(database, caller).in_force()
    return TaskService(database, Operation(caller, now), preferences, cursor_key=request.app.state.cursor_key)


TasksDep = Annotated[TaskService, Depends(get_task_service)]
