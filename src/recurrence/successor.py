"""What comes after an occurrence that was completed or skipped."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from src.recurrence.limits import MAX_COUNT
from src.recurrence.occurrences import is_past, slots_after
from src.recurrence.rule import Basis, CatchUp, Frequency, RecurrenceRule

MAX_MISSED = MAX_COUNT


@dataclass(frozen=True, slots=True)
class Successor:
    """The next occurrence, and the dates jumped over on the way to it.

    `due` is None when the series has ended; dates may have been missed all the same. `number` counts
    the occurrences generated so far: that of the next one, or of the last there was.
    """

    due: date | None
    number: int
    missed: tuple[date, ...] = ()


def next_occurrence(
    rule: RecurrenceRule, start: date, *, number: int, due: date, finished_at: datetime
) -> Successor:
    """What follows the occurrence that the pattern put on `due`, done or skipped at `finished_at`.

    `start` and `due` are dates, or naive wall datetimes for a series with a time; `due` is the pattern's own
    date, wherever the task was moved to. `finished_at` is naive wall time in the series' zone, `number` the
    1-based place of this occurrence in the series.

    By due date the next one is always later than `due`. With `next_future` it is also later than the day of
    finishing, or, if it has a time, later than that moment; the dates between are missed (at most MAX_MISSED
    are counted). With `every` it is the very next. By completion it is counted from the day of finishing, at
    the due time of day, and nothing is ever missed.
    """
    upcoming, missed = _find_next(rule, start, due, finished_at)
    if rule.count is not None:
        missed = missed[: max(0, rule.count - number)]
    following = number + len(missed) + 1
    if upcoming is None or (rule.count is not None and following > rule.count):
        return Successor(None, following - 1, missed)
    return Successor(upcoming, following, missed)


def _find_next(
    rule: RecurrenceRule, start: date, due: date, finished_at: datetime
) -> tuple[date | None, tuple[date, ...]]:
    if rule.basis is Basis.COMPLETION:
        return _after_completion(rule, due, finished_at), ()
    if rule.catch_up is CatchUp.EVERY:
        return next(slots_after(rule, start, due), None), ()
    return _after_finishing(rule, start, due, finished_at)


def _after_finishing(
    rule: RecurrenceRule, start: date, due: date, finished_at: datetime
) -> tuple[date | None, tuple[date, ...]]:
    missed: list[date] = []
    for slot in slots_after(rule, start, due):
        if _is_later(slot, finished_at):
            return slot, tuple(missed)
        if len(missed) == MAX_MISSED:
            return next(slots_after(rule, start, finished_at), None), tuple(missed)
        missed.append(slot)
    return None, tuple(missed)


def _is_later(slot: date, moment: datetime) -> bool:
    return slot > moment if isinstance(slot, datetime) else slot > moment.date()


def _after_completion(rule: RecurrenceRule, due: date, finished_at: datetime) -> date | None:
    """A bare interval is added to the day of finishing (a month on, 31 January is 28 February).

    A rule that names days takes the first of them after all but one of its periods have passed, and never
    the date just finished: "every 2 weeks on Friday", done on a Wednesday, is next due on Friday in 9 days.
    """
    finished_on = finished_at.date()
    done = datetime.combine(finished_on, due.time()) if isinstance(due, datetime) else finished_on
    if not _names_days(rule):
        upcoming = done + _periods(rule.frequency, rule.interval)
        return None if rule.until is not None and is_past(upcoming, rule.until) else upcoming
    waited = finished_on + _periods(rule.frequency, rule.interval - 1)
    every_period = replace(rule, interval=1)
    return next((slot for slot in slots_after(every_period, done, waited) if slot != due), None)


def _names_days(rule: RecurrenceRule) -> bool:
    return bool(
        rule.weekdays
        or rule.month_days
        or rule.months
        or rule.year_days
        or rule.week_numbers
        or rule.hours
        or rule.minutes
        or rule.seconds
    )


def _periods(frequency: Frequency, number: int) -> relativedelta:
    if frequency is Frequency.DAILY:
        return relativedelta(days=number)
    if frequency is Frequency.WEEKLY:
        return relativedelta(weeks=number)
    if frequency is Frequency.MONTHLY:
        return relativedelta(months=number)
    return relativedelta(years=number)
