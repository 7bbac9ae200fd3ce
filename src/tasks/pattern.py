"""A stored series as the pattern that its dates are computed from."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from src.core.database import Row
from src.recurrence.occurrences import first_occurrence
from src.recurrence.rfc5545 import format_rrule, parse_rrule
from src.recurrence.rule import Basis, CatchUp, RecurrenceRule
from src.recurrence.successor import Successor, next_occurrence
from src.recurrence.wall_time import to_instant, to_wall
from src.tasks.due import Due, due_columns


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule, its zone and its start: a date, or a naive wall time for a series with a time of day."""

    rule: RecurrenceRule
    zone: ZoneInfo
    start: date

    @property
    def has_time(self) -> bool:
        return isinstance(self.start, datetime)

    def due(self, slot: date) -> Due:
        """The due date that a slot of the pattern gives."""
        if not isinstance(slot, datetime):
            return Due(slot)
        instant = to_instant(slot, self.zone)
        return Due(to_wall(instant, self.zone).date(), instant, self.zone.key)

    def slot(self, wall: datetime) -> date:
        """A stored wall time as a slot of this pattern."""
        return wall if self.has_time else wall.date()

    def after(self, number: int, scheduled: datetime, now: datetime) -> Successor:
        """What follows the occurrence scheduled on a wall time, finished at an instant."""
        return next_occurrence(
            self.rule,
            self.start,
            number=number,
            due=self.slot(scheduled),
            finished_at=to_wall(now, self.zone),
        )

    def on_time(self, number: int, scheduled: datetime) -> Successor:
        """What follows an occurrence that is finished exactly when it is due."""
        slot = self.slot(scheduled)
        return next_occurrence(self.rule, self.start, number=number, due=slot, finished_at=scheduled)

    def first(self) -> date:
        """The first date that the rule itself names, on the start or later."""
        return first_occurrence(self.rule, self.start)

    def due_columns(self) -> dict[str, Any]:
        """The columns of a task that is due when the pattern starts."""
        return due_columns(self.due(self.start))

    def columns(self) -> dict[str, Any]:
        """How a series stores it."""
        return {
            "rule": format_rrule(self.rule),
            "basis": self.rule.basis.value,
            "catch_up": self.rule.catch_up.value,
            "timezone": self.zone.key,
            "starts_wall": wall_of(self.start),
            "has_time": self.has_time,
        }


def wall_of(slot: date) -> datetime:
    """A slot as a wall time; a date alone is its midnight."""
    return slot if isinstance(slot, datetime) else datetime.combine(slot, time.min)


def is_repeating(row: Row) -> bool:
    """Whether a task belongs to a series that goes on."""
    return row["series_id"] is not None and row["series_stopped_at"] is None


def pattern_of(row: Row) -> Pattern:
    """The pattern of a row that carries its series in `series_…` columns."""
    zone = ZoneInfo(row["series_timezone"])
    rule = _rule_of(row["series_rule"], row["series_basis"], row["series_catch_up"], zone)
    starts: datetime = row["series_starts_wall"]
    return Pattern(rule, zone, starts if row["series_has_time"] else starts.date())


@lru_cache(maxsize=4096)
def _rule_of(text: str, basis: str, catch_up: str, zone: ZoneInfo) -> RecurrenceRule:
    """Reading a rule takes longer than finding its task; many tasks share one."""
    return replace(parse_rrule(text, zone), basis=Basis(basis), catch_up=CatchUp(catch_up))


def pattern_from(rule: RecurrenceRule, due: Due, zone: ZoneInfo) -> Pattern:
    """The pattern that begins with a due date; days without a time change in the given zone."""
    if due.at is None or due.timezone is None:
        return Pattern(rule, zone, due.on)
    own_zone = ZoneInfo(due.timezone)
    return Pattern(rule, own_zone, to_wall(due.at, own_zone))
