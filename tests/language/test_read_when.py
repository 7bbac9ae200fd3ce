"""Whole phrases: what is refused, and with which words."""

from datetime import date

import pytest

from src.language import AmbiguousPhrase, NotUnderstood, read_when
from tests.language.contexts import FRIDAY_NOON


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "soon",
        "feb 30",
        "last day of 31 february",
        "2026-02-30",
        "31 june",
        "every 10 minutes",
        "at 28pm",
        "blue",
    ],
)
def test_what_is_no_date_is_refused(phrase: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        read_when(phrase, FRIDAY_NOON)

    assert refusal.value.code == "phrase_not_understood"


@pytest.mark.parametrize(
    "phrase", ["monday or tuesday", "tomorrow and 5 december", "monday 25 december 2026"]
)
def test_two_dates_are_not_guessed_between(phrase: str) -> None:
    with pytest.raises(AmbiguousPhrase) as refusal:
        read_when(phrase, FRIDAY_NOON)

    assert refusal.value.code == "phrase_ambiguous"


def test_a_weekday_beside_the_date_it_falls_on_is_one_date() -> None:
    assert read_when("friday, 12/25", FRIDAY_NOON).on == date(2026, 12, 25)


def test_twice_a_week_asks_for_the_days() -> None:
    with pytest.raises(NotUnderstood, match="does not say on which days"):
        read_when("twice a week", FRIDAY_NOON)


def test_a_refusal_says_what_was_understood_and_what_was_not() -> None:
    with pytest.raises(NotUnderstood) as refusal:
        read_when("tomorrow with bells on", FRIDAY_NOON)

    assert "Saturday 21 November 2026" in refusal.value.message
    assert "bells" in refusal.value.message


@pytest.mark.parametrize(
    ("phrase", "explanation"),
    [
        ("next friday 5pm", "Friday 27 November 2026, 17:00"),
        ("tomorrow", "Saturday 21 November 2026"),
        ("monday 2-4pm", "Monday 23 November 2026, 14:00 to 16:00"),
        ("next week", "Monday 23 November 2026 to Sunday 29 November 2026"),
        ("every friday at 6pm", "every Friday, from Friday 20 November 2026, 18:00"),
    ],
)
def test_the_explanation_names_the_day_in_full(phrase: str, explanation: str) -> None:
    assert read_when(phrase, FRIDAY_NOON).explanation == explanation
