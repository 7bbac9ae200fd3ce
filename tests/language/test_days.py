"""Single days, as the conventions for users promise them."""

from datetime import date

import pytest

from src.language import WhenKind, find_whens, read_when
from tests.language.contexts import FRIDAY_NOON, reading_at


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("today", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("tmrw", "2026-11-21"),
        ("tommorow", "2026-11-21"),
        ("yesterday", "2026-11-19"),
        ("the day after tomorrow", "2026-11-22"),
        ("day before yesterday", "2026-11-18"),
        ("friday", "2026-11-27"),
        ("monday", "2026-11-23"),
        ("weds", "2026-11-25"),
        ("wensday", "2026-11-25"),
        ("this friday", "2026-11-20"),
        ("this monday", "2026-11-23"),
        ("this coming thursday", "2026-11-26"),
        ("next friday", "2026-11-27"),
        ("next monday", "2026-11-23"),
        ("last tuesday", "2026-11-17"),
        ("friday of next week", "2026-11-27"),
        ("next week wednesday", "2026-11-25"),
        ("monday after next", "2026-11-30"),
    ],
)
def test_days_near_the_present_are_read(phrase: str, day: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert (when.kind, when.on, when.at) == (WhenKind.DATE, date.fromisoformat(day), None)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("in 3 days", "2026-11-23"),
        ("in a week", "2026-11-27"),
        ("in 2 weeks", "2026-12-04"),
        ("in a fortnight", "2026-12-04"),
        ("in three months", "2027-02-20"),
        ("10 days from now", "2026-11-30"),
        ("four days later", "2026-11-24"),
        ("two weeks from tomorrow", "2026-12-05"),
        ("a week from monday", "2026-11-30"),
        ("3 days before christmas", "2026-12-22"),
        ("the day after 5 january", "2027-01-06"),
        ("5 days ago", "2026-11-15"),
        ("3 weeks", "2026-12-11"),
        ("next 10 days", "2026-11-30"),
    ],
)
def test_distances_are_counted_from_today_or_from_the_day_they_name(phrase: str, day: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert when.on == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("november 20", "2026-11-20"),
        ("19 november", "2027-11-19"),
        ("the 3rd of may", "2027-05-03"),
        ("Dec. 24th", "2026-12-24"),
        ("twenty-second of february", "2027-02-22"),
        ("may 5, 2031", "2031-05-05"),
        ("7/Jun/2028", "2028-06-07"),
        ("2028-06-07", "2028-06-07"),
        ("29 february", "2028-02-29"),
        ("the 15th", "2026-12-15"),
        ("the 25th", "2026-11-25"),
        ("tuesday the 24th", "2026-11-24"),
        ("the 12th of next month", "2026-12-12"),
        ("first monday of june", "2027-06-07"),
        ("last friday of december", "2026-12-25"),
        ("last day of february", "2027-02-28"),
        ("the second thursday of march 2028", "2028-03-09"),
        ("new year's eve", "2026-12-31"),
        ("easter 2027", "2027-03-28"),
        ("thanksgiving", "2026-11-26"),
    ],
)
def test_a_date_without_a_year_is_the_next_such_date(phrase: str, day: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert when.on == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("phrase", "order", "day"),
    [
        ("3/4", "mdy", "2027-03-04"),
        ("3/4", "dmy", "2027-04-03"),
        ("25/12", "mdy", "2026-12-25"),
        ("12/25", "dmy", "2026-12-25"),
        ("3/4/2030", "mdy", "2030-03-04"),
        ("3/4/2030", "dmy", "2030-04-03"),
        ("2027-03-04", "mdy", "2027-03-04"),
        ("2027-03-04", "dmy", "2027-03-04"),
    ],
)
def test_a_date_in_figures_follows_the_date_order_unless_a_number_over_12_decides(
    phrase: str, order: str, day: str
) -> None:
    when = read_when(phrase, reading_at("2026-11-20 12:00", date_order=order))

    assert when.on == date.fromisoformat(day)


def test_the_day_is_told_in_the_zone_of_the_context() -> None:
    late_in_utc = reading_at("2026-11-21 00:30")

    whens = find_whens("water the ferns today", late_in_utc)

    assert [when.on for when in whens] == [date(2026, 11, 21)]
