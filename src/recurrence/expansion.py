"""The dates of a rule, period by period, in work that is bounded whatever the rule."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from src.recurrence.pattern import Pattern, resolve
from src.recurrence.terms import Frequency

if TYPE_CHECKING:
    from src.recurrence.rule import RecurrenceRule

YEARS_AHEAD = 200
"""A series ends so long after its start, which bounds the work for rules that hardly ever match."""

_YEARS_OF_EVERY_SHAPE = 28  # From 2000 on: each weekday on 1 January, in common and in leap years.
_FIRST_YEAR, _LAST_YEAR = 2, 9998  # A year of room, so that weeks and zones cannot leave the calendar.


def can_match(rule: RecurrenceRule) -> bool:
    """Whether any date at all answers to the rule, from whatever start."""
    pattern = resolve(rule, datetime.combine(date(2000, 1, 1), time()), interval=1)
    return next(slots_from(pattern, pattern.start, _YEARS_OF_EVERY_SHAPE), None) is not None


def slots_from(pattern: Pattern, day: date, years: int = YEARS_AHEAD) -> Iterator[date]:
    """The pattern's dates (naive wall datetimes, if it has times), ascending, from the period `day` is in.

    The first few may lie before `day` or the start: positions within a period count the whole period.
    """
    if pattern.start.year < _FIRST_YEAR:
        return
    end = date(min(pattern.start.year + years, _LAST_YEAR), 12, 31)
    for period in _periods(pattern, max(day, pattern.start), end):
        yield from _slots(pattern, period)


def _slots(pattern: Pattern, days: list[date]) -> list[date]:
    times = pattern.times
    if not pattern.set_position:
        return [datetime.combine(day, at) for day in days for at in times] if times else days
    size = len(days) * max(1, len(times))
    chosen = {position - 1 if position > 0 else size + position for position in pattern.set_position}
    places = [place for place in sorted(chosen) if 0 <= place < size]
    if not times:
        return [days[place] for place in places]
    return [datetime.combine(days[place // len(times)], times[place % len(times)]) for place in places]


def _periods(pattern: Pattern, day: date, end: date) -> Iterator[list[date]]:
    if pattern.frequency is Frequency.DAILY:
        return _daily(pattern, day, end)
    if pattern.frequency is Frequency.WEEKLY:
        return _weekly(pattern, day, end)
    if pattern.frequency is Frequency.MONTHLY:
        return _monthly(pattern, day, end)
    return _yearly(pattern, day, end)


def _daily(pattern: Pattern, day: date, end: date) -> Iterator[list[date]]:
    first = pattern.start.toordinal()
    since = day.toordinal() - first
    step = pattern.interval
    for ordinal in range(first + since - since % step, end.toordinal() + 1, step):
        candidate = date.fromordinal(ordinal)
        if _is_in_month(pattern, candidate) and _is_wanted(pattern, candidate):
            yield [candidate]


def _weekly(pattern: Pattern, day: date, end: date) -> Iterator[list[date]]:
    first = pattern.start.toordinal() - (pattern.start.weekday() - pattern.week_start) % 7
    since = day.toordinal() - first
    step = 7 * pattern.interval
    for ordinal in range(first + since - since % step, end.toordinal() + 1, step):
        week = [date.fromordinal(ordinal + offset) for offset in range(7)]
        yield [day for day in week if _is_in_month(pattern, day) and _is_wanted(pattern, day)]


def _monthly(pattern: Pattern, day: date, end: date) -> Iterator[list[date]]:
    first = pattern.start.year * 12 + pattern.start.month - 1
    since = day.year * 12 + day.month - 1 - first
    step = pattern.interval
    for month in range(first + since - since % step, end.year * 12 + 12, step):
        yield _days_of_month(pattern, month // 12, month % 12 + 1)


def _yearly(pattern: Pattern, day: date, end: date) -> Iterator[list[date]]:
    first = pattern.start.year
    since = day.year - first
    step = pattern.interval
    for year in range(first + since - since % step, end.year + 1, step):
        yield [day for month in range(1, 13) for day in _days_of_month(pattern, year, month)]


def _days_of_month(pattern: Pattern, year: int, month: int) -> list[date]:
    if pattern.months and month not in pattern.months:
        return []
    days = [date(year, month, number) for number in _day_numbers(pattern, monthrange(year, month)[1])]
    return [day for day in days if _is_wanted(pattern, day)]


def _day_numbers(pattern: Pattern, length: int) -> Iterable[int]:
    """Day numbers in a month of some length; the 31st of a shorter month is its last day (RFC 7529 §4.1)."""
    if not pattern.month_days:
        return range(1, length + 1)
    numbers = {number if number > 0 else length + 1 + number for number in pattern.month_days}
    if pattern.clamps:
        numbers = {min(number, length) for number in numbers}
    return sorted(number for number in numbers if 1 <= number <= length)


def _is_in_month(pattern: Pattern, day: date) -> bool:
    if pattern.months and day.month not in pattern.months:
        return False
    if not pattern.month_days:
        return True
    from_end = day.day - monthrange(day.year, day.month)[1] - 1
    return day.day in pattern.month_days or from_end in pattern.month_days


def _is_wanted(pattern: Pattern, day: date) -> bool:
    if (pattern.weekdays or pattern.nth_weekdays) and not _is_weekday(pattern, day):
        return False
    if pattern.year_days and not _is_year_day(pattern, day):
        return False
    return not pattern.week_numbers or _is_in_week(pattern, day)


def _is_weekday(pattern: Pattern, day: date) -> bool:
    weekday = day.weekday()
    if weekday in pattern.weekdays:
        return True
    if not any(weekday == wanted for wanted, _ in pattern.nth_weekdays):
        return False
    if pattern.frequency is Frequency.YEARLY and not pattern.months:
        position, length = _day_of_year(day), _length_of_year(day)
    else:
        position, length = day.day, monthrange(day.year, day.month)[1]
    nths = ((weekday, (position + 6) // 7), (weekday, -((length - position) // 7) - 1))
    return any(nth in pattern.nth_weekdays for nth in nths)


def _is_year_day(pattern: Pattern, day: date) -> bool:
    number = _day_of_year(day)
    return number in pattern.year_days or number - _length_of_year(day) - 1 in pattern.year_days


def _is_in_week(pattern: Pattern, day: date) -> bool:
    """A week belongs to the year that has its fourth day (RFC 5545 §3.3.10, BYWEEKNO)."""
    fourth = day + timedelta(days=3 - (day.weekday() - pattern.week_start) % 7)
    passed = _day_of_year(fourth) - 1
    number = passed // 7 + 1
    weeks = number + (_length_of_year(fourth) - 1 - passed) // 7
    return number in pattern.week_numbers or number - weeks - 1 in pattern.week_numbers


def _day_of_year(day: date) -> int:
    return day.toordinal() - date(day.year, 1, 1).toordinal() + 1


def _length_of_year(day: date) -> int:
    return 365 + isleap(day.year)
