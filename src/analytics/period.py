"""A period of whole days, and the instants it begins and ends at."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from src.core.errors import InvalidInput
from src.recurrence.wall_time import to_instant
from src.tasks.due import EARLIEST, LATEST


@dataclass(frozen=True, slots=True)
class Period:
    """From the start of the first day until the end of the last; `end_at` itself lies outside."""

    start_on: date | None
    end_on: date
    start_at: datetime | None
    end_at: datetime


def period_of(start: date | None, end: date, zone: ZoneInfo) -> Period:
    """The period of some days in a zone; no start means from the beginning.

    Raises:
        InvalidInput: it ends before it starts, or lies outside 1900 to 2200.
    """
    for field, day in (("start_date", start), ("end_date", end)):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise InvalidInput(field, f"{field} lies between {EARLIEST} and {LATEST}.")
    if start is not None and end < start:
        raise InvalidInput("end_date", f"The period ends ({end}) before it starts ({start}).")
    start_at = _midnight(start, zone) if start else None
    return Period(start, end, start_at, _midnight(end + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return to_instant(datetime.combine(day, time.min), zone)
