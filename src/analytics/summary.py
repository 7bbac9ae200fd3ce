"""The figures as a model reads them: what can be said in a few sentences, and no tables."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from src.analytics.schemas import AnalyticsRead, Completions, GroupCompletions, Productivity, Recurring
from src.recurrence.terms import Weekday

_MAX_GROUPS = 5


class ProductivitySummary(BaseModel):
    """When and how reliably tasks get done."""

    on_time_rate: float | None
    median_lead_hours: float | None
    current_streak_days: int
    longest_streak_days: int
    busiest_weekday: Weekday | None
    busiest_hour: int | None

    @classmethod
    def of(cls, figures: Productivity) -> Self:
        weekday = max(figures.by_weekday, key=lambda day: day.count)
        hour = max(figures.by_hour, key=lambda each: each.count)
        return cls(
            on_time_rate=figures.on_time_rate,
            median_lead_hours=figures.median_lead_hours,
            current_streak_days=figures.current_streak_days,
            longest_streak_days=figures.longest_streak_days,
            busiest_weekday=weekday.weekday if weekday.count else None,
            busiest_hour=hour.hour if hour.count else None,
        )


class PriorityCounts(BaseModel):
    """Completed and pending tasks by priority."""

    high: int
    medium: int
    low: int
    none: int


class GroupSummary(BaseModel):
    """The tasks that share a tag or a category."""

    name: str
    completed: int
    pending: int

    @classmethod
    def top(cls, groups: list[GroupCompletions]) -> list[Self]:
        return [
            cls(name=group.name, completed=group.completed, pending=group.pending)
            for group in groups[:_MAX_GROUPS]
        ]


class AnalyticsSummary(BaseModel):
    """How it goes, in short."""

    start_date: date | None
    end_date: date
    timezone: str
    completion_stats: Completions
    productivity: ProductivitySummary
    recurring_stats: Recurring
    priorities: PriorityCounts
    top_tags: list[GroupSummary]
    top_categories: list[GroupSummary]
    due_by_day: dict[date, int]

    @classmethod
    def of(cls, figures: AnalyticsRead) -> Self:
        shares = figures.priority_distribution
        return cls(
            start_date=figures.start_date,
            end_date=figures.end_date,
            timezone=figures.timezone,
            completion_stats=figures.completion_stats,
            productivity=ProductivitySummary.of(figures.productivity),
            recurring_stats=figures.recurring_stats,
            priorities=PriorityCounts(
                high=shares.high.count,
                medium=shares.medium.count,
                low=shares.low.count,
                none=shares.none.count,
            ),
            top_tags=GroupSummary.top(figures.by_tag),
            top_categories=GroupSummary.top(figures.by_category),
            due_by_day={day.date: day.count for day in figures.forecast if day.count},
        )
