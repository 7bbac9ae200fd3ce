"""Weeks, months, quarters and other stretches of the calendar."""

from datetime import date

import pytest

from src.language import WhenKind, read_when
from tests.language.contexts import FRIDAY_NOON, reading_at


@pytest.mark.parametrize(
    ("phrase", "start", "end"),
    [
        ("next week", "2026-11-23", "2026-11-29"),
        ("next month", "2026-12-01", "2026-12-31"),
        ("next year", "2027-01-01", "2027-12-31"),
        ("this weekend", "2026-11-21", "2026-11-22"),
        ("next weekend", "2026-11-28", "2026-11-29"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("in march", "2027-03-01", "2027-03-31"),
        ("may 2027", "2027-05-01", "2027-05-31"),
        ("q3", "2027-07-01", "2027-09-30"),
        ("second quarter of 2028", "2028-04-01", "2028-06-30"),
        ("in 2028", "2028-01-01", "2028-12-31"),
        ("last week of june", "2027-06-21", "2027-06-27"),
        ("the week of december 10", "2026-12-07", "2026-12-13"),
        ("3 to 9 december", "2026-12-03", "2026-12-09"),
        ("december 3 - 9", "2026-12-03", "2026-12-09"),
        ("from monday to thursday", "2026-11-23", "2026-11-26"),
        ("28 december until 4 january", "2026-12-28", "2027-01-04"),
        ("2 june - 4 july 2029", "2029-06-02", "2029-07-04"),
    ],
)
def test_stretches_have_a_first_and_a_last_day(phrase: str, start: str, end: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert when.kind is WhenKind.RANGE
    assert (when.start, when.end) == (date.fromisoformat(start), date.fromisoformat(end))


def test_a_running_stretch_is_due_today_and_not_in_the_past() -> None:
    when = read_when("this week", FRIDAY_NOON)

    assert (when.start, when.on, when.end) == (date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("end of month", "2026-11-30"),
        ("eom", "2026-11-30"),
        ("end of the week", "2026-11-20"),
        ("end of next week", "2026-11-27"),
        ("beginning of next week", "2026-11-23"),
        ("end of the year", "2026-12-31"),
        ("start of february", "2027-02-01"),
        ("mid march", "2027-03-16"),
    ],
)
def test_ends_and_beginnings_are_single_days(phrase: str, day: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert (when.kind, when.on) == (WhenKind.DATE, date.fromisoformat(day))


def test_a_week_begins_on_the_day_the_user_chose() -> None:
    sunday_first = reading_at("2026-11-20 12:00", week_start="sun")

    when = read_when("next week", sunday_first)

    assert (when.start, when.end) == (date(2026, 11, 22), date(2026, 11, 28))
