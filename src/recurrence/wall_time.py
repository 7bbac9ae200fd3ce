"""Between wall time in a zone and instants."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from src.core.errors import InvalidInput


def to_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive wall time (RFC 5545 §3.3.5).

    A time that a spring change skips moves forward by the gap; of two equal times in autumn it is the first.
    Raises InvalidInput where the calendar ends.
    """
    try:
        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError:
        raise InvalidInput("due_date", f"{wall:%Y-%m-%d} is too near the end of the calendar.") from None


def to_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """The naive wall time in a zone at an aware instant; raises InvalidInput where the calendar ends."""
    try:
        return instant.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        raise InvalidInput("due_date", f"{instant:%Y-%m-%d} is too near the end of the calendar.") from None
