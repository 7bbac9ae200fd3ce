"""The words a recurrence rule is made of."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Frequency(StrEnum):
    """How long one period of a rule is; nothing is finer than a day."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """Monday is 0, as in `date.weekday()`."""
        return _NUMBERS[self]

    @classmethod
    def of(cls, day: date) -> "Weekday":
        return _WEEK[day.weekday()]


_WEEK = tuple(Weekday)
_NUMBERS = {day: number for number, day in enumerate(_WEEK)}

WORKDAYS = _WEEK[:5]


@dataclass(frozen=True, slots=True)
class WeekdayPosition:
    """Every such weekday, or only the nth: (FRI, 3) is the third Friday, (FRI, -1) the last."""

    weekday: Weekday
    ordinal: int | None = None


class Basis(StrEnum):
    """What the next date is counted from."""

    DUE_DATE = "due_date"
    COMPLETION = "completion"


class CatchUp(StrEnum):
    """What becomes of dates that went by: jumped over and recorded, or offered one after the other."""

    NEXT_FUTURE = "next_future"
    EVERY = "every"


class Skip(StrEnum):
    """What becomes of a day that a month lacks (RFC 7529 §4.1): its last day instead, or nothing."""

    BACKWARD = "backward"
    OMIT = "omit"
