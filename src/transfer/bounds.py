"""How far the instants of a file may reach: as far as due dates do."""

from datetime import UTC, datetime

from src.tasks.due import EARLIEST, LATEST


def within_calendar(moment: datetime) -> datetime:
    """An aware instant in UTC.

    Raises:
        ValueError: it lies outside 1900 to 2200.
    """
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        utc = None
    if utc is None or not EARLIEST <= utc.date() <= LATEST:
        raise ValueError(f"Dates lie between {EARLIEST} and {LATEST}.")
    return utc


def wall_within_calendar(wall: datetime) -> datetime:
    """A naive wall time.

    Raises:
        ValueError: it lies outside 1900 to 2200.
    """
    if not EARLIEST <= wall.date() <= LATEST:
        raise ValueError(f"Dates lie between {EARLIEST} and {LATEST}.")
    return wall
