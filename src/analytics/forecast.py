"""The dates on which a series will come back, if each occurrence is done when it is due."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from src.preferences.schemas import Preferences
from src.recurrence.wall_time import to_wall
from src.tasks.pattern import Pattern, wall_of

# A series that is years behind and offers each date in turn reaches no day of the forecast sooner.
_MAX_STEPS = 1_000


def coming_days(
    pattern: Pattern,
    *,
    number: int,
    scheduled: datetime,
    preferences: Preferences,
    now: datetime,
    horizon: date,
) -> Iterator[date]:
    """The user's days, up to `horizon`, of the occurrences that follow a pending one.

    `number` and `scheduled` (naive wall time in the series' zone) are those of the pending occurrence; one
    that is late is taken to be finished at `now`, an aware instant. `horizon` is a day in the user's zone.
    """
    for slot in islice(_slots(pattern, number, scheduled, now), _MAX_STEPS):
        due = pattern.due(slot)
        day = preferences.local(due.at).date() if due.at else due.on
        if day > horizon:
            return
        yield day


def _slots(pattern: Pattern, number: int, scheduled: datetime, now: datetime) -> Iterator[date]:
    while True:
        is_late = scheduled < to_wall(now, pattern.zone)
        successor = pattern.after(number, scheduled, now) if is_late else pattern.on_time(number, scheduled)
        if successor.due is None:
            return
        number, scheduled = successor.number, wall_of(successor.due)
        yield successor.due
