"""The services of a request, bound to its caller and this instant.

What reads and writes files loads with the first file: it would make a quarter of every start.
"""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from fastapi import Depends, Request

from src.auth.dependencies import CallerDep
from src.core.dependencies import DatabaseDep, ExecutorDep, NowDep, SettingsDep
from src.history.operation import Operation
from src.preferences.service import PreferencesService
from src.transfer import models as _models  # noqa: F401 - the tables are known from the start.

if TYPE_CHECKING:
    from src.transfer.export_service import ExportService
    from src.transfer.feed_service import FeedService
    from src.transfer.import_service import ImportService


async def get_turns(request: Request) -> asyncio.Semaphore:
    """How many files are written or read at once in this process: they must not take the whole pool."""
    return cast(asyncio.Semaphore, request.app.state.transfer_turns)


TurnsDep = Annotated[asyncio.Semaphore, Depends(get_turns)]


async def get_export_service(
    caller: CallerDep, database: DatabaseDep, now: NowDep, turns: TurnsDep
) -> "ExportService":
    from src.transfer.export_service import ExportService  # noqa: PLC0415 - see above.

    return ExportService(database, caller, now, turns)


async def get_import_service(
    caller: CallerDep, executor: ExecutorDep, now: NowDep, turns: TurnsDep
) -> "ImportService":
    from src.transfer.import_service import ImportService  # noqa: PLC0415 - see above.

    preferences = await PreferencesService(executor, caller).in_force()
    return ImportService(executor, Operation(caller, now), preferences, turns)


async def get_feed_service(caller: CallerDep, database: DatabaseDep, now: NowDep) -> "FeedService":
    from src.transfer.feed_service import FeedService  # noqa: PLC0415 - see above.

    return FeedService(database, caller, now)


async def get_base_url(request: Request, settings: SettingsDep) -> str:
    """Where clients reach this service: as it is set, else as this client did."""
    return settings.public_url or str(request.base_url)


if TYPE_CHECKING:
    ExportsDep: TypeAlias = ExportService
    ImportsDep: TypeAlias = ImportService
    FeedDep: TypeAlias = FeedService
else:
    ExportsDep = Annotated[Any, Depends(get_export_service)]
    ImportsDep = Annotated[Any, Depends(get_import_service)]
    FeedDep = Annotated[Any, Depends(get_feed_service)]
BaseUrlDep = Annotated[str, Depends(get_base_url)]
