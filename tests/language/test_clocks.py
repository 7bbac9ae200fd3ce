"""Times of day and the days they fall on."""

from datetime import datetime

import pytest

from src.language import WhenKind, read_when
from tests.language.contexts import FRIDAY_NOON, reading_at


def _read(phrase: str) -> datetime:
    when = read_when(phrase, FRIDAY_NOON)
    assert when.at is not None
    return datetime.combine(when.on, when.at)


@pytest.mark.parametrize(
    ("phrase", "moment"),
    [
        ("at 5", "2026-11-20 17:00"),
        ("at 7", "2026-11-21 07:00"),
        ("at 11", "2026-11-21 11:00"),
        ("at 12", "2026-11-21 12:00"),
        ("5pm", "2026-11-20 17:00"),
        ("5 p.m.", "2026-11-20 17:00"),
        ("9am", "2026-11-21 09:00"),
        ("17:45", "2026-11-20 17:45"),
        ("15h30", "2026-11-20 15:30"),
        ("at 1530", "2026-11-20 15:30"),
        ("half past 3", "2026-11-20 15:30"),
        ("quarter to five", "2026-11-20 16:45"),
        ("ten past nine in the evening", "2026-11-20 21:10"),
        ("four o'clock", "2026-11-20 16:00"),
        ("8 in the evening", "2026-11-20 20:00"),
        ("six thirty am", "2026-11-21 06:30"),
        ("noon", "2026-11-21 12:00"),
        ("midnight", "2026-11-21 00:00"),
    ],
)
def test_a_time_alone_is_today_if_still_ahead_and_else_tomorrow(phrase: str, moment: str) -> None:
    assert _read(phrase) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("phrase", "moment"),
    [
        ("tomorrow at 5", "2026-11-21 17:00"),
        ("9 tomorrow", "2026-11-21 09:00"),
        ("monday 8am", "2026-11-23 08:00"),
        ("tonight at 9", "2026-11-20 21:00"),
        ("tomorrow evening at 7", "2026-11-21 19:00"),
        ("half past six tomorrow evening", "2026-11-21 18:30"),
        ("3 december at 14:20", "2026-12-03 14:20"),
        ("5:30 in the morning on tuesday", "2026-11-24 05:30"),
        ("noon on friday", "2026-11-27 12:00"),
        ("next friday 5pm", "2026-11-27 17:00"),
        ("Sat @ 7pm", "2026-11-21 19:00"),
        ("2026-12-01T08:15", "2026-12-01 08:15"),
        ("2026-12-01T08:15:00Z", "2026-12-01 09:15"),
        ("2026-12-01 08:15-05:00", "2026-12-01 14:15"),
    ],
)
def test_a_day_and_a_time_are_one_moment(phrase: str, moment: str) -> None:
    assert _read(phrase) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("phrase", "moment"),
    [
        ("tomorrow morning", "2026-11-21 09:00"),
        ("this afternoon", "2026-11-20 15:00"),
        ("monday evening", "2026-11-23 19:00"),
        ("tonight", "2026-11-20 21:00"),
        ("sunday night", "2026-11-22 21:00"),
        ("in the evening", "2026-11-20 19:00"),
        ("in the morning", "2026-11-21 09:00"),
        ("end of day", "2026-11-20 18:00"),
        ("by eod", "2026-11-20 18:00"),
    ],
)
def test_parts_of_the_day_have_an_hour(phrase: str, moment: str) -> None:
    assert _read(phrase) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("phrase", "moment"),
    [
        ("in 20 minutes", "2026-11-20 12:20"),
        ("in half an hour", "2026-11-20 12:30"),
        ("in two and a half hours", "2026-11-20 14:30"),
        ("in 1h", "2026-11-20 13:00"),
        ("an hour from now", "2026-11-20 13:00"),
        ("90 minutes ago", "2026-11-20 10:30"),
        ("now", "2026-11-20 12:00"),
    ],
)
def test_hours_and_minutes_count_from_now(phrase: str, moment: str) -> None:
    assert _read(phrase) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("phrase", "start", "end"),
    [
        ("between 3 and 5pm", "2026-11-20 15:00", "2026-11-20 17:00"),
        ("from 9.30 to 11 tomorrow", "2026-11-21 09:30", "2026-11-21 11:00"),
        ("11-1pm", "2026-11-20 11:00", "2026-11-20 13:00"),
        ("monday 10 till 4", "2026-11-23 10:00", "2026-11-23 16:00"),
        ("tuesday from 10pm to 2am", "2026-11-24 22:00", "2026-11-25 02:00"),
    ],
)
def test_a_stretch_of_time_has_a_start_and_an_end(phrase: str, start: str, end: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert when.kind is WhenKind.RANGE
    assert (when.start, when.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def test_this_morning_stays_today_when_it_is_over() -> None:
    when = read_when("this morning", reading_at("2026-11-20 18:00"))

    assert (when.on.day, when.at and when.at.hour) == (20, 9)
