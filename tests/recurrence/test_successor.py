"""What follows a finished occurrence."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from src.recurrence.rfc5545 import parse_rrule
from src.recurrence.rule import Basis, CatchUp, Frequency, RecurrenceRule, Weekday, WeekdayPosition
from src.recurrence.successor import Successor, next_occurrence
from src.recurrence.wall_time import to_instant

DAILY = RecurrenceRule(Frequency.DAILY)


def moment(text: str) -> date:
    """A date, or with a time a naive wall datetime."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def following(rule: RecurrenceRule, due: str, finished_at: str) -> date | None:
    """When a series that starts on `due` is due next."""
    day = moment(due)
    return next_occurrence(rule, day, number=1, due=day, finished_at=datetime.fromisoformat(finished_at)).due


def after_completion(text: str) -> RecurrenceRule:
    return replace(parse_rrule(text), basis=Basis.COMPLETION)


def test_a_daily_task_five_days_overdue_is_due_tomorrow_and_missed_five_times() -> None:
    successor = next_occurrence(
        DAILY,
        date(2026, 3, 1),
        number=10,
        due=date(2026, 3, 10),
        finished_at=datetime.fromisoformat("2026-03-15T08:00"),
    )

    assert successor == Successor(
        date(2026, 3, 16), 16, tuple(date(2026, 3, day) for day in (11, 12, 13, 14, 15))
    )


def test_a_time_later_today_is_still_ahead() -> None:
    start = datetime.fromisoformat("2026-03-10T21:00")

    successor = next_occurrence(
        DAILY, start, number=1, due=start, finished_at=datetime.fromisoformat("2026-03-12T08:00")
    )

    assert successor == Successor(
        datetime.fromisoformat("2026-03-12T21:00"), 3, (datetime.fromisoformat("2026-03-11T21:00"),)
    )


def test_the_very_moment_of_finishing_is_missed() -> None:
    assert following(DAILY, "2026-03-10T21:00", "2026-03-12T21:00") == moment("2026-03-13T21:00")


@pytest.mark.parametrize(
    ("rule", "due", "finished_at", "expected"),
    [
        ("FREQ=DAILY", "2026-03-10", "2026-03-07T12:00", "2026-03-11"),
        ("FREQ=WEEKLY", "2026-03-10", "2026-03-03T12:00", "2026-03-17"),
        ("FREQ=MONTHLY", "2026-01-31", "2026-01-02T12:00", "2026-02-28"),
        ("FREQ=DAILY", "2026-03-10T09:00", "2026-03-10T08:00", "2026-03-11T09:00"),
    ],
)
def test_done_early_the_same_date_never_comes_again(
    rule: str, due: str, finished_at: str, expected: str
) -> None:
    assert following(parse_rrule(rule), due, finished_at) == moment(expected)


def test_offering_each_in_turn_misses_nothing() -> None:
    rule = RecurrenceRule(Frequency.DAILY, catch_up=CatchUp.EVERY)

    successor = next_occurrence(
        rule,
        date(2026, 3, 1),
        number=1,
        due=date(2026, 3, 1),
        finished_at=datetime.fromisoformat("2026-03-15T08:00"),
    )

    assert successor == Successor(date(2026, 3, 2), 2)


def test_a_rent_due_on_the_31st_keeps_its_day_and_its_hour_month_after_month() -> None:
    rule, berlin = RecurrenceRule(Frequency.MONTHLY), ZoneInfo("Europe/Berlin")
    start = due = datetime.fromisoformat("2027-01-31T09:00")
    seen = []

    for number in range(1, 15):
        successor = next_occurrence(rule, start, number=number, due=due, finished_at=due)
        assert isinstance(successor.due, datetime)
        due = successor.due
        seen.append(f"{due:%m-%d %H:%M} {to_instant(due, berlin):%H}")

    assert seen[:4] == ["02-28 09:00 08", "03-31 09:00 07", "04-30 09:00 07", "05-31 09:00 07"]
    assert seen[8:] == [
        "10-31 09:00 08",
        "11-30 09:00 08",
        "12-31 09:00 08",
        "01-31 09:00 08",
        "02-29 09:00 08",
        "03-31 09:00 07",
    ]


