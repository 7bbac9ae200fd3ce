"""How far away a date is, in words."""

from datetime import date, time

import pytest

from src.language import describe_when
from tests.language.contexts import FRIDAY_NOON


@pytest.mark.parametrize(
    ("on", "at", "words"),
    [
        (date(2026, 11, 20), None, "today, Fri 20 Nov"),
        (date(2026, 11, 20), time(17), "today, Fri 20 Nov, 17:00"),
        (date(2026, 11, 21), None, "tomorrow, Sat 21 Nov"),
        (date(2026, 11, 19), None, "yesterday, Thu 19 Nov"),
        (date(2026, 11, 27), None, "Fri 27 Nov"),
        (date(2027, 1, 4), time(8, 5), "Mon 4 Jan 2027, 08:05"),
    ],
)
def test_a_due_date_is_said_from_where_the_user_stands(on: date, at: time | None, words: str) -> None:
    assert describe_when(on, at, FRIDAY_NOON) == words
