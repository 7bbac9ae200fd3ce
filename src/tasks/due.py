"""When a task is due: a date, or a time on the wall of the user's zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from src.core.errors import InvalidInput
from src.preferences.schemas import Preferences
from src.recurrence.wall_time import to_instant

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}.*")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


class InvalidDueDate(InvalidInput):
    """A due date that is no date."""

    code = "invalid_due_date"


@dataclass(frozen=True, slots=True)
class Due:
    """A due date: `on` is the day in the user's zone, `at` the instant where a time of day was given."""

    on: date
    at: datetime | None = None
    timezone: str | None = None

    @property
    def value(self) -> date | datetime:
        return self.at or self.on


def due_columns(due: Due | None) -> dict[str, Any]:
    """How a task stores when it is due."""
    if due is None:
        return {"due_on": None, "due_at": None, "due_timezone": None}
    return {"due_on": due.on, "due_at": due.at, "due_timezone": due.timezone}


def due_of_wall(on: date, at: time | None, zone: ZoneInfo) -> Due:
    """The due date of a day and a time of day on the wall of a zone.

    Raises:
        InvalidDueDate: it lies outside 1900 to 2200.
    """
    _refuse_out_of_bounds(on)
    return Due(on) if at is None else Due(on, to_instant(datetime.combine(on, at), zone), zone.key)


def read_iso_due(text: str, preferences: Preferences) -> Due | None:
    """A due date from ISO 8601 text, or None where the text has another form.

    A time without an offset is on the wall of the user's zone.

    Raises:
        InvalidDueDate: the text has ISO form and is no date, or lies outside 1900 to 2200.
    """
    text = text.strip()
    if not (_ISO_DATE.fullmatch(text) or _ISO_INSTANT.fullmatch(text)):
        return None
    try:
        if _ISO_DATE.fullmatch(text):
            return due_of_wall(date.fromisoformat(text), None, preferences.zone)
        moment = datetime.fromisoformat(text.upper().replace(" ", "T", 1))
        if moment.tzinfo is None:
            return due_of_wall(moment.date(), moment.time(), preferences.zone)
        on = preferences.local(moment).date()
        _refuse_out_of_bounds(on)
        return Due(on, moment.astimezone(UTC), preferences.zone.key)
    except (ValueError, OverflowError) as error:
        raise InvalidDueDate("due_date", f"'{text[:40]}' is no date that exists.") from error


def _refuse_out_of_bounds(on: date) -> None:
    if not EARLIEST <= on <= LATEST:
        raise InvalidDueDate("due_date", f"A due date lies between {EARLIEST} and {LATEST}.")
