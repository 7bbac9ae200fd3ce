"""Dates of a series, bullet by bullet of the contract."""

from datetime import date, datetime

import pytest

from src.recurrence.occurrences import first_occurrence, occurrences
from src.recurrence.rfc5545 import parse_rrule
from src.recurrence.rule import InvalidRule


def moment(text: str) -> date:
    """A date, or with a time a naive wall datetime."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def days(rule: str, start: str, number: int) -> str:
    """The dates as "month-day", with the year in front where it changes."""
    year, words = "", []
    for day in occurrences(parse_rrule(rule), date.fromisoformat(start), limit=number):
        shown = day.isoformat()
        words.append(shown.removeprefix(year + "-"))
        year = shown[:4]
    return " ".join(words)


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        # A day that a month lacks is its last, and comes back afterwards.
        ("FREQ=MONTHLY", "2026-01-31", "2026-01-31 02-28 03-31 04-30 05-31"),
        ("FREQ=MONTHLY", "2028-01-31", "2028-01-31 02-29 03-31 04-30"),
        ("FREQ=MONTHLY", "2026-01-30", "2026-01-30 02-28 03-30"),
        ("FREQ=MONTHLY;INTERVAL=3", "2025-11-30", "2025-11-30 2026-02-28 05-30 08-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-04-01", "2026-04-30 05-31 06-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,31", "2026-02-01", "2026-02-15 02-28 03-15 03-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=30,31", "2026-02-01", "2026-02-28 03-30 03-31 04-30 05-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=31,-1", "2026-02-01", "2026-02-28 03-31 04-30"),
        ("FREQ=YEARLY", "2024-02-29", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("FREQ=YEARLY;BYMONTH=2,3", "2026-03-31", "2026-03-31 2027-02-28 03-31 2028-02-29"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2027-01-01", "2027-02-28 2028-02-29"),
        # Unless it is asked to be left out.
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "2026-01-31", "2026-01-31 03-31 05-31 07-31"),
        ("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT", "2024-02-29", "2024-02-29 2028-02-29"),
        # A day of the month beside a weekday restricts it and does not move.
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-01-01", "2026-02-13 03-13 11-13"),
        ("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=31", "2026-01-01", "2026-01-31 10-31 2027-07-31"),
        # Intervals count whole periods from the start.
        ("FREQ=DAILY;INTERVAL=3", "2026-02-27", "2026-02-27 03-02 03-05"),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-12-25", "2026-12-25 2027-01-08 01-22"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", "2026-09-01", "2026-09-01 09-06 09-15 09-20"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "2026-09-01", "2026-09-01 09-13 09-15 09-27"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-19", "2026-11-19 11-20 11-23 11-24"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-11-20", "2026-11-20 11-23"),
        ("FREQ=DAILY;BYMONTH=1;BYMONTHDAY=-1", "2026-02-01", "2027-01-31 2028-01-31"),
        ("FREQ=YEARLY;INTERVAL=100", "2026-09-02", "2026-09-02 2126-09-02 2226-09-02"),
        # The start counts only if the rule names it.
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-18", "2026-11-23 11-30"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5", "2026-01-06", "2027-01-05"),
        # Nth and last weekdays; a month without a fifth has none.
        ("FREQ=MONTHLY;BYDAY=3FR", "2026-01-01", "2026-01-16 02-20 03-20"),
        ("FREQ=MONTHLY;BYDAY=-1MO", "2026-01-01", "2026-01-26 02-23 03-30"),
        ("FREQ=MONTHLY;BYDAY=5FR", "2026-01-01", "2026-01-30 05-29 07-31 10-30"),
        ("FREQ=MONTHLY;BYDAY=MO,1WE", "2026-06-01", "2026-06-01 06-03 06-08 06-15 06-22 06-29 07-01"),
        ("FREQ=YEARLY;BYDAY=4TH;BYMONTH=11", "2026-01-01", "2026-11-26 2027-11-25"),
        ("FREQ=YEARLY;BYDAY=-1FR", "2026-01-01", "2026-12-25 2027-12-31"),
        ("FREQ=YEARLY;BYDAY=20MO", "2026-01-01", "2026-05-18 2027-05-17"),
        # The last day, and days from the end.
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2028-01-31", "2028-01-31 02-29 03-31 04-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "2026-01-01", "2026-01-30 02-27"),
        # Positions in a period are counted over the whole period.
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01", "2026-01-30 02-27 03-31"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "2026-08-02", "2026-08-03 09-01 10-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2026-01-31", "2026-01-31 02-28 03-31"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2,-1", "2026-01-14", "2026-01-27 02-10 02-24"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "2026-11-18", "2026-11-23 11-30"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1", "2026-11-18", "2026-11-20 11-27"),
        # Days and weeks of the year.
        ("FREQ=YEARLY;BYYEARDAY=1,-1", "2026-06-01", "2026-12-31 2027-01-01 12-31"),
        ("FREQ=YEARLY;BYYEARDAY=366", "2026-01-01", "2028-12-31 2032-12-31"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2026-01-01", "2027-01-04 2028-01-03 2029-01-01 12-31"),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "2026-01-01", "2027-01-03 2028-01-02 12-31"),
        ("FREQ=YEARLY;BYWEEKNO=20", "2026-05-12", "2026-05-12 2027-05-18"),
    ],
)
def test_dates_follow_the_rule(rule: str, start: str, expected: str) -> None:
    assert days(rule, start, len(expected.split())) == expected


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=DAILY;COUNT=2", "2026-03-01", ["2026-03-01", "2026-03-02"]),
        ("FREQ=DAILY;UNTIL=20260302", "2026-03-01", ["2026-03-01", "2026-03-02"]),
        ("FREQ=DAILY;UNTIL=20260302T235959", "2026-03-01", ["2026-03-01", "2026-03-02"]),
        ("FREQ=DAILY;UNTIL=20260302", "2026-03-01T09:00", ["2026-03-01T09:00", "2026-03-02T09:00"]),
        ("FREQ=DAILY;UNTIL=20260302T090000", "2026-03-01T09:00", ["2026-03-01T09:00", "2026-03-02T09:00"]),
        ("FREQ=DAILY;UNTIL=20260302T085959", "2026-03-01T09:00", ["2026-03-01T09:00"]),
        ("FREQ=DAILY;COUNT=5;UNTIL=20260302", "2026-03-01", ["2026-03-01", "2026-03-02"]),
        ("FREQ=DAILY;COUNT=1;UNTIL=20260302", "2026-03-01", ["2026-03-01"]),
        ("FREQ=DAILY;UNTIL=20260228", "2026-03-01", []),
        ("FREQ=MONTHLY;COUNT=2;BYMONTHDAY=31", "2026-02-28", ["2026-02-28", "2026-03-31"]),
    ],
)
def test_a_series_ends_with_its_count_or_after_its_last_day(
    rule: str, start: str, expected: list[str]
) -> None:
    dates = occurrences(parse_rrule(rule), moment(start), limit=9)

    assert list(dates) == [moment(day) for day in expected]


@pytest.mark.parametrize(
    ("start", "after", "inclusive", "first"),
    [
        ("2026-03-01", "2026-03-05", False, "2026-03-06"),
        ("2026-03-01", "2026-03-05", True, "2026-03-05"),
        ("2026-03-01", "2026-03-05T12:00", False, "2026-03-06"),
        ("2026-03-01", "2026-02-01", False, "2026-03-01"),
        ("2026-03-01T09:00", "2026-03-05T08:59", False, "2026-03-05T09:00"),
        ("2026-03-01T09:00", "2026-03-05T09:00", False, "2026-03-06T09:00"),
        ("2026-03-01T09:00", "2026-03-05T09:00", True, "2026-03-05T09:00"),
        ("2026-03-01T09:00", "2026-03-05", False, "2026-03-06T09:00"),
        ("2026-03-01T09:00", "2026-03-05", True, "2026-03-05T09:00"),
    ],
)
def test_dates_can_be_asked_for_from_a_day_or_a_moment(
    start: str, after: str, inclusive: bool, first: str
) -> None:
    rule = parse_rrule("FREQ=DAILY")

    dates = occurrences(rule, moment(start), after=moment(after), inclusive=inclusive, limit=1)

    assert dates == (moment(first),)


def test_dates_before_the_asked_ones_use_up_the_count() -> None:
    rule = parse_rrule("FREQ=DAILY;COUNT=5")

    dates = occurrences(rule, date(2026, 3, 1), after=date(2026, 3, 3), limit=9)

    assert dates == (date(2026, 3, 4), date(2026, 3, 5))


def test_several_times_a_day_are_occurrences_of_their_own() -> None:
    rule = parse_rrule("FREQ=DAILY;BYHOUR=8,20;COUNT=3")

    dates = occurrences(rule, datetime.fromisoformat("2026-03-01T09:30"), limit=9)

    assert [f"{day:%d %H:%M}" for day in dates] == ["01 20:30", "02 08:30", "02 20:30"]


def test_a_position_chooses_among_the_times_of_its_period() -> None:
    rule = parse_rrule("FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=8,20;BYSETPOS=2,-1")

    dates = occurrences(rule, datetime.fromisoformat("2026-11-16T08:00"), limit=3)

    assert [f"{day:%d %H:%M}" for day in dates] == ["16 20:00", "20 20:00", "23 20:00"]


def test_times_of_day_mean_nothing_to_a_series_of_dates() -> None:
    rule = parse_rrule("FREQ=DAILY;BYHOUR=8,20")

    assert occurrences(rule, date(2026, 3, 1), limit=2) == (date(2026, 3, 1), date(2026, 3, 2))


def test_a_series_ends_with_the_calendar() -> None:
    rule = parse_rrule("FREQ=YEARLY")

    dates = occurrences(rule, date(9990, 5, 1), limit=100)

    assert dates[-1] == date(9998, 5, 1)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_series_has_no_dates_at_the_edges_of_the_calendar(day: date) -> None:
    rule = parse_rrule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYWEEKNO=1,-1;WKST=TU")

    assert occurrences(rule, day, limit=1) == ()
    assert occurrences(rule, date(2026, 1, 1), after=date.max, limit=1) == ()
    assert occurrences(rule, date(2026, 1, 1), after=date.min, limit=1) == (date(2026, 1, 1),)


def test_the_first_occurrence_is_the_first_date_named() -> None:
    assert first_occurrence(parse_rrule("FREQ=WEEKLY;BYDAY=FR"), date(2026, 11, 18)) == date(2026, 11, 20)


@pytest.mark.parametrize("rule", ["FREQ=DAILY;UNTIL=20251231", "FREQ=DAILY;INTERVAL=7;BYDAY=TU"])
def test_a_series_without_any_date_is_refused_when_its_first_is_asked_for(rule: str) -> None:
    with pytest.raises(InvalidRule, match="never falls on a date"):
        first_occurrence(parse_rrule(rule), date(2026, 1, 5))
