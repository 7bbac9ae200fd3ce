"""Counts as they come from the database, as the figures that clients read."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from src.analytics.heatmap import days_of, level_of
from src.analytics.schemas import (
    Completions,
    ForecastDay,
    GroupCompletions,
    HeatmapDay,
    HourCount,
    Priorities,
    Productivity,
    Recurring,
    Share,
    WeekdayCount,
)
from src.analytics.streaks import find_streaks
from src.core.database import Row
from src.recurrence.terms import Weekday


def read_figures(row: Row, *, last_day: date, week_start: Weekday) -> dict[str, Any]:
    """The parts of the answer that come from the counting statement."""
    return {
        "completion_stats": Completions(**_completions(row["completion"])),
        "priority_distribution": _priorities(row["priorities"] or {}),
        "recurring_stats": _recurring(row["recurring"]),
        "productivity": _productivity(row, last_day, week_start),
        "by_tag": [_group(counts) for counts in row["tags"] or []],
        "by_category": [_group(counts) for counts in row["categories"] or []],
    }


def counts_by_day(counts: Mapping[str, int] | None) -> Counter[date]:
    return Counter({date.fromisoformat(day): count for day, count in (counts or {}).items()})


def read_heatmap(year: int, counts: Mapping[date, int]) -> list[HeatmapDay]:
    return [
        HeatmapDay(date=day, count=counts.get(day, 0), level=level_of(counts.get(day, 0)))
        for day in days_of(year)
    ]


def read_forecast(
    days: Iterable[date], pending: Mapping[date, int], recurring: Mapping[date, int]
) -> list[ForecastDay]:
    return [
        ForecastDay(
            date=day,
            count=pending.get(day, 0) + recurring.get(day, 0),
            pending=pending.get(day, 0),
            recurring=recurring.get(day, 0),
        )
        for day in days
    ]


def percentage(part: int, whole: int) -> float:
    """A part of a whole in percent, to one decimal; 0 of nothing."""
    return round(100 * part / whole, 1) if whole else 0.0


def _completions(counts: Mapping[str, int]) -> dict[str, Any]:
    total = counts["completed"] + counts["pending"]
    return {
        "total": total,
        "completed": counts["completed"],
        "pending": counts["pending"],
        "overdue": counts["overdue"],
        "completion_rate": percentage(counts["completed"], total),
    }


def _group(counts: Mapping[str, Any]) -> GroupCompletions:
    return GroupCompletions(name=counts["name"], **_completions(counts))


def _priorities(counts: Mapping[str, int]) -> Priorities:
    total = sum(counts.values())
    shares = {
        name: Share(count=counts.get(name, 0), percentage=percentage(counts.get(name, 0), total))
        for name in ("high", "medium", "low", "none")
    }
    return Priorities(total=total, **shares)


def _recurring(counts: Mapping[str, Any]) -> Recurring:
    instances: Mapping[str, int] = counts["instances"]
    completed, skipped, missed = instances["completed"], instances["skipped"], counts["missed"]
    over = completed + skipped + missed
    return Recurring(
        total_patterns=counts["total_patterns"],
        active_patterns=counts["active_patterns"],
        total_instances=over + instances["pending"],
        completed_instances=completed,
        skipped=skipped,
        missed=missed,
        completion_rate=percentage(completed, over),
        current_streak=counts["current_streak"],
        longest_streak=counts["longest_streak"],
    )


def _productivity(row: Row, last_day: date, week_start: Weekday) -> Productivity:
    pace: Mapping[str, Any] = row["pace"]
    lead: float | None = pace["median_lead_hours"]
    streaks = find_streaks(counts_by_day(row["completed_days"]), last_day)
    return Productivity(
        by_weekday=_by_weekday(row["weekdays"] or {}, week_start),
        by_hour=[HourCount(hour=hour, count=(row["hours"] or {}).get(str(hour), 0)) for hour in range(24)],
        on_time_rate=percentage(pace["on_time"], pace["dated"]) if pace["dated"] else None,
        median_lead_hours=None if lead is None else round(lead, 1),
        current_streak_days=streaks.current,
        longest_streak_days=streaks.longest,
    )


def _by_weekday(counts: Mapping[str, int], week_start: Weekday) -> list[WeekdayCount]:
    """The database numbers the days of the week from Monday, 1."""
    names = list(Weekday)
    first = names.index(week_start)
    numbers = [(first + n) % 7 for n in range(7)]
    return [WeekdayCount(weekday=names[n], count=counts.get(str(n + 1), 0)) for n in numbers]
