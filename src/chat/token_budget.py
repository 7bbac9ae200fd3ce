"""How many tokens models may take for one user in a day."""

import math
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from src.auth.context import Caller
from src.chat.errors import TokenBudgetExceeded
from src.chat.token_repository import TokenRepository
from src.core.config import Settings
from src.core.database import Database
from src.core.metrics import limit_refused
from src.preferences.service import PreferencesService
from src.preferences.usage import TokenUsage

_A_DAY = timedelta(days=1)


class TokenBudget:
    """Counts what a user's turns took since their midnight; a turn is counted once it has ended.

    The zone is the stored one, not that of a request. Whoever keeps moving it still gets no more than two
    days' tokens in any 24 hours.
    """

    def __init__(self, database: Database, daily: int) -> None:
        self._database = database
        self._daily = daily

    async def require(self, caller: Caller, now: datetime) -> None:
        """Raise `TokenBudgetExceeded` where nothing is left of the caller's day."""
        zone = await PreferencesService(self._database, caller).stored_zone()
        began_at, ends_at = _day_of(now, zone)
        lately, today = await self._spent(caller.user_id, now, began_at)
        if today >= self._daily or lately >= 2 * self._daily:
            limit_refused("tokens")
            raise TokenBudgetExceeded(self._daily, math.ceil((ends_at - now).total_seconds()))

    async def usage(self, user_id: str, zone: ZoneInfo, now: datetime) -> TokenUsage:
        began_at, ends_at = _day_of(now, zone)
        _, today = await self._spent(user_id, now, began_at)
        return TokenUsage(tokens_today=today, daily_token_budget=self._daily, resets_at=ends_at)

    async def _spent(self, user_id: str, now: datetime, began_at: datetime) -> tuple[int, int]:
        # A day in which clocks are put back is longer than 24 hours.
        since = min(now - _A_DAY, began_at)
        return await TokenRepository(self._database, user_id).spent(since, began_at)


def budget_from(settings: Settings, database: Database) -> TokenBudget | None:
    return TokenBudget(database, settings.daily_token_budget) if settings.daily_token_budget else None


def _day_of(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The midnights, in UTC, between which an instant lies in a zone."""
    today = now.astimezone(zone).date()
    began_at, ends_at = (datetime.combine(day, time.min, zone) for day in (today, today + _A_DAY))
    return began_at.astimezone(UTC), ends_at.astimezone(UTC)
