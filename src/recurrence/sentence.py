"""A rule said in English, in a form that the language room reads back."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time

from src.recurrence.rule import Basis, Frequency, RecurrenceRule, Skip, Weekday, WeekdayPosition
from src.recurrence.terms import WORKDAYS

_UNITS = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.YEARLY: "year",
}
_WEEKDAYS = dict(
    zip(
        Weekday,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def describe(rule: RecurrenceRule, start: date | None = None) -> str:
    """Says a rule as "every 2 weeks on Monday and Friday until 31 December 2026".

    With `start`, a date or naive wall datetime, what the rule leaves open is filled in from it: a monthly
    rule from 31 January is "every month on the 31st". Catch-up and the week's first day go unsaid.
    """
    rule = _filled_in(rule, start)
    return "".join([_pattern(rule), *_restrictions(rule), _times(rule, start), *_ending(rule)])


def _filled_in(rule: RecurrenceRule, start: date | None) -> RecurrenceRule:
    if start is None or rule.basis is Basis.COMPLETION or _has_days(rule):
        return rule
    if rule.frequency is Frequency.WEEKLY:
        return replace(rule, weekdays=(WeekdayPosition(Weekday.of(start)),))
    if rule.frequency is Frequency.MONTHLY:
        return replace(rule, month_days=(start.day,))
    if rule.frequency is Frequency.YEARLY:
        return replace(rule, months=rule.months or (start.month,), month_days=(start.day,))
    return rule


def _has_days(rule: RecurrenceRule) -> bool:
    return bool(rule.weekdays or rule.month_days or rule.year_days or rule.week_numbers)


def _pattern(rule: RecurrenceRule) -> str:
    plain = not (rule.set_position or rule.month_days or rule.interval > 1)
    if rule.frequency is Frequency.WEEKLY and rule.weekdays and plain:
        names = "weekday" if _weekdays(rule) == WORKDAYS else _days(rule)
        return f"every {names}{_in_months(rule)}"
    if _is_one_monthly_day(rule):
        return f"every {_chosen_days(rule)} of the month"
    unit = _UNITS[rule.frequency]
    every = f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"
    return every + _on_days(rule)


def _weekdays(rule: RecurrenceRule) -> tuple[Weekday, ...]:
    return tuple(day.weekday for day in rule.weekdays)


def _is_one_monthly_day(rule: RecurrenceRule) -> bool:
    """Days that read better in front: "every 3rd Friday of the month", but "every month on the 31st"."""
    if rule.frequency is not Frequency.MONTHLY or rule.interval > 1 or rule.months:
        return False
    if rule.set_position:
        return len(rule.set_position) == 1 and bool(rule.weekdays) and not rule.month_days
    if rule.weekdays:
        return not rule.month_days and len(rule.weekdays) == 1 and rule.weekdays[0].ordinal is not None
    return rule.month_days == (-1,)


def _on_days(rule: RecurrenceRule) -> str:
    if _is_calendar_dates(rule):
        return " on " + _joined(
            f"{day} {_MONTHS[month - 1]}" for month in rule.months for day in rule.month_days
        )
    days = _chosen_days(rule)
    article = "" if not days or _starts_with_weekday(rule) else "the "
    if not days:
        return _in_months(rule)
    within = " of the year" if _is_ordinal_of_year(rule) else _in_months(rule)
    if article and rule.frequency is Frequency.YEARLY:
        within = within.replace(" in ", " of ", 1)
    return f" on {article}{days}{within}"


def _in_months(rule: RecurrenceRule) -> str:
    return " in " + _joined(_MONTHS[month - 1] for month in rule.months) if rule.months else ""


def _is_calendar_dates(rule: RecurrenceRule) -> bool:
    return (
        rule.frequency is Frequency.YEARLY
        and bool(rule.months)
        and len(rule.month_days) == 1
        and rule.month_days[0] > 0
        and not rule.weekdays
        and not rule.set_position
    )


def _is_ordinal_of_year(rule: RecurrenceRule) -> bool:
    has_ordinal = any(day.ordinal is not None for day in rule.weekdays) or bool(rule.set_position)
    return rule.frequency is Frequency.YEARLY and not rule.months and has_ordinal


def _starts_with_weekday(rule: RecurrenceRule) -> bool:
    return bool(rule.weekdays) and rule.weekdays[0].ordinal is None and not rule.set_position


def _chosen_days(rule: RecurrenceRule) -> str:
    if not rule.set_position:
        return _days(rule)
    chosen = _joined(_ordinal(position) for position in rule.set_position)
    if rule.month_days or not rule.weekdays:
        return f"{chosen} of " + (f"the {_days(rule)}" if rule.month_days else "these days")
    if _weekdays(rule) == WORKDAYS:
        return f"{chosen} workday"
    if _weekdays(rule) == tuple(Weekday):
        return f"{chosen} day"
    return f"{chosen} " + _joined((_weekday(day) for day in rule.weekdays), "or")


def _days(rule: RecurrenceRule) -> str:
    numbers = _joined(_month_day(day) for day in rule.month_days)
    if not rule.weekdays:
        return numbers
    weekdays = _joined((_weekday(day) for day in rule.weekdays), "or" if numbers else "and")
    return f"{weekdays} the {numbers}" if numbers else weekdays


def _month_day(day: int) -> str:
    return _ordinal(day) if day > 0 else f"{_ordinal(day)} day"


def _weekday(day: WeekdayPosition) -> str:
    name = _WEEKDAYS[day.weekday]
    return name if day.ordinal is None else f"{_ordinal(day.ordinal)} {name}"


def _ordinal(number: int) -> str:
    if number == -1:
        return "last"
    if number < 0:
        return f"{_ordinal(-number)} to last"
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _restrictions(rule: RecurrenceRule) -> Iterator[str]:
    if rule.year_days:
        yield f" on the {_joined(_ordinal(day) for day in rule.year_days)} day of the year"
    if rule.week_numbers:
        weeks = "week" if len(rule.week_numbers) == 1 else "weeks"
        yield f" in {weeks} {_joined(str(week) for week in rule.week_numbers)}"


def _times(rule: RecurrenceRule, start: date | None) -> str:
    if not (rule.hours or rule.minutes or rule.seconds):
        return ""
    clock = start.time() if isinstance(start, datetime) else time()
    seconds = [f":{second:02}" for second in rule.seconds] or [""]
    return " at " + _joined(
        f"{hour:02}:{minute:02}{second}"
        for hour in rule.hours or (clock.hour,)
        for minute in rule.minutes or (clock.minute,)
        for second in seconds
    )


def _ending(rule: RecurrenceRule) -> Iterator[str]:
    if rule.basis is Basis.COMPLETION:
        yield " after completion"
    if rule.until is not None:
        at = f" {rule.until:%H:%M}" if isinstance(rule.until, datetime) else ""
        yield f" until {rule.until.day} {_MONTHS[rule.until.month - 1]} {rule.until.year}{at}"
    if rule.count is not None:
        yield f", {rule.count} times" if rule.count > 1 else ", once"
    if rule.skip is Skip.OMIT and any(day > 28 for day in rule.month_days):
        yield ", skipping months without that day"


def _joined(words: Iterable[str], last: str = "and") -> str:
    *first, final = list(words) or [""]
    return f"{', '.join(first)} {last} {final}" if first else final
