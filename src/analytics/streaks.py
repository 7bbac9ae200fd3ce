"""Runs of days in a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streaks:
    """Lengths in days: of the run that is alive, and of the longest there was."""

    current: int
    longest: int


def find_streaks(days: Iterable[date], until: date) -> Streaks:
    """The runs of calendar days, in any order and with repetitions, of which none after `until` counts.

    The current run ends on `until` or the day before it: a day that is not over yet breaks nothing.
    """
    length = longest = 0
    last: date | None = None
    for day in sorted({day for day in days if day <= until}):
        length = length + 1 if last is not None and day - last == _ONE_DAY else 1
        longest = max(longest, length)
        last = day
    is_alive = last is not None and until - last <= _ONE_DAY
    return Streaks(current=length if is_alive else 0, longest=longest)
