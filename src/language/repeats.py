"""Repetitions: "every other friday", "1st and 15th of each month", "weekdays", "monthly"."""

from typing import Any

from src.language.clocks import PARTS
from src.language.shapes import Dead, Found
from src.language.values import Certainty, Repeat, replace
from src.recurrence.rule import Basis, Frequency, Weekday, WeekdayPosition

_WEEK = tuple(Weekday)
_WORKDAYS = (0, 1, 2, 3, 4)
_WEEKEND = (5, 6)
_UNITS = {
    "day": (Frequency.DAILY, 1),
    "week": (Frequency.WEEKLY, 1),
    "fortnight": (Frequency.WEEKLY, 2),
    "month": (Frequency.MONTHLY, 1),
    "quarter": (Frequency.MONTHLY, 3),
    "year": (Frequency.YEARLY, 1),
    "decade": (Frequency.YEARLY, 10),
}
_ADVERBS = {
    "daily": (Frequency.DAILY, 1),
    "weekly": (Frequency.WEEKLY, 1),
    "biweekly": (Frequency.WEEKLY, 2),
    "monthly": (Frequency.MONTHLY, 1),
    "bimonthly": (Frequency.MONTHLY, 2),
    "quarterly": (Frequency.MONTHLY, 3),
    "biyearly": (Frequency.YEARLY, 2),
    "semiannual": (Frequency.MONTHLY, 6),
    "yearly": (Frequency.YEARLY, 1),
}


_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def positions(numbers: Any, ordinal: int | None = None) -> tuple[WeekdayPosition, ...]:
    return tuple(WeekdayPosition(_WEEK[number], ordinal) for number in numbers)


def _weekly(numbers: Any, interval: int = 1) -> Repeat:
    return Repeat(Frequency.WEEKLY, interval, weekdays=positions(numbers))


def _basis(found: Found) -> Basis:
    return Basis.COMPLETION if found.has("completion") else Basis.DUE_DATE


def _interval(found: Found) -> int:
    """Other is 2, "every 3rd" and "every 3" are 3."""
    if found.has("other"):
        return 2
    return int(found.get("number", "ordinal", "second") or 1)


def with_basis(build: Any) -> Any:
    def built(found: Found) -> Any:
        repeat = build(found)
        if isinstance(repeat, Repeat):
            repeat = replace(repeat, basis=_basis(found))
            part = found.get("part")
            return replace(repeat, clock=PARTS[part]) if part else repeat
        return repeat

    return built


def every_unit(found: Found) -> Any:
    """Every day, every other week, every 3rd month, every quarter."""
    span = found.get("span")
    if span is not None:
        return _every_span(span)
    unit = found.get("unit") or "quarter"
    if unit not in _UNITS:
        return Dead("Nothing repeats more often than daily")
    frequency, times = _UNITS[unit]
    return Repeat(frequency, times * _interval(found))


def _every_span(span: Any) -> Any:
    if span.unit not in _UNITS or span.count != int(span.count) or span.count < 1:
        return Dead("Nothing repeats more often than daily")
    frequency, times = _UNITS[span.unit]
    return Repeat(frequency, times * int(span.count))


def adverb(found: Found) -> Repeat:
    frequency, interval = _ADVERBS[found.get("adverb")]
    weak = Certainty.SURE
    return Repeat(frequency, interval, weak=weak)


def every_weekdays(found: Found) -> Any:
    """Every mon, wed and fri; every other tuesday; every 2 fridays."""
    return _weekly(found.all("weekday", "weekdays"), _interval(found))


def weekday_range(found: Found) -> Repeat:
    first, last = found.all("weekday", "weekdays")[:2]
    return _weekly([(first + step) % 7 for step in range((last - first) % 7 + 1)], _interval(found))


def workdays(found: Found) -> Any:
    if _interval(found) > 1:
        return Dead("Workdays do not repeat in steps")
    return _weekly(_WORKDAYS)


def every_weekend(found: Found) -> Repeat:
    """Every weekend means its Saturday; weekends and every other weekend mean both days."""
    plain = [item.kind for item in found.items] == ["every", "weekend"]
    return _weekly((5,) if plain else _WEEKEND, _interval(found))


def nth_workday(found: Found) -> Repeat:
    position = ordinals(found)
    return Repeat(Frequency.MONTHLY, weekdays=positions(_WORKDAYS), set_position=position)


def ordinals(found: Found) -> tuple[int, ...]:
    """The ordinals in order; last counts from the end, and so does "2nd to last"."""
    numbers: list[int] = []
    before = ""
    for item in found.items:
        if item.kind in ("ordinal", "second", "number"):
            numbers.append(item.value)
        elif item.kind == "last":
            numbers.append(-(numbers.pop() if before in ("to", "hyphen") else 1))
        before = before if item.kind == "the" else item.kind
    return tuple(numbers)


def _months(found: Found) -> int:
    return 2 if found.has("other") else 1


