"""Arithmetic with days, weeks and months."""

from calendar import monthrange
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

EARLIEST, LATEST = 1, 9998


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date | None:
    """The nth such weekday of a month, from its end when negative; Monday is 0. None where there is none."""
    first = date(year, month, 1)
    if number > 0:
        found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    else:
        last = month_end(first)
        found = last - timedelta(days=(last.weekday() - weekday) % 7 - 7 * (number + 1))
    return found if found.month == month else None


def shift(day: date, *, months: int = 0, days: int = 0) -> date | None:
    """The day so many months and days away (month ends clamp), or None beyond the calendar."""
    try:
        return day + relativedelta(months=months, days=days)
    except (ValueError, OverflowError):
        return None


def next_month_day(month: int, day: int, today: date) -> date | None:
    """The first such date from today on; 29 February waits for a leap year."""
    for year in range(today.year, today.year + 9):
        found = make_date(year, month, day)
        if found is not None and found >= today:
            return found
    return None


def next_day_of_month(day: int, today: date, weekday: int | None = None) -> date | None:
    """The first such day of a month from today on, on that weekday if one is asked for."""
    first = today.replace(day=1)
    for months in range(60):
        start = first + relativedelta(months=months)
        found = make_date(start.year, start.month, day)
        if found is not None and found >= today and weekday in (None, found.weekday()):
            return found
    return None


def coming_weekday(weekday: int, day: date) -> date:
    """The first such weekday after a day, never that day itself."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def week_of(day: date, week_start: int) -> date:
    """The first day of the week a day lies in."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def whole_year(number: int, today: date) -> int:
    """The year a number of two digits stands for: within 50 years back and 50 on. Longer ones stand."""
    if number >= 100:
        return number
    century = today.year - today.year % 100
    year = century + number
    return year - 100 if year > today.year + 50 else year
