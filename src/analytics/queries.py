"""The statements that count, and what they need to know; no row is carried into Python to be counted."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Date, DateTime, Integer, Text, bindparam, text
from sqlalchemy.types import TypeEngine

from src.analytics.statements import COMING, DAYS, FIGURES, FINISHED, GROUPS, PATTERNS, RECORD
from src.core.database import Executor, Query, Row

_PARAMETERS: dict[str, TypeEngine[Any]] = {
    "owner": Text(),
    "zone": Text(),
    "start_at": DateTime(timezone=True),
    "end_at": DateTime(timezone=True),
    "as_of": DateTime(timezone=True),
    "start_on": Date(),
    "end_on": Date(),
    "today_on": Date(),
    "horizon_on": Date(),
    "group_limit": Integer(),
    "series_limit": Integer(),
}


def _query(statement: str, *ctes: str) -> Query:
    if ctes:
        statement = f"WITH {', '.join(ctes)} {statement}"
    parameters: list[BindParameter[Any]] = [
        bindparam(name, type_=kind) for name, kind in _PARAMETERS.items() if f":{name}" in statement
    ]
    return Query(text(statement).bindparams(*parameters))


FIGURES_QUERY = _query(FIGURES, RECORD, FINISHED, PATTERNS, GROUPS)
DAYS_QUERY = _query(DAYS, RECORD)
COMING_QUERY = _query(COMING)


class AnalyticsQueries:
    """One user's figures, by the clock of one zone."""

    def __init__(self, executor: Executor, user_id: str, zone: ZoneInfo) -> None:
        self._executor = executor
        self._owner = user_id
        self._zone = zone.key

    async def figures(
        self,
        *,
        days: tuple[date | None, date],
        instants: tuple[datetime | None, datetime],
        as_of: datetime,
        forecast: tuple[date, date],
        group_limit: int,
    ) -> Row:
        """Everything that is counted for a period: its first and last day, and where they begin and end."""
        return await self._one(
            FIGURES_QUERY,
            start_on=days[0],
            end_on=days[1],
            start_at=instants[0],
            end_at=instants[1],
            as_of=as_of,
            today_on=forecast[0],
            horizon_on=forecast[1],
            group_limit=group_limit,
        )

    async def days(self) -> Row:
        """How many tasks were created and completed on each day there was any."""
        return await self._one(DAYS_QUERY)

    async def coming_series(self, horizon: date, *, limit: int) -> list[Row]:
        """The series in force whose pending occurrence is scheduled until a day, soonest first."""
        return await self._executor.fetch_all(
            COMING_QUERY, owner=self._owner, horizon_on=horizon, series_limit=limit
        )

    async def _one(self, query: Query, **values: Any) -> Row:
        row = await self._executor.fetch_one(query, owner=self._owner, zone=self._zone, **values)
        assert row is not None  # noqa: S101 - a statement of aggregates has one row.
        return row