def every_nth_weekday(found: Found) -> Any:
    """Every 3rd friday, 2nd and 4th thursday of the month, last monday of each quarter."""
    weekdays = found.all("weekday", "weekdays")
    span = found.get("span")
    interval = int(span.count) if span else _months(found)
    unit = found.all("unit")[-1] if found.has("unit") else span.unit if span else "month"
    if unit == "quarter" or found.has("quarter"):
        interval = 3
    if not all(0 < abs(number) < 6 for number in ordinals(found)):
        return Dead("A month has five weeks at most")
    places = tuple(place for number in ordinals(found) for place in positions(weekdays, number))
    frequency = Frequency.YEARLY if unit == "year" and not found.has("month") else Frequency.MONTHLY
    months = tuple(found.all("month"))
    if months:
        years = interval if unit == "year" else 1
        return Repeat(Frequency.YEARLY, years, weekdays=places, months=months)
    return Repeat(frequency, interval, weekdays=places)


def month_days(found: Found) -> Any:
    """Every 15th, the 1st and 15th of each month, every other month on the 4th, last day of the month."""
    days = ordinals(found)
    span = found.get("span")
    interval = int(span.count) if span else _months(found)
    quarterly = found.has("quarter") or (span is not None and span.unit == "quarter")
    if found.has("fraction"):
        days = (-1,) if found.get("fraction") == "end" else (1,)
    if not days or not all(0 < abs(day) < 32 for day in days):
        return Dead("A month has 31 days at most")
    if quarterly:
        months = (3, 6, 9, 12) if max(days) < 0 else (1, 4, 7, 10)
        return Repeat(Frequency.MONTHLY, month_days=days, months=months)
    return Repeat(Frequency.MONTHLY, interval, month_days=days)


def _year_day(found: Found) -> Any:
    span = found.get("span")
    return Repeat(Frequency.YEARLY, int(span.count) if span else _months(found), year_days=ordinals(found))


def yearly(found: Found) -> Any:
    """Every jan 5, every year on december 31st, every aug 20 and 30."""
    month = found.get("month")
    days = ordinals(Found([item for item in found.items if item.kind != "last"], found.env))
    span = found.get("span")
    interval = int(span.count) if span else _months(found)
    if not days:
        days = (1,)
    if not all(0 < day <= _LONGEST[month - 1] for day in days):
        return Dead(f"There is no '{found.text()}'")
    return Repeat(Frequency.YEARLY, interval, months=(month,), month_days=days)


def _week_day_number(found: Found) -> Repeat:
    number = found.get("ordinal", "second")
    return _weekly(((found.env.week_start + number - 1) % 7,), 1)


def in_weeks(found: Found) -> Any:
    weeks = tuple(found.all("number"))
    weekdays = positions(found.all("weekday", "weekdays"))
    return Repeat(Frequency.YEARLY, weekdays=weekdays, week_numbers=weeks)


def often(found: Found) -> Any:
    """Once a week is weekly; twice a week asks for the days."""
    span = found.get("span")
    times = found.get("once") if found.has("once") else found.get("number")
    unit = span.unit if span else found.get("unit") or "quarter"
    if unit not in _UNITS:
        return Dead("Nothing repeats more often than daily")
    if times > 1:
        return Dead(f"'{found.text()}' does not say on which days")
    frequency, interval = _UNITS[unit]
    weekdays = positions(found.all("weekday", "weekdays"))
    return Repeat(frequency, interval * int(span.count if span else 1), weekdays=weekdays)


def parts(found: Found) -> Repeat:
    part = found.get("parts") or found.get("part")
    weekdays = positions(found.all("weekday", "weekdays"))
    frequency = Frequency.WEEKLY if weekdays else Frequency.DAILY
    return Repeat(
        frequency, _interval(found) if found.has("other") else 1, weekdays=weekdays, clock=PARTS[part]
    )


def by_stretch(found: Found) -> Any:
    """The nth day of every month or year."""
    span = found.get("span")
    units = found.all("unit")
    unit = (
        span.unit
        if span
        else "quarter"
        if found.has("quarter")
        else next((u for u in units if u != "day"), None)
    )
    if unit is None:
        unit = {"monthly": "month", "yearly": "year"}.get(found.get("adverb") or "", "")
    if unit == "year":
        return _year_day(found)
    if unit == "week":
        return nth_unit_day(found)
    return month_days(found) if unit in ("month", "quarter") else None


def nth_unit_day(found: Found) -> Any:
    return _week_day_number(found) if found.all("unit")[0] == "week" else None


def span_weekdays(found: Found) -> Any:
    repeat = _every_span(found.get("span"))
    if not isinstance(repeat, Repeat):
        return repeat
    return replace(repeat, weekdays=positions(found.all("weekday", "weekdays")))


def unit_weekdays(found: Found) -> Any:
    repeat = adverb(found) if found.has("adverb") else every_unit(found)
    if not isinstance(repeat, Repeat):
        return repeat
    weekdays = positions(found.all("weekday", "weekdays"))
    if repeat.frequency is Frequency.DAILY and repeat.interval == 1:
        return replace(repeat, frequency=Frequency.WEEKLY, weekdays=weekdays)
    return replace(repeat, weekdays=weekdays) if repeat.frequency is not Frequency.DAILY else None


def every_clock(found: Found) -> Repeat:
    """Every noon, every 5pm."""
    return Repeat(Frequency.DAILY, clock=found.get("clock").settle())
