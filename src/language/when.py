"""What goes into reading a phrase and what comes out."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from src.recurrence.rule import RecurrenceRule, Weekday


class DateOrder(StrEnum):
    """How 3/4 is read: month first or day first."""

    MDY = "mdy"
    DMY = "dmy"


class WhenKind(StrEnum):
    """What a phrase turned out to be."""

    DATE = "date"
    DATETIME = "datetime"
    RANGE = "range"
    RECURRENCE = "recurrence"


@dataclass(frozen=True, slots=True)
class LanguageContext:
    """The instant, zone and calendar habits a phrase is read by; `now` is aware."""

    now: datetime
    zone: ZoneInfo
    week_start: Weekday = Weekday.MON
    date_order: DateOrder = DateOrder.MDY

    @classmethod
    def of(cls, now: datetime, zone: ZoneInfo, *, week_start: str = "mon", date_order: str = "mdy") -> Self:
        """A context from plain settings values, such as `"sun"` and `"dmy"`."""
        return cls(now, zone, Weekday(week_start), DateOrder(date_order))

    @property
    def wall(self) -> datetime:
        """The present time on the wall of the zone: naive, whole minutes."""
        return self.now.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class When:
    """What a phrase means.

    `on` and `at` are the one date and wall time to use where only one is wanted: of a range its first day
    that is not past, of a repetition its first occurrence. `start` and `end` bound a range, both included
    where they are dates.
    """

    kind: WhenKind
    on: date
    at: time | None
    spans: tuple[Span, ...]
    explanation: str
    start: date | datetime | None = None
    end: date | datetime | None = None
    rule: RecurrenceRule | None = None
