"""What a rule may ask for, so that every answer about it is quick."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from src.core.errors import FieldError
from src.recurrence.expansion import can_match
from src.recurrence.terms import Frequency

if TYPE_CHECKING:
    from src.recurrence.rule import RecurrenceRule

MAX_INTERVAL = {  # A hundred years, whatever the unit.
    Frequency.DAILY: 36_500,
    Frequency.WEEKLY: 5_200,
    Frequency.MONTHLY: 1_200,
    Frequency.YEARLY: 100,
}
MAX_COUNT = 10_000
MAX_TIMES_A_DAY = 24

_LEAP_YEAR = 2000

# The field, its least and greatest number, and whether it may count from the end.
_RANGES = (
    ("month_days", 1, 31, True),
    ("months", 1, 12, False),
    ("set_position", 1, 366, True),
    ("year_days", 1, 366, True),
    ("week_numbers", 1, 53, True),
    ("hours", 0, 23, False),
    ("minutes", 0, 59, False),
    ("seconds", 0, 59, False),
)
_LAST_ORDINAL = {Frequency.MONTHLY: 5, Frequency.YEARLY: 53}


def find_problems(rule: RecurrenceRule) -> list[FieldError]:
    """Everything that is wrong with a rule, by field; an empty list for a rule that can be followed."""
    problems = [
        *_counter_problems(rule),
        *_range_problems(rule),
        *_weekday_problems(rule),
        *_combination_problems(rule),
    ]
    if not problems and not can_match(rule):
        problems.append(FieldError("recurrence", "No date ever matches this rule."))
    return problems


def _counter_problems(rule: RecurrenceRule) -> Iterator[FieldError]:
    longest = MAX_INTERVAL[rule.frequency]
    if not 1 <= rule.interval <= longest:
        yield FieldError("interval", f"The interval of a {rule.frequency} rule goes from 1 to {longest}.")
    if rule.count is not None and not 1 <= rule.count <= MAX_COUNT:
        yield FieldError("count", f"count goes from 1 to {MAX_COUNT}.")
    if isinstance(rule.until, datetime) and rule.until.tzinfo is not None:
        yield FieldError("until", "until is a date or a local time, without an offset.")


def _range_problems(rule: RecurrenceRule) -> Iterator[FieldError]:
    for field, least, greatest, from_end in _RANGES:
        numbers: tuple[int, ...] = getattr(rule, field)
        if all(least <= (abs(number) if from_end else number) <= greatest for number in numbers):
            continue
        ending = f", or -{greatest} to -1 from the end" if from_end else ""
        yield FieldError(field, f"{field} goes from {least} to {greatest}{ending}.")


def _weekday_problems(rule: RecurrenceRule) -> Iterator[FieldError]:
    ordinals = [day.ordinal for day in rule.weekdays if day.ordinal is not None]
    if not ordinals:
        return
    last = _LAST_ORDINAL.get(rule.frequency)
    if last is None:
        yield FieldError("weekdays", "Only monthly and yearly rules have an nth weekday.")
    elif not all(1 <= abs(ordinal) <= last for ordinal in ordinals):
        yield FieldError("weekdays", f"In a {rule.frequency} rule a weekday is the 1st to {last}th, or -1.")


def _combination_problems(rule: RecurrenceRule) -> Iterator[FieldError]:
    dates = rule.weekdays or rule.month_days or rule.months or rule.year_days or rule.week_numbers
    times = [max(1, len(part)) for part in (rule.hours, rule.minutes, rule.seconds)]
    if rule.set_position and not dates and max(times) == 1:
        yield FieldError("set_position", "set_position needs weekdays, days or months to choose from.")
    if times[0] * times[1] * times[2] > MAX_TIMES_A_DAY:
        yield FieldError("hours", f"At most {MAX_TIMES_A_DAY} times a day.")
    if _names_a_day_no_month_has(rule):
        yield FieldError("month_days", "None of these months has such a day.")


def _names_a_day_no_month_has(rule: RecurrenceRule) -> bool:
    """30 February is nothing, though the clamp would make it the 28th."""
    lengths = [monthrange(_LEAP_YEAR, month)[1] for month in rule.months if 1 <= month <= 12]
    if not (lengths and rule.month_days):
        return False
    longest = max(lengths)
    return all(abs(day) > longest for day in rule.month_days)
