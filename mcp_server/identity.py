"""For whom a tool call acts: injected, never an argument."""

from dataclasses import dataclass
from datetime import date

from src.analytics.service import AnalyticsService
from src.auth.context import Caller, Unauthenticated, acting_caller
from src.core.clock import Clock
from src.core.database import Database
from src.history.operation import Operation
from src.preferences.service import PreferencesService
from src.tasks.service import TaskService


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What tools stand on: the same database, clock and cursor key as the routes."""

    database: Database
    clock: Clock
    cursor_key: bytes
    public_url: str = "http://localhost:8000"
    """Where links to tasks lead."""

    async def tasks(self) -> TaskService:
        """The acting caller's tasks, in an operation of this call's own."""
        caller = _acting_caller()
        preferences = PreferencesService(self.database, caller)
        operation = Operation(caller, self.clock())
        return TaskService(self.database, operation, preferences, cursor_key=self.cursor_key)

    async def analytics(self) -> AnalyticsService:
        """The acting caller's figures, at this instant."""
        caller = _acting_caller()
        preferences = await PreferencesService(self.database, caller).in_force()
        return AnalyticsService(self.database, caller, preferences, self.clock())

    async def today(self) -> tuple[date, str]:
        """The acting caller's calendar date and zone."""
        preferences = await PreferencesService(self.database, _acting_caller()).in_force()
        return preferences.local(self.clock()).date(), preferences.zone.key


def _acting_caller() -> Caller:
    caller = acting_caller()
    if caller is None:
        raise Unauthenticated("This tool call carries no identity; sign in first.")
    return caller
