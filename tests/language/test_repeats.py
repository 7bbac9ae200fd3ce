"""Repetitions: the rule, where it begins, and how it ends."""

from datetime import date, time

import pytest

from src.language import WhenKind, find_whens, read_when
from src.recurrence.rule import Basis
from src.recurrence.sentence import describe
from tests.language.contexts import FRIDAY_NOON


@pytest.mark.parametrize(
    ("phrase", "rule", "first"),
    [
        ("every day", "every day", "2026-11-20"),
        ("daily", "every day", "2026-11-20"),
        ("every monday", "every Monday", "2026-11-23"),
        ("mondays", "every Monday", "2026-11-23"),
        ("every other tuesday", "every 2 weeks on Tuesday", "2026-11-24"),
        ("every 2nd week", "every 2 weeks", "2026-11-20"),
        ("every 3 weeks", "every 3 weeks", "2026-11-20"),
        ("fortnightly", "every 2 weeks", "2026-11-20"),
        ("every mon, wed and sat", "every Monday, Wednesday and Saturday", "2026-11-21"),
        ("tuesdays and thursdays", "every Tuesday and Thursday", "2026-11-24"),
        ("every weekday", "every weekday", "2026-11-20"),
        ("workdays", "every weekday", "2026-11-20"),
        ("every monday to wednesday", "every Monday, Tuesday and Wednesday", "2026-11-23"),
        ("every weekend", "every Saturday", "2026-11-21"),
        ("weekends", "every Saturday and Sunday", "2026-11-21"),
        ("monthly", "every month", "2026-11-20"),
        ("every 15th", "every month on the 15th", "2026-12-15"),
        ("every 1st and 15th", "every month on the 1st and 15th", "2026-12-01"),
        ("the 3rd of each month", "every month on the 3rd", "2026-12-03"),
        ("every last day", "every last day of the month", "2026-11-30"),
        ("every 3rd friday", "every 3rd Friday of the month", "2026-11-20"),
        ("last monday of every month", "every last Monday of the month", "2026-11-30"),
        (
            "every 1st and 3rd tuesday of the month",
            "every month on the 1st Tuesday and 3rd Tuesday",
            "2026-12-01",
        ),
        ("every last workday", "every last workday of the month", "2026-11-30"),
        ("every other month on the 10th", "every 2 months on the 10th", "2026-12-10"),
        ("every quarter", "every 3 months", "2026-11-20"),
        ("every jan 5", "every year on 5 January", "2027-01-05"),
        ("annually", "every year", "2026-11-20"),
        ("every march", "every year on 1 March", "2027-03-01"),
        ("every wednesday in may", "every Wednesday in May", "2027-05-05"),
        ("every 2 years on 4 july", "every 2 years on 4 July", "2027-07-04"),
    ],
)
def test_repetitions_are_read_with_their_first_date(phrase: str, rule: str, first: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert when.kind is WhenKind.RECURRENCE
    assert when.rule is not None
    assert (describe(when.rule), when.on) == (rule, date.fromisoformat(first))


@pytest.mark.parametrize(
    ("phrase", "first", "at"),
    [
        ("every day at 7:30", "2026-11-21", time(7, 30)),
        ("every day at 6", "2026-11-20", time(18)),
        ("9am every sunday", "2026-11-22", time(9)),
        ("weekdays at 8", "2026-11-23", time(8)),
        ("every evening", "2026-11-20", time(19)),
        ("every monday morning", "2026-11-23", time(9)),
        ("every evening at 8:15", "2026-11-20", time(20, 15)),
        ("3pm on the 2nd of every month", "2026-12-02", time(15)),
    ],
)
def test_a_time_of_day_belongs_to_the_repetition(phrase: str, first: str, at: time) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert (when.kind, when.on, when.at) == (WhenKind.RECURRENCE, date.fromisoformat(first), at)


@pytest.mark.parametrize(
    ("phrase", "rule", "first"),
    [
        ("every day until 5 december", "every day until 5 December 2026", "2026-11-20"),
        ("every friday ending christmas", "every Friday until 25 December 2026", "2026-11-20"),
        ("every 4 june until 2030", "every year on 4 June until 1 January 2030", "2027-06-04"),
        ("every weekday at 8 for 2 weeks", "every weekday until 4 December 2026", "2026-11-23"),
        ("daily for 2 weeks", "every day until 3 December 2026", "2026-11-20"),
        ("every tuesday 5 times", "every Tuesday, 5 times", "2026-11-24"),
        ("every 2 weeks starting 1 december", "every 2 weeks", "2026-12-01"),
        (
            "every thursday from 3 december until 20 december",
            "every Thursday until 20 December 2026",
            "2026-12-03",
        ),
    ],
)
def test_repetitions_begin_and_end_where_the_phrase_says(phrase: str, rule: str, first: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert when.rule is not None
    assert (describe(when.rule), when.on) == (rule, date.fromisoformat(first))


@pytest.mark.parametrize(
    "phrase", ["every! 4 days", "every 4 days after completion", "every 4 days when done"]
)
def test_a_repetition_can_count_from_the_day_it_was_done(phrase: str) -> None:
    when = read_when(phrase, FRIDAY_NOON)

    assert when.rule is not None
    assert (when.rule.basis, when.rule.interval) == (Basis.COMPLETION, 4)


def test_a_time_elsewhere_in_the_sentence_belongs_to_its_repetition() -> None:
    (when,) = find_whens("every saturday clean the gutters at 10am", FRIDAY_NOON)

    assert (when.kind, when.at) == (WhenKind.RECURRENCE, time(10))
