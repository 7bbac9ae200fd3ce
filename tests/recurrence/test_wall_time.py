"""Wall time across clock changes, north and south."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from src.core.errors import InvalidInput
from src.recurrence.occurrences import occurrences
from src.recurrence.rfc5545 import parse_rrule
from src.recurrence.wall_time import to_instant, to_wall


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("Europe/Berlin", "2026-01-31T09:00", "2026-01-31T08:00+00:00"),
        ("Europe/Berlin", "2026-03-31T09:00", "2026-03-31T07:00+00:00"),
        # Spring: 02:00 to 03:00 does not exist.
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30+00:00"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00+00:00"),
        ("Australia/Sydney", "2026-10-04T02:15", "2026-10-03T16:15+00:00"),
        ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:40+00:00"),
        # Autumn: an hour comes twice, and the first is meant.
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30+00:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30+00:00"),
        ("Australia/Sydney", "2026-04-05T02:30", "2026-04-04T15:30+00:00"),
        # A whole day that Samoa left out.
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00+00:00"),
    ],
)
def test_wall_time_is_an_instant_even_where_clocks_change(zone: str, wall: str, instant: str) -> None:
    assert to_instant(datetime.fromisoformat(wall), ZoneInfo(zone)) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("zone", "skipped", "shown"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T03:30"),
        ("Australia/Sydney", "2026-10-04T02:15", "2026-10-04T03:15"),
        ("America/Santiago", "2026-09-06T00:00", "2026-09-06T01:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-04T02:40"),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-31T09:00"),
    ],
)
def test_a_skipped_time_moves_forward_by_the_gap(zone: str, skipped: str, shown: str) -> None:
    place = ZoneInfo(zone)

    assert to_wall(to_instant(datetime.fromisoformat(skipped), place), place) == datetime.fromisoformat(shown)


def test_the_second_of_two_equal_times_is_still_that_time_on_the_wall() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert to_wall(second, ZoneInfo("Europe/Berlin")) == datetime.fromisoformat("2026-10-25T02:30")


@pytest.mark.parametrize(
    ("zone", "start", "offsets"),
    [
        ("Europe/Berlin", "2026-03-28T09:00", [1, 2, 2]),
        ("Europe/Berlin", "2026-10-24T09:00", [2, 1, 1]),
        ("Australia/Sydney", "2026-04-04T09:00", [11, 10, 10]),
        ("Australia/Sydney", "2026-10-03T09:00", [10, 11, 11]),
    ],
)
def test_nine_o_clock_stays_nine_o_clock(zone: str, start: str, offsets: list[int]) -> None:
    place = ZoneInfo(zone)

    dates = occurrences(parse_rrule("FREQ=DAILY"), datetime.fromisoformat(start), limit=3)
    instants = [to_instant(wall, place) for wall in dates]

    assert [to_wall(instant, place).hour for instant in instants] == [9, 9, 9]
    assert [(wall.hour - instant.hour) % 24 for wall, instant in zip(dates, instants, strict=True)] == offsets


def test_a_time_moved_out_of_a_gap_is_back_the_next_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    dates = occurrences(parse_rrule("FREQ=DAILY"), datetime.fromisoformat("2026-03-28T02:30"), limit=3)

    shown = [to_wall(to_instant(wall, berlin), berlin) for wall in dates]
    assert [f"{wall:%d %H:%M}" for wall in shown] == ["28 02:30", "29 03:30", "30 02:30"]


def test_times_beyond_the_calendar_are_refused() -> None:
    new_york, tokyo = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")

    with pytest.raises(InvalidInput, match="end of the calendar"):
        to_instant(datetime.combine(date.max, datetime.max.time()), new_york)
    with pytest.raises(InvalidInput, match="end of the calendar"):
        to_wall(datetime.max.replace(tzinfo=UTC), tokyo)
