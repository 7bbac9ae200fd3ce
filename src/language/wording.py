"""Dates in words: what was understood, and how far away a due date is."""

from datetime import date, datetime, time

from src.language.when import LanguageContext


def describe_when(on: date, at: time | None, context: LanguageContext) -> str:
    """A due date as people say it: "tomorrow, Fri 20 Nov", "Fri 27 Nov, 17:00"; wall time in the zone."""
    today = context.wall.date()
    near = {0: "today, ", 1: "tomorrow, ", -1: "yesterday, "}.get((on - today).days, "")
    year = "" if on.year == today.year else f" {on.year}"
    clock = f", {at:%H:%M}" if at is not None else ""
    return f"{near}{on:%a} {on.day} {on:%b}{year}{clock}"


def long_date(on: date) -> str:
    """Friday 27 November 2026."""
    return f"{on:%A} {on.day} {on:%B} {on.year}"


def long_moment(on: date, at: time | None) -> str:
    """Friday 27 November 2026, 17:00."""
    return long_date(on) if at is None else f"{long_date(on)}, {at:%H:%M}"


def long_range(start: date, end: date) -> str:
    """From one day or wall time to another."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        last = f"{end:%H:%M}" if end.date() == start.date() else long_moment(end.date(), end.time())
        return f"{long_moment(start.date(), start.time())} to {last}"
    return f"{long_date(start)} to {long_date(end)}"
