"""From one day or moment to another: "monday to thursday", "3 may at 9 until 11", "4pm for 30 minutes"."""

from datetime import datetime, timedelta
from typing import Any

from src.language.bounds import fold_bounds
from src.language.items import Item
from src.language.shapes import Found, Shape, Table
from src.language.values import Clock, Day, Env, Moment, replace, wall


def _two_days(found: Found) -> Any:
    """A weekday beside the date it falls on, or "tomorrow" beside it: the date counts."""
    first, second = found.all("day")
    agree = first.on == second.on or (first.grain == "weekday" and first.on.weekday() == second.on.weekday())
    clash = "" if agree else f"{first.on:%-d %B %Y} and {second.on:%-d %B %Y} are two dates"
    if first.last or second.last or first.clock:
        return None
    return replace(second, clash=second.clash or clash)


def _from_to(found: Found) -> Any:
    """From one day or moment to another; the year of the last counts for the first."""
    ends = [item.value for item in found.items if item.kind in ("day", "days", "moment")]
    start, end = ends[0], ends[1]
    if isinstance(start, Day) and isinstance(end, Day):
        return _days_between(start, end)
    first = _moment(start)
    last = _moment(end, late=True)
    if last < first:
        return None
    return Moment(first, last)


def _days_between(start: Day, end: Day) -> Any:
    last = end.last or end.on
    try:
        if start.yearless and not end.yearless and start.on.year != end.on.year:
            year = last.year if start.on.replace(year=last.year) <= last else last.year - 1
            start = replace(start, on=start.on.replace(year=year))
        if start.yearless and end.yearless and last < start.on:
            start = replace(start, on=start.on.replace(year=start.on.year - 1))
        if end.yearless and last < start.on:
            last = last.replace(year=last.year + 1)
    except ValueError:
        return None
    if last < start.on and start.on.weekday() != last.weekday() and (start.on - last).days < 7:
        last += timedelta(days=7)
    return Day(start.on, last) if start.on <= last else None


def _moment(value: Any, *, late: bool = False) -> datetime:
    if isinstance(value, Moment):
        return (value.last or value.at) if late else value.at
    day = value.last if late and value.last else value.on
    clock = value.clock or (Clock(23, 59) if late else Clock(0))
    return wall(day, clock)


def _to_clock(found: Found) -> Any:
    """Between now and eight o'clock; monday 9:00 until 11."""
    moment: Moment = found.get("moment")
    clock: Clock = found.get("clock")
    if found.items[-1].kind == "moment":
        first = wall(moment.at.date(), replace(clock, settled=True))
        return Moment(first, moment.last or moment.at) if first <= moment.at else None
    if not clock.settled and not clock.vague:
        early = replace(clock, settled=True)
        clock = early if early.at > moment.at.time() else replace(early, hour=(clock.hour + 12) % 24)
    last = wall(moment.at.date(), clock)
    return Moment(moment.at, last) if last >= moment.at else None


def _lasting(found: Found) -> Any:
    """18 december for 10 days; 4pm for 30 minutes; 3 days starting monday."""
    span, start = found.get("span"), found.get("day", "moment", "clock")
    if isinstance(start, Clock):
        return replace(start, end=None) if span.timed else None
    if isinstance(start, Moment):
        return Moment(start.at, start.at + timedelta(days=span.days, minutes=span.minutes))
    if span.timed or span.months:
        return None
    return Day(start.on, start.on + timedelta(days=max(span.days - 1, 0)))


def _by_value(item: Item) -> Item:
    return item._replace(kind="days") if isinstance(item.value, Day) and item.value.last else item


_RANGES: Table = Table(
    [
        Shape("(from|between)? (day|days) TO (the? day|the? days)", "days", _from_to),
        Shape("between (day|days|moment) and (the? day|days|moment)", "days", _from_to),
        Shape("(from|between)? (moment TO (day|days|moment)|(day|days) TO moment)", "moment", _from_to),
        Shape("(from|between)? moment (TO|and) clock", "moment", _to_clock),
        Shape("(from|between)? clock (TO|and) moment", "moment", _to_clock),
        Shape("(day|moment|clock) for span", "moment", _lasting),
        Shape("(for span|span) (starting|starting from|starting on) (day|moment|clock)", "moment", _lasting),
        Shape(
            "(day|moment) paren? day paren?",
            "day",
            lambda found: _two_days(found) if len(found.all("day")) == 2 else None,
        ),
        Shape("day (comma|paren){1,2} day paren?", "day", _two_days),
        Shape("day (comma|paren|comma on) moment", "moment", lambda found: found.get("moment")),
    ]
)


def fold_ranges(items: list[Item], env: Env) -> list[Item]:
    """The line with ranges of days and moments, and with repetitions and their bounds."""
    return [_by_value(item) for item in _RANGES.fold(fold_bounds(items, env), env)]
