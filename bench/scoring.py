"""Whether an answer about a date is right, by the rules of the evaluation."""

from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr

from src.language import When, WhenKind
from src.recurrence.occurrences import occurrences

Row = dict[str, Any]
NOT_CORE = frozenset(("past", "holiday", "zone", "dmy", "sub"))
DATES = 8
HORIZON = timedelta(days=366 * 80)


def is_core(row: Row) -> bool:
    return not NOT_CORE.intersection(row.get("flags") or ())


def is_right(row: Row, when: When | None) -> bool:
    """Whether one of the row's right answers is given; a row of kind none is right without any."""
    if row["kind"] == "none" or when is None:
        return row["kind"] == "none" and when is None
    return any(_matches(row, expected, when) for expected in (row["expected"], *row.get("any", ())))


def _matches(row: Row, expected: Row, when: When) -> bool:
    if row["kind"] == "recurrence":
        return _next_dates(when, row) == _expected_dates(expected, row)
    if "start" in expected:
        return _is_inside(when, expected)
    if "date" in expected:
        return bool(when.on == date.fromisoformat(expected["date"]))
    if when.at is None:
        return False
    if "time" in expected:
        return bool(f"{when.at:%H:%M}" == expected["time"][:5])
    return datetime.combine(when.on, when.at) == datetime.fromisoformat(expected["datetime"])


def _is_inside(when: When, expected: Row) -> bool:
    """A time lies from the start to before the end; a day lies on one of the range's days."""
    start, end = datetime.fromisoformat(expected["start"]), datetime.fromisoformat(expected["end"])
    if when.at is None:
        return start.date() <= when.on <= max(start, end - timedelta(minutes=1)).date()
    at = datetime.combine(when.on, when.at)
    return at == start or start <= at < end


def _next_dates(when: When, row: Row) -> list[date]:
    if when.kind is not WhenKind.RECURRENCE or when.rule is None:
        return []
    reference = datetime.fromisoformat(row["reference"])
    start = datetime.combine(when.on, when.at) if when.at else when.on
    after = reference if when.at else reference.date()
    found = occurrences(when.rule, start, after=after, limit=DATES)
    return [moment.date() if isinstance(moment, datetime) else moment for moment in found]


def _expected_dates(expected: Row, row: Row) -> list[date]:
    if "dates" in expected:
        return [datetime.fromisoformat(moment).date() for moment in expected["dates"]][:DATES]
    reference = datetime.fromisoformat(row["reference"])
    start = datetime.fromisoformat(expected.get("first") or expected.get("dtstart") or row["reference"])
    dates: list[date] = []
    for moment in rrulestr(expected["rrule"], dtstart=start):
        if len(dates) == DATES or moment - reference > HORIZON:
            break
        if moment > reference and moment.date() not in dates:
            dates.append(moment.date())
    return dates
