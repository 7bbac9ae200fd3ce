"""A series' rule as calendar programs need it: complete in itself, from the pending occurrence on."""

from dataclasses import replace
from datetime import date, datetime, time

from src.recurrence.rfc5545 import format_rrule
from src.recurrence.rule import Frequency, RecurrenceRule, Skip, Weekday, WeekdayPosition
from src.tasks.pattern import Pattern

_IN_EVERY_MONTH = 28


def rrule_from(pattern: Pattern, occurrence: int) -> str:
    """The RRULE value that continues a pattern from its nth occurrence.

    What the rule leaves to the series' start is named, because DTSTART is the pending occurrence here; of a
    count, what remains is told; UNTIL has the type of DTSTART, in UTC beside a zone (RFC 5545 §3.3.10).
    Days that short months lack are said in RFC 5545's own terms, where `SKIP` of RFC 7529 is little known.
    """
    rule = _clamped(_named(pattern.rule, pattern.start))
    rule = replace(rule, skip=Skip.BACKWARD, until=_until(rule, has_time=pattern.has_time))
    if rule.count is not None:
        rule = replace(rule, count=max(1, rule.count - occurrence + 1))
    if not pattern.has_time:
        rule = replace(rule, hours=(), minutes=(), seconds=())
    return format_rrule(rule, pattern.zone)


def _named(rule: RecurrenceRule, start: date) -> RecurrenceRule:
    """The rule with the day named that it takes from its start (RFC 5545 §3.3.10, DTSTART)."""
    if rule.weekdays or rule.month_days or rule.year_days or rule.frequency is Frequency.DAILY:
        return rule
    if rule.week_numbers or rule.frequency is Frequency.WEEKLY:
        return replace(rule, weekdays=(WeekdayPosition(Weekday.of(start)),))
    months = rule.months or (start.month,) if rule.frequency is Frequency.YEARLY else rule.months
    return replace(rule, months=months, month_days=(start.day,))


def _clamped(rule: RecurrenceRule) -> RecurrenceRule:
    """The 31st, or else the last day: the last of the month; the 30th: the last of 28 to 30."""
    if rule.skip is not Skip.BACKWARD or rule.weekdays or rule.set_position or not rule.month_days:
        return rule
    days = tuple(-1 if day == 31 else day for day in rule.month_days)
    last = max(days)
    is_one_a_period = rule.frequency is not Frequency.YEARLY or len(rule.months) == 1
    if len(days) == 1 and last > _IN_EVERY_MONTH and is_one_a_period:
        return replace(rule, month_days=tuple(range(_IN_EVERY_MONTH, last + 1)), set_position=(-1,))
    return replace(rule, month_days=days)


def _until(rule: RecurrenceRule, *, has_time: bool) -> date | None:
    if rule.until is None or isinstance(rule.until, datetime) == has_time:
        return rule.until
    return datetime.combine(rule.until, time(23, 59, 59)) if has_time else _day_of(rule.until)


def _day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
