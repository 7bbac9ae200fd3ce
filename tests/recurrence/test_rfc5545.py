"""Rules as text."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from src.recurrence.rfc5545 import format_rrule, parse_rrule
from src.recurrence.rule import (
    Frequency,
    InvalidRule,
    RecurrenceRule,
    Skip,
    Weekday,
    WeekdayPosition,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("FREQ=DAILY", RecurrenceRule(Frequency.DAILY)),
        ("rrule:freq=daily;interval=3;", RecurrenceRule(Frequency.DAILY, 3)),
        (
            " FREQ = WEEKLY ; BYDAY = MO, FR ",
            RecurrenceRule(
                Frequency.WEEKLY, weekdays=(WeekdayPosition(Weekday.MON), WeekdayPosition(Weekday.FRI))
            ),
        ),
        (
            "FREQ=MONTHLY;BYDAY=+3FR,-1SU",
            RecurrenceRule(
                Frequency.MONTHLY,
                weekdays=(WeekdayPosition(Weekday.FRI, 3), WeekdayPosition(Weekday.SUN, -1)),
            ),
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1,15;COUNT=4",
            RecurrenceRule(Frequency.MONTHLY, month_days=(-1, 15), count=4),
        ),
        ("FREQ=WEEKLY;WKST=SU", RecurrenceRule(Frequency.WEEKLY, week_start=Weekday.SUN)),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", RecurrenceRule(Frequency.MONTHLY, skip=Skip.OMIT)),
        ("RSCALE=gregorian;FREQ=MONTHLY;SKIP=BACKWARD", RecurrenceRule(Frequency.MONTHLY)),
    ],
)
def test_text_is_read_tolerantly(text: str, rule: RecurrenceRule) -> None:
    assert parse_rrule(text) == rule


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("20261231", date(2026, 12, 31)),
        ("2026-12-31", date(2026, 12, 31)),
        ("20261231T170000", datetime.fromisoformat("2026-12-31T17:00")),
        ("20261231T170000Z", datetime.fromisoformat("2026-12-31T18:00")),
        ("2026-07-31T22:30:00Z", datetime.fromisoformat("2026-08-01T00:30")),
    ],
)
def test_an_end_is_read_into_the_wall_time_of_the_zone(until: str, end: date) -> None:
    assert parse_rrule(f"FREQ=DAILY;UNTIL={until}", BERLIN).until == end


def test_an_end_with_a_time_is_written_in_utc_for_a_zone() -> None:
    rule = RecurrenceRule(Frequency.DAILY, until=datetime.fromisoformat("2026-07-31T17:00"))

    assert format_rrule(rule) == "FREQ=DAILY;UNTIL=20260731T170000"
    assert format_rrule(rule, BERLIN) == "FREQ=DAILY;UNTIL=20260731T150000Z"
    assert parse_rrule(format_rrule(rule, BERLIN), BERLIN) == rule


def test_text_is_written_without_what_goes_without_saying() -> None:
    rule = parse_rrule("FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=FR,MO;COUNT=3")

    assert format_rrule(rule) == "FREQ=WEEKLY;COUNT=3;BYDAY=MO,FR"


def test_leaving_days_out_is_said_in_the_words_of_rfc_7529() -> None:
    rule = RecurrenceRule(Frequency.MONTHLY, month_days=(31,), skip=Skip.OMIT)

    assert format_rrule(rule) == "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=OMIT"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "NAME=VALUE"),
        ("every day", "NAME=VALUE"),
        ("INTERVAL=2", "needs FREQ"),
        ("FREQ=HOURLY", "DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=MINUTELY", "DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=SECONDLY", "DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=DAILY;BYEASTER=0", "BYEASTER is not a part"),
        ("FREQ=DAILY;INTERVAL=two", "whole numbers"),
        ("FREQ=DAILY;INTERVAL=999999", "whole numbers"),
        ("FREQ=DAILY;COUNT=٣", "whole numbers"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "whole numbers"),
        ("FREQ=WEEKLY;BYDAY=MONDAY", "BYDAY takes days"),
        ("FREQ=WEEKLY;WKST=1MO", "WKST is one of"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL is a date"),
        ("FREQ=DAILY;UNTIL=20260230", "UNTIL is a date"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "UNTIL is a date"),
        ("RSCALE=HEBREW;FREQ=DAILY", "GREGORIAN"),
        ("FREQ=MONTHLY;SKIP=FORWARD", "BACKWARD or OMIT"),
        ("FREQ=DAILY;" + "X" * 2_000, "at most 1000 characters"),
    ],
)
def test_text_that_is_no_rule_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidRule, match=reason):
        parse_rrule(text, BERLIN)
