"""Which dates a series has, always computed from its start."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import overload

from src.core.errors import FieldError
from src.recurrence.expansion import slots_from
from src.recurrence.pattern import resolve
from src.recurrence.rule import InvalidRule, RecurrenceRule


@overload
def occurrences(
    rule: RecurrenceRule,
    start: datetime,
    *,
    after: date | None = None,
    inclusive: bool = False,
    limit: int,
) -> tuple[datetime, ...]: ...
@overload
def occurrences(
    rule: RecurrenceRule, start: date, *, after: date | None = None, inclusive: bool = False, limit: int
) -> tuple[date, ...]: ...
def occurrences(
    rule: RecurrenceRule, start: date, *, after: date | None = None, inclusive: bool = False, limit: int
) -> tuple[date, ...]:
    """Up to `limit` dates of the series, ascending: dates if `start` is one, else naive wall datetimes.

    The first occurrence is the first date on or after `start` that the rule names, which is `start` itself
    unless the rule's own days say otherwise (RFC 5545 would count DTSTART in any case). With `after`, those
    later than it, or also that one if `inclusive`; a date as `after` stands for its whole day. `count` counts
    from the start, whatever `after` is; `until` is inclusive.
    """
    if rule.count is None:
        return tuple(islice(slots_after(rule, start, after, inclusive=inclusive), limit))
    counted = islice(slots_after(rule, start), rule.count)
    wanted = (slot for slot in counted if _is_after(slot, after, inclusive=inclusive))
    return tuple(islice(wanted, limit))


@overload
def first_occurrence(rule: RecurrenceRule, start: datetime) -> datetime: ...
@overload
def first_occurrence(rule: RecurrenceRule, start: date) -> date: ...
def first_occurrence(rule: RecurrenceRule, start: date) -> date:
    """The first date of the series; raises InvalidRule if it has none, as when `until` precedes the start."""
    for slot in occurrences(rule, start, limit=1):
        return slot
    raise InvalidRule([FieldError("recurrence", "With this start the rule never falls on a date.")])


def slots_after(
    rule: RecurrenceRule, start: date, after: date | None = None, *, inclusive: bool = False
) -> Iterator[date]:
    """The dates of a series without regard to `count`, ascending, computed as they are asked for."""
    pattern = resolve(rule, start, rule.interval)
    since = start if after is None else max(_day(start), _day(after))
    for slot in slots_from(pattern, _day(since)):
        if rule.until is not None and is_past(slot, rule.until):
            return
        if slot >= start and _is_after(slot, after, inclusive=inclusive):
            yield slot


def is_past(slot: date, until: date) -> bool:
    """Whether a date, or naive wall datetime, lies beyond an end; one without time lasts all day."""
    if isinstance(slot, datetime) and isinstance(until, datetime):
        return slot > until
    return _day(slot) > _day(until)


def _is_after(slot: date, after: date | None, *, inclusive: bool) -> bool:
    if after is None:
        return True
    if not isinstance(slot, datetime):
        after = _day(after)
    elif not isinstance(after, datetime):
        after = datetime.combine(after, time.min if inclusive else time.max)
    return slot >= after if inclusive else slot > after


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
