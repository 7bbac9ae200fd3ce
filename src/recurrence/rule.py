"""The recurrence rule: a frozen value that is valid from the moment it exists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from src.core.errors import DomainError, ErrorKind, FieldError
from src.recurrence.limits import find_problems
from src.recurrence.terms import Basis, CatchUp, Frequency, Skip, Weekday, WeekdayPosition

__all__ = [
    "Basis",
    "CatchUp",
    "Frequency",
    "InvalidRule",
    "RecurrenceRule",
    "Skip",
    "Weekday",
    "WeekdayPosition",
]


class InvalidRule(DomainError):
    """A recurrence rule that cannot be followed."""

    kind = ErrorKind.INVALID
    code = "invalid_recurrence"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(" ".join(error.message for error in errors), errors=errors)


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """A pattern of calendar dates: RFC 5545 §3.3.10, with `skip` from RFC 7529 and two fields of our own.

    `basis` and `catch_up` say how a to-do moves along the pattern; RFC 5545 has no words for them.
    `until` is inclusive; as a datetime it is naive wall time in the series' zone. Numbers in the tuples
    count from the end when negative. Tuples come out sorted, without repetition. Raises InvalidRule.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[WeekdayPosition, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    set_position: tuple[int, ...] = ()
    until: date | datetime | None = None
    count: int | None = None
    basis: Basis = Basis.DUE_DATE
    catch_up: CatchUp = CatchUp.NEXT_FUTURE
    week_start: Weekday = Weekday.MON
    skip: Skip = Skip.BACKWARD
    year_days: tuple[int, ...] = ()
    week_numbers: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in (
            "month_days",
            "months",
            "set_position",
            "year_days",
            "week_numbers",
            "hours",
            "minutes",
            "seconds",
        ):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        object.__setattr__(self, "weekdays", _in_order(self.weekdays))
        if isinstance(self.until, datetime):
            object.__setattr__(self, "until", self.until.replace(microsecond=0))
        problems = find_problems(self)
        if problems:
            raise InvalidRule(problems)


def _in_order(weekdays: Iterable[WeekdayPosition]) -> tuple[WeekdayPosition, ...]:
    return tuple(sorted(set(weekdays), key=lambda day: (day.weekday.number, day.ordinal or 0)))
