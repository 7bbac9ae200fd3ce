"""The analytics of a request, bound to its caller, their clock and this instant."""

from typing import Annotated

from fastapi import Depends

from src.analytics.service import AnalyticsService
from src.auth.dependencies import CallerDep
from src.core.dependencies import DatabaseDep, NowDep
from src.preferences.service import PreferencesService


async def get_analytics_service(caller: CallerDep, database: DatabaseDep, now: NowDep) -> AnalyticsService:
    preferences = await PreferencesService(database, caller).in_force()
    return AnalyticsService(database, caller, preferences, now)


AnalyticsDep = Annotated[AnalyticsService, Depends(get_analytics_service)]
