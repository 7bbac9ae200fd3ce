"""The figures as clients read them; the descriptions are the definitions."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from src.core.schemas import RequestModel, Written
from src.recurrence.terms import Weekday

Percentage = Annotated[float, Field(ge=0, le=100, description="0 to 100, rounded to one decimal.")]
Year = Annotated[int, Field(ge=1900, le=2200)]


class AnalyticsRequest(RequestModel):
    """Which days to count: all of them where neither end is given."""

    start_date: Annotated[date, Written] | None = Field(
        default=None, description="First day of the period, in your zone; from the beginning where missing."
    )
    end_date: Annotated[date, Written] | None = Field(
        default=None, description="Last day of the period, in your zone; today where missing."
    )


class AnalyticsQuery(AnalyticsRequest):
    """Which days to count, and whether the year's heatmap comes along."""

    include_heatmap: bool = Field(default=True, description="false leaves `heatmap` null.")
    year: Year | None = Field(default=None, description="The heatmap's year; this year where missing.")


class Completions(BaseModel):
    """How much of what there was to do is done."""

    total: int = Field(description="`completed` + `pending`: what there was to do in the period.")
    completed: int = Field(
        description="Tasks completed in the period. Deleting one later changes nothing; reopening takes it "
        "back; completed twice it counts once, on the later day."
    )
    pending: int = Field(
        description="Tasks open when the period ended (now, if it has not): created before, and neither "
        "completed, skipped nor deleted by then."
    )
    overdue: int = Field(
        description="Of the pending, those whose due date had passed: a date alone when its day is over in "
        "your zone, a time when it came."
    )
    completion_rate: Percentage = Field(description="`completed` of `total`, in percent; 0 of nothing.")


class Share(BaseModel):
    """A count, and its part of the whole in percent."""

    count: int
    percentage: Percentage


class Priorities(BaseModel):
    """The tasks of `completion_stats.total` by priority."""

    total: int
    high: Share
    medium: Share
    low: Share
    none: Share


class Recurring(BaseModel):
    """What became of recurring tasks."""

    total_patterns: int = Field(description="Series in force at some time of the period.")
    active_patterns: int = Field(
        description="Series not stopped when the period ended, with an occurrence still to do."
    )
    total_instances: int = Field(
        description="Occurrences of the period: completed, skipped and missed, and those still pending."
    )
    completed_instances: int = Field(description="Occurrences completed in the period.")
    skipped: int = Field(description="Occurrences skipped in the period.")
    missed: int = Field(description="Dates of the period that were jumped over, undone.")
    completion_rate: Percentage = Field(
        description="Completed, in percent of completed, skipped and missed: an occurrence whose turn is "
        "still on lowers nothing."
    )
    current_streak: int = Field(
        description="Occurrences of one active series completed in a row and still unbroken: the best of "
        "them. A missed or overdue occurrence breaks a streak; a skipped one neither breaks nor lengthens."
    )
    longest_streak: int = Field(description="The longest such row of any series until the period ended.")


class WeekdayCount(BaseModel):
    """Completions on a day of the week."""

    weekday: Weekday
    count: int


class HourCount(BaseModel):
    """Completions in an hour of the day."""

    hour: int = Field(ge=0, le=23)
    count: int


class Productivity(BaseModel):
    """When and how reliably tasks get done, by the clock in your zone."""

    by_weekday: list[WeekdayCount] = Field(
        description="Completions of the period; all seven days, from the first day of your week on."
    )
    by_hour: list[HourCount] = Field(description="Completions of the period in each of the 24 hours.")
    on_time_rate: Percentage | None = Field(
        description="Of the completions with a due date, those done by then (a date alone: on that day or "
        "before), in percent; null where there are none."
    )
    median_lead_hours: float | None = Field(
        description="The median time from creation to completion, in hours; null where nothing was completed."
    )
    current_streak_days: int = Field(
        description="Days in a row with a completion, up to the period's last day (or today) or the day "
        "before it. Streaks reach back before `start_date`."
    )
    longest_streak_days: int = Field(description="The longest such run until the period ended.")


class GroupCompletions(Completions):
    """The completion figures of the tasks that share a tag or a category."""

    name: str = Field(description="As it was written last; letter case makes no difference.")


class ForecastDay(BaseModel):
    """What is due on a day to come."""

    date: date
    count: int = Field(description="`pending` + `recurring`.")
    pending: int = Field(description="Pending tasks due on this day.")
    recurring: int = Field(
        description="Further occurrences of series, if each is done when it is due (of the thousand series "
        "that come soonest)."
    )


class HeatmapDay(BaseModel):
    """A day of the year."""

    date: date
    count: int = Field(description="Tasks completed on this day.")
    level: int = Field(
        ge=0, le=4, description="0 for none, 1 for one, 2 for 2 or 3, 3 for 4 or 5, 4 for more."
    )


class AnalyticsRead(BaseModel):
    """How it goes."""

    start_date: date | None = Field(description="First day counted; null for no beginning.")
    end_date: date = Field(description="Last day counted.")
    timezone: str = Field(description="The zone whose days are counted.")
    completion_stats: Completions
    priority_distribution: Priorities
    recurring_stats: Recurring
    productivity: Productivity
    by_tag: list[GroupCompletions] = Field(description="The hundred tags with the most tasks, most first.")
    by_category: list[GroupCompletions] = Field(
        description="The hundred categories with the most tasks, most first; tasks without one are left out."
    )
    forecast: list[ForecastDay] = Field(
        description="Today and the 13 days that follow, whatever the period; what is overdue is left out."
    )
    heatmap: list[HeatmapDay] | None = Field(description="Every day of `year`, whatever the period.")
