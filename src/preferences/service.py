"""A user's settings, and the clock and calendar they give to a request."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from src.auth.context import Caller
from src.core.database import Executor, Row
from src.core.zones import zone_named
from src.language.when import DateOrder
from src.preferences.repository import PreferencesRepository
from src.preferences.schemas import Preferences, SettingsRead, SettingsUpdate
from src.preferences.usage import UsageReader
from src.recurrence.terms import Weekday

_DEFAULTS: dict[str, Any] = {"timezone": None, "week_start": "mon", "date_order": "mdy"}
_agreed: ContextVar[tuple[str, Preferences] | None] = ContextVar("agreed", default=None)


class PreferencesService:
    """Reads and changes the settings of one caller."""

    def __init__(self, executor: Executor, caller: Caller) -> None:
        self._repository = PreferencesRepository(executor, caller.user_id)
        self._caller = caller
        self._in_force: Preferences | None = None

    async def in_force(self) -> Preferences:
        """The zone of this request, else the stored one, else UTC; asked for once."""
        if self._in_force is None:
            self._in_force = await self._read()
        return self._in_force

    async def _read(self) -> Preferences:
        user_id, agreed = _agreed.get() or (None, None)
        if agreed is not None and user_id == self._caller.user_id:
            return agreed
        return preferences_in(await self._repository.get(), self._caller)

    async def get(self) -> SettingsRead:
        return _read(await self._repository.get() or _DEFAULTS)

    async def get_with_usage(self, reader: UsageReader | None, now: datetime) -> SettingsRead:
        """The settings, and what is used of the day that they make it."""
        settings = await self.get()
        if reader is not None:
            settings.usage = await reader.usage(self._caller.user_id, ZoneInfo(settings.timezone), now)
        return settings

    async def stored_zone(self) -> ZoneInfo:
        """The zone of the settings, whichever a request asks for."""
        return ZoneInfo((await self.get()).timezone)

    async def update(self, change: SettingsUpdate, now: datetime) -> SettingsRead:
        row = await self._repository.save(change.given(), now)
        return _read(row or _DEFAULTS)


def agree_on(preferences: Preferences, caller: Caller) -> None:
    """Let all that this task does for a caller go by these, whatever becomes of the settings meanwhile.

    What a model is told, and how its calls are read, is one clock and one calendar.
    """
    _agreed.set((caller.user_id, preferences))


def preferences_in(row: Row | None, caller: Caller) -> Preferences:
    """What settings, if there are any, make of a request of the caller's."""
    stored = row or _DEFAULTS
    name = caller.timezone or stored["timezone"] or "UTC"
    return Preferences(zone_named(name), Weekday(stored["week_start"]), DateOrder(stored["date_order"]))


def _read(row: Row) -> SettingsRead:
    zone = ZoneInfo(row["timezone"]) if row["timezone"] else ZoneInfo("UTC")
    return SettingsRead(timezone=zone.key, week_start=row["week_start"], date_order=row["date_order"])
