"""Runs of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.analytics.streaks import Streaks, find_streaks

FIRST = date(2026, 2, 25)


def days(*numbers: int) -> list[date]:
    return [FIRST + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("done", "until", "current", "longest"),
    [
        ([], 0, 0, 0),
        ([0], 0, 1, 1),
        ([0], 1, 1, 1),
        ([0], 2, 0, 1),
        ([0, 1, 2, 3, 4, 5], 5, 6, 6),
        ([0, 1, 2, 4, 5], 6, 2, 3),
        ([5, 4, 4, 1, 0, 0], 5, 2, 2),
        ([0, 1, 2, 3], 1, 2, 2),
        ([8, 9], 5, 0, 0),
    ],
)
def test_runs_are_counted_by_the_calendar(done: list[int], until: int, current: int, longest: int) -> None:
    assert find_streaks(days(*done), *days(until)) == Streaks(current, longest)


@given(st.sets(st.integers(0, 60)), st.integers(0, 60))
def test_the_longest_run_is_what_trying_every_start_finds(done: set[int], until: int) -> None:
    counted = {number for number in done if number <= until}
    lengths = {start: run_from(start, counted) for start in counted}

    streaks = find_streaks(days(*done), *days(until))

    assert streaks.longest == max(lengths.values(), default=0)
    alive = [length for start, length in lengths.items() if start + length - 1 >= until - 1]
    assert streaks.current == max(alive, default=0)


def run_from(start: int, counted: set[int]) -> int:
    length = 0
    while start + length in counted:
        length += 1
    return length