@pytest.mark.parametrize(
    ("rule", "number", "finished_at", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", 2, "2026-03-01T12:00", Successor(date(2026, 3, 2), 3)),
        ("FREQ=DAILY;COUNT=3", 3, "2026-03-01T12:00", Successor(None, 3)),
        ("FREQ=DAILY;COUNT=3", 1, "2026-03-02T12:00", Successor(date(2026, 3, 3), 3, (date(2026, 3, 2),))),
        ("FREQ=DAILY;COUNT=2", 1, "2026-03-09T12:00", Successor(None, 2, (date(2026, 3, 2),))),
        ("FREQ=DAILY;UNTIL=20260302", 1, "2026-03-01T12:00", Successor(date(2026, 3, 2), 2)),
        ("FREQ=DAILY;UNTIL=20260301", 1, "2026-03-01T12:00", Successor(None, 1)),
        ("FREQ=DAILY;UNTIL=20260302", 1, "2026-03-09T12:00", Successor(None, 2, (date(2026, 3, 2),))),
    ],
)
def test_after_the_last_occurrence_nothing_is_due_and_the_missed_are_still_told(
    rule: str, number: int, finished_at: str, expected: Successor
) -> None:
    day = date(2026, 3, 1)

    successor = next_occurrence(
        parse_rrule(rule), day, number=number, due=day, finished_at=datetime.fromisoformat(finished_at)
    )

    assert successor == expected


@pytest.mark.parametrize(
    ("rule", "due", "finished_at", "expected"),
    [
        # A bare interval is added to the day it was done, early or late, at the due time of day.
        ("FREQ=DAILY;INTERVAL=3", "2026-03-10", "2026-03-14T23:00", "2026-03-17"),
        ("FREQ=DAILY;INTERVAL=3", "2026-03-10T09:00", "2026-03-14T23:00", "2026-03-17T09:00"),
        ("FREQ=DAILY;INTERVAL=3", "2026-03-10", "2026-03-08T07:00", "2026-03-11"),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-03-10", "2026-03-12T07:00", "2026-03-26"),
        ("FREQ=MONTHLY", "2026-01-10", "2026-01-31T07:00", "2026-02-28"),
        ("FREQ=YEARLY", "2027-05-10", "2028-02-29T07:00", "2029-02-28"),
        # Named days are looked for after the day it was done.
        ("FREQ=WEEKLY;BYDAY=MO", "2026-03-09", "2026-03-11T07:00", "2026-03-16"),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-03-09", "2026-03-16T07:00", "2026-03-23"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-03-06", "2026-03-11T07:00", "2026-03-20"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-03-06", "2026-03-06T07:00", "2026-03-20"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "2026-03-15", "2026-03-20T07:00", "2026-04-15"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-03-12", "2026-03-13T07:00", "2026-03-16"),
        ("FREQ=DAILY;BYHOUR=8,20", "2026-03-12T08:00", "2026-03-12T09:00", "2026-03-13T08:00"),
        # They never give the date just finished.
        ("FREQ=MONTHLY;BYMONTHDAY=15", "2026-03-15", "2026-03-10T07:00", "2026-04-15"),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-03-09", "2026-03-07T07:00", "2026-03-16"),
    ],
)
def test_by_completion_the_next_date_counts_from_the_day_it_was_done(
    rule: str, due: str, finished_at: str, expected: str
) -> None:
    assert following(after_completion(rule), due, finished_at) == moment(expected)


@pytest.mark.parametrize(
    ("rule", "number", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20260317", 1, Successor(date(2026, 3, 17), 2)),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20260316", 1, Successor(None, 1)),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20260315", 1, Successor(None, 1)),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", 4, Successor(date(2026, 3, 17), 5)),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", 5, Successor(None, 5)),
    ],
)
def test_by_completion_a_series_ends_too_and_misses_nothing(
    rule: str, number: int, expected: Successor
) -> None:
    due = date(2026, 3, 1)

    successor = next_occurrence(
        after_completion(rule),
        due,
        number=number,
        due=due,
        finished_at=datetime.fromisoformat("2026-03-14T12:00"),
    )

    assert successor == expected


def test_a_moved_task_does_not_move_its_pattern() -> None:
    fridays = RecurrenceRule(Frequency.WEEKLY, weekdays=(WeekdayPosition(Weekday.FRI),))

    successor = next_occurrence(
        fridays,
        date(2026, 3, 6),
        number=1,
        due=date(2026, 3, 6),
        finished_at=datetime.fromisoformat("2026-03-08T12:00"),
    )

    assert successor == Successor(date(2026, 3, 13), 2)


def test_catching_up_counts_no_more_than_ten_thousand_dates() -> None:
    start = date(1990, 1, 1)

    successor = next_occurrence(
        DAILY, start, number=1, due=start, finished_at=datetime.fromisoformat("2030-01-01T12:00")
    )

    assert successor.due == date(2030, 1, 2)
    assert len(successor.missed) == 10_000
