"""What every route may ask for: the settings, the database, the present instant."""

from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request

from src.core.clock import Clock
from src.core.config import Settings
from src.core.database import Database, Executor


async def get_settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def get_database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


async def get_executor(request: Request) -> Executor:
    """The transaction that a request runs in as a whole, or the database for each statement on its own."""
    return cast(Executor, request.scope.get("executor") or request.app.state.database)


async def get_now(request: Request) -> datetime:
    return cast(Clock, request.app.state.clock)()


SettingsDep = Annotated[Settings, Depends(get_settings)]
DatabaseDep = Annotated[Database, Depends(get_database)]
ExecutorDep = Annotated[Executor, Depends(get_executor)]
NowDep = Annotated[datetime, Depends(get_now)]
