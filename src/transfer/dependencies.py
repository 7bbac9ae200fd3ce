"""The services of a request, bound to its caller and this instant."""

import asyncio
from typing import Annotated, cast

from fastapi import Depends, Request

from src.auth.dependencies import CallerDep
from src.core.dependencies import DatabaseDep, ExecutorDep, NowDep, SettingsDep
from src.history.operation import Operation
from src.preferences.service import PreferencesService
from src.transfer.export_service import ExportService
from src.transfer.feed_service import FeedService
from src.transfer.import_service import ImportService


async def get_turns(request: Request) -> asyncio.Semaphore:
    """How many files are written or read at once in this process: they must not take the whole pool."""
    return cast(asyncio.Semaphore, request.app.state.transfer_turns)


TurnsDep = Annotated[asyncio.Semaphore, Depends(get_turns)]


async def get_export_service(
    caller: CallerDep, database: DatabaseDep, now: NowDep, turns: TurnsDep
) -> ExportService:
    return ExportService(database, caller, now, turns)


async def get_import_service(
    caller: CallerDep, executor: ExecutorDep, now: NowDep, turns: TurnsDep
) -> ImportService:
    preferences = await PreferencesService(executor, caller).in_force()
    return ImportService(executor, Operation(caller, now), preferences, turns)


async def get_feed_service(caller: CallerDep, database: DatabaseDep, now: NowDep) -> FeedService:
    return FeedService(database, caller, now)


async def get_base_url(request: Request, settings: SettingsDep) -> str:
    """Where clients reach this service: as it is set, else as this client did."""
    return settings.public_url or str(request.base_url)


ExportsDep = Annotated[ExportService, Depends(get_export_service)]
ImportsDep = Annotated[ImportService, Depends(get_import_service)]
FeedDep = Annotated[FeedService, Depends(get_feed_service)]
BaseUrlDep = Annotated[str, Depends(get_base_url)]
