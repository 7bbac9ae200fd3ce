"""What items are folded into: spans of time, clock times, days, moments and repetitions."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from src.language.when import DateOrder, LanguageContext
from src.recurrence.rule import Basis, Frequency, WeekdayPosition

__all__ = ["Certainty", "Clock", "Day", "Env", "Moment", "Repeat", "Span", "replace"]

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
DAYS_OF = {"day": 1, "week": 7, "fortnight": 14}
MINUTES_OF = {"minute": 1.0, "hour": 60.0, "second": 1 / 60}


class Env:
    """The calendar a text is read by."""

    __slots__ = ("day_first", "now", "today", "week_start")

    def __init__(self, context: LanguageContext) -> None:
        self.now = context.wall
        self.today = self.now.date()
        self.week_start = context.week_start.number
        self.day_first = context.date_order is DateOrder.DMY


class Certainty:
    """How much company words need before they count as a date."""

    SURE = 0
    PREPOSED = 1
    ALONE = 2


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time."""

    months: int = 0
    days: int = 0
    minutes: float = 0.0
    unit: str = "day"
    count: float = 1
    terse: bool = False

    @property
    def timed(self) -> bool:
        return bool(self.minutes)

    @classmethod
    def of(cls, count: float, unit: str, *, terse: bool = False) -> "Span | None":
        """So many units; None beyond every calendar, or where a unit has no such fraction."""
        if count > 100_000:
            return None
        if unit in MINUTES_OF:
            return cls(minutes=count * MINUTES_OF[unit], unit=unit, count=count, terse=terse)
        if unit in MONTHS_OF:
            months = count * MONTHS_OF[unit]
            days = round((months % 1) * 30)
            return cls(months=int(months), days=days, unit=unit, count=count, terse=terse)
        days = round(count * DAYS_OF[unit])
        return cls(days=days, unit=unit, count=count, terse=terse)

    def plus(self, other: "Span") -> "Span":
        return Span(
            self.months + other.months, self.days + other.days, self.minutes + other.minutes, other.unit, 0
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. Without am, pm or a 24-hour form it is not settled. Parts of the day are vague."""

    hour: int
    minute: int = 0
    settled: bool = True
    vague: bool = False
    part: str = ""
    next_day: bool = False
    end: "Clock | None" = None
    weak: int = Certainty.SURE

    @property
    def at(self) -> time:
        return time(self.hour, self.minute)

    def settle(self, part: str = "") -> "Clock":
        """The time of day meant: 7 to 11 is morning, 1 to 6 afternoon, unless the part of the day says it."""
        if self.settled:
            return self
        hour = self.hour
        if part in ("evening", "night", "afternoon"):
            night_hours = part == "night" and hour < 5
            hour = hour + 12 if hour < 12 and not night_hours else hour
            if self.hour == 12 and part != "afternoon":
                return replace(self, hour=0, settled=True, next_day=True)
        elif not part:
            hour = hour + 12 if 1 <= hour <= 6 else hour
        elif hour == 12:
            hour = 0
        return replace(self, hour=hour % 24, settled=True)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or with `last` a range of days; `part` is the part of the day that was named with it."""

    on: date
    last: date | None = None
    weak: int = Certainty.SURE
    clock: Clock | None = None
    clash: str = ""
    yearless: bool = False
    grain: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day with a time on the wall, or with `last` a stretch between two such."""

    at: datetime
    last: datetime | None = None
    weak: int = Certainty.SURE
    clash: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repetition while it is put together."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[WeekdayPosition, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    set_position: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    week_numbers: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None
    lasting: Span | None = None
    basis: Basis = Basis.DUE_DATE
    start: date | None = None
    clock: Clock | None = None
    weak: int = Certainty.SURE


def wall(day: date, clock: Clock) -> datetime:
    """The wall time of a settled clock on a day."""
    return datetime.combine(day + timedelta(days=clock.next_day), clock.at)
