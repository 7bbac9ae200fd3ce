"""The routes of a user's settings."""

from fastapi import APIRouter

from src.auth.dependencies import CallerDep
from src.core.dependencies import DatabaseDep, NowDep
from src.core.http_errors import failures
from src.core.routing import StrictRoute
from src.preferences.dependencies import UsageReaderDep
from src.preferences.schemas import SettingsRead, SettingsUpdate
from src.preferences.service import PreferencesService

router = APIRouter(
    prefix="/api/{user_id}/settings",
    tags=["settings"],
    route_class=StrictRoute,
    responses=failures(401, 403, 422, 500, 503),
)


@router.get("", operation_id="get_settings")
async def get_settings(
    caller: CallerDep, database: DatabaseDep, usage: UsageReaderDep, now: NowDep
) -> SettingsRead:
    """The time zone, first day of the week and date order by which the caller's dates are read."""
    return await PreferencesService(database, caller).get_with_usage(usage, now)


@router.patch("", operation_id="update_settings")
async def update_settings(
    change: SettingsUpdate, caller: CallerDep, database: DatabaseDep, now: NowDep
) -> SettingsRead:
    """Change some of the settings."""
    return await PreferencesService(database, caller).update(change, now)
