"""What can be asked about one user's work."""

from collections import Counter
from datetime import date, datetime, timedelta

from src.analytics.burnup import draw_burnup
from src.analytics.forecast import coming_days
from src.analytics.heatmap import draw_heatmap
from src.analytics.period import Period, period_of
from src.analytics.queries import AnalyticsQueries
from src.analytics.reading import counts_by_day, read_figures, read_forecast, read_heatmap
from src.analytics.schemas import (
    AnalyticsQuery,
    AnalyticsRead,
    AnalyticsRequest,
    ForecastDay,
    HeatmapDay,
)
from src.auth.context import Caller
from src.core.database import Executor, Row
from src.preferences.schemas import Preferences
from src.recurrence.terms import Weekday
from src.tasks.dates import read_due
from src.tasks.pattern import pattern_of

FORECAST_DAYS = 14
_CHART_DAYS = 90
_MAX_GROUPS = 100
_MAX_SERIES = 1_000


class AnalyticsService:
    """Reads the figures of one caller, by their clock, at one instant."""

    def __init__(self, executor: Executor, caller: Caller, preferences: Preferences, now: datetime) -> None:
        self._queries = AnalyticsQueries(executor, caller.user_id, preferences.zone)
        self._preferences = preferences
        self._now = now
        self._today = preferences.local(now).date()
        self._horizon = self._today + timedelta(days=FORECAST_DAYS - 1)

    async def get(self, asked: AnalyticsQuery) -> AnalyticsRead:
        """Every figure of a period."""
        period = self._period(asked)
        row = await self._queries.figures(
            days=(period.start_on, period.end_on),
            instants=(period.start_at, period.end_at),
            as_of=min(period.end_at, self._now),
            forecast=(self._today, self._horizon),
            group_limit=_MAX_GROUPS,
        )
        forecast = await self._forecast(row)  # Before a year's days are made: who waits holds little.
        heatmap = self._heatmap(row, asked.year) if asked.include_heatmap else None
        last_day = min(period.end_on, self._today)
        figures = read_figures(row, last_day=last_day, week_start=self._preferences.week_start)
        return AnalyticsRead(
            start_date=period.start_on,
            end_date=period.end_on,
            timezone=self._preferences.zone.key,
            forecast=forecast,
            heatmap=heatmap,
            **figures,
        )

    async def get_spoken(self, start_date: str | None, end_date: str | None) -> AnalyticsRead:
        """The figures of a period whose ends are ISO dates or English phrases, without a heatmap."""
        return await self.get(
            AnalyticsQuery(
                start_date=self._day(start_date, "start_date"),
                end_date=self._day(end_date, "end_date"),
                include_heatmap=False,
            )
        )

    async def draw_heatmap(self, year: int | None) -> str:
        """A year of completions as an SVG document."""
        row = await self._queries.days()
        week_start = list(Weekday).index(self._preferences.week_start)
        return draw_heatmap(
            year or self._today.year, counts_by_day(row["completed_days"]), week_start=week_start
        )

    async def draw_burnup(self, asked: AnalyticsRequest) -> str:
        """Created against completed as an SVG document; the last 90 days where no first day is given."""
        period = self._period(asked)
        start = period.start_on or period.end_on - timedelta(days=_CHART_DAYS - 1)
        row = await self._queries.days()
        return draw_burnup(
            start, period.end_on, counts_by_day(row["created_days"]), counts_by_day(row["completed_days"])
        )

    def _period(self, asked: AnalyticsRequest) -> Period:
        return period_of(asked.start_date, asked.end_date or self._today, self._preferences.zone)

    def _day(self, said: str | None, field: str) -> date | None:
        return read_due(said, self._preferences, self._now, field=field).on if said else None

    def _heatmap(self, row: Row, year: int | None) -> list[HeatmapDay]:
        return read_heatmap(year or self._today.year, counts_by_day(row["completed_days"]))

    async def _forecast(self, row: Row) -> list[ForecastDay]:
        pending = counts_by_day(row["due_on_days"])
        pending.update(counts_by_day(row["due_at_days"]))
        recurring: Counter[date] = Counter()
        for series in await self._queries.coming_series(self._horizon, limit=_MAX_SERIES):
            recurring.update(
                coming_days(
                    pattern_of(series),
                    number=series["occurrence"],
                    scheduled=series["scheduled_wall"],
                    preferences=self._preferences,
                    now=self._now,
                    horizon=self._horizon,
                )
            )
        days = [self._today + timedelta(days=n) for n in range(FORECAST_DAYS)]
        return read_forecast(days, pending, recurring)
