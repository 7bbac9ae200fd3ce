"""A rule made whole: what it leaves open is taken from the start of its series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product
from typing import TYPE_CHECKING

from src.recurrence.terms import Frequency, Skip

if TYPE_CHECKING:
    from src.recurrence.rule import RecurrenceRule


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule with what it leaves open filled in from its start (RFC 5545 §3.3.10, DTSTART).

    Weekdays are numbers, Monday 0. `times` is empty for a series of dates.
    """

    start: date
    frequency: Frequency
    interval: int
    months: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[int]
    nth_weekdays: tuple[tuple[int, int], ...]
    year_days: frozenset[int]
    week_numbers: frozenset[int]
    week_start: int
    set_position: tuple[int, ...]
    clamps: bool
    times: tuple[time, ...]


def resolve(rule: RecurrenceRule, start: date, interval: int) -> Pattern:
    """Fills in a rule from the date, or naive wall datetime, that its series starts at."""
    months, month_days, weekdays = _open_parts(rule, start)
    return Pattern(
        start=date(start.year, start.month, start.day),
        frequency=rule.frequency,
        interval=interval,
        months=frozenset(months),
        month_days=frozenset(month_days),
        weekdays=frozenset(weekdays),
        nth_weekdays=tuple((d.weekday.number, d.ordinal) for d in rule.weekdays if d.ordinal is not None),
        year_days=frozenset(rule.year_days),
        week_numbers=frozenset(rule.week_numbers),
        week_start=rule.week_start.number,
        set_position=rule.set_position,
        clamps=rule.skip is Skip.BACKWARD and not rule.weekdays,
        times=_times(rule, start) if isinstance(start, datetime) else (),
    )


def _open_parts(rule: RecurrenceRule, start: date) -> tuple[Iterable[int], Iterable[int], Iterable[int]]:
    weekdays = [day.weekday.number for day in rule.weekdays if day.ordinal is None]
    if rule.weekdays or rule.month_days or rule.year_days:
        return rule.months, rule.month_days, weekdays
    if rule.frequency is Frequency.WEEKLY or (rule.frequency is Frequency.YEARLY and rule.week_numbers):
        return rule.months, (), [start.weekday()]
    if rule.frequency is Frequency.DAILY or rule.week_numbers:
        return rule.months, (), ()
    if rule.frequency is Frequency.YEARLY:
        return rule.months or [start.month], [start.day], ()
    return rule.months, [start.day], ()


def _times(rule: RecurrenceRule, start: datetime) -> tuple[time, ...]:
    if not (rule.hours or rule.minutes or rule.seconds):
        return (start.time().replace(fold=0),)
    return tuple(
        time(hour, minute, second)
        for hour, minute, second in product(
            rule.hours or (start.hour,), rule.minutes or (start.minute,), rule.seconds or (start.second,)
        )
    )
