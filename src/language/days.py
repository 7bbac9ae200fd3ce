"""Single days: "5 march", "the 15th", "next friday", "tomorrow", "day after tomorrow", "easter 2027"."""

from datetime import date, datetime, timedelta
from typing import Any

from src.language.calendar import (
    coming_weekday,
    make_date,
    month_end,
    next_day_of_month,
    next_month_day,
    shift,
    week_of,
    whole_year,
)
from src.language.clocks import PARTS
from src.language.holidays import holiday_in
from src.language.items import Item
from src.language.shapes import Dead, Found, Shape, Table
from src.language.values import Certainty, Day, Env, Moment


def _month_day(found: Found) -> Any:
    """A day and a month, with or without a weekday and a year."""
    month = found.get("month")
    numbers = found.all("number", "ordinal", "second")
    day, years = numbers[0], [*found.all("year"), *numbers[1:]]
    if found.items[0].kind == "year" and len(numbers) > 1:
        return None
    if years and years[0] < 32 and not found.has("of", "slash", "dash", "hyphen"):
        return None
    return dated(month, day, years[0] if years else None, found, found.env)


def dated(month: int, day: int, year: int | None, found: Found, env: Env) -> Any:
    """The day of a month in a year, or the next such day; Dead where the calendar has none."""
    on = next_month_day(month, day, env.today) if year is None else None
    if year is not None:
        on = make_date(whole_year(year, env.today), month, day)
    if on is None:
        return Dead(f"There is no '{found.text()}'")
    weekday = found.get("weekday")
    clash = ""
    if weekday is not None and weekday != on.weekday():
        clash = f"{on:%-d %B %Y} is a {on:%A}"
    return Day(on, clash=clash, yearless=year is None)


def _month_days(found: Found) -> Any:
    """Two days of one month: July 13 to 15."""
    first, last = found.all("number", "ordinal", "second")[:2]
    year = found.get("year")
    start, end = (dated(found.get("month"), day, year, found, found.env) for day in (first, last))
    if isinstance(start, Dead) or isinstance(end, Dead):
        return Dead(f"There is no '{found.text()}'")
    if end.on < start.on:
        end = dated(found.get("month"), last, start.on.year, found, found.env)
    return Day(start.on, end.on, yearless=year is None) if start.on <= end.on else Dead("It ends early")


def _shifted(found: Found) -> Day | None:
    value = found.get("shifted")
    if value == "tonight":
        return Day(found.env.today, clock=PARTS["night"])
    return Day(found.env.today + timedelta(days=value))


def _beyond_shifted(found: Found) -> Day | None:
    """Day after tomorrow, day before yesterday."""
    value = found.get("shifted")
    if found.get("unit") not in (None, "day") or not isinstance(value, int):
        return None
    return Day(found.env.today + timedelta(days=value + (1 if found.has("after") else -1)))


def bare_weekday(found: Found) -> Day:
    weekday = found.get("weekday", "weekdays")
    weak = Certainty.PREPOSED if found.items[-1].text in ("sun", "sat", "wed") else Certainty.SURE
    return Day(coming_weekday(weekday, found.env.today), weak=weak, grain="weekday")


def _weekday_by_week(found: Found) -> Day | None:
    """This friday, next friday, last friday, friday after next."""
    weekday = found.get("weekday", "weekdays")
    monday = week_of(found.env.today, found.env.week_start)
    in_week = monday + timedelta(days=(weekday - found.env.week_start) % 7)
    if found.has("after"):
        return Day(coming_weekday(weekday, found.env.today) + timedelta(days=7))
    if found.has("next"):
        return Day(in_week + timedelta(days=7))
    if found.has("last"):
        return Day(coming_weekday(weekday, found.env.today - timedelta(days=8)))
    if found.has("coming"):
        return Day(coming_weekday(weekday, found.env.today))
    return Day(in_week if in_week >= found.env.today else in_week + timedelta(days=7))


def _weekdays_away(found: Found) -> Day | None:
    """Two thursdays ago, 3 mondays from now."""
    weekday, weeks = found.get("weekdays"), found.get("number") - 1
    if found.has("ago"):
        on = shift(coming_weekday(weekday, found.env.today - timedelta(days=8)), days=-7 * weeks)
    else:
        on = shift(coming_weekday(weekday, found.env.today), days=7 * weeks)
    return Day(on) if on else None


def _weekday_number(found: Found) -> Any:
    """Tuesday the 19th: the next such day of a month that is this weekday."""
    day = found.get("ordinal", "number", "second")
    if found.has("number") and day < 13 and not found.has("the"):
        return None
    on = next_day_of_month(day, found.env.today, found.get("weekday"))
    return Day(on) if on else Dead(f"There is no '{found.text()}' soon")


def _the_nth(found: Found) -> Any:
    """The 15th: the next day of a month with this number."""
    day = found.get("ordinal", "second")
    written = found.items[-1].text[:1].isdigit()
    if not written and day < 13 and not found.has("on", "by"):
        return None
    on = next_day_of_month(day, found.env.today)
    return Day(on, weak=Certainty.SURE if found.has("the", "on", "by") else Certainty.ALONE) if on else None


def _holiday(found: Found) -> Day:
    name, year = found.get("holiday"), found.get("year")
    if year is not None:
        return Day(holiday_in(name, year))
    on = holiday_in(name, found.env.today.year)
    if found.has("last"):
        return Day(on if on < found.env.today else holiday_in(name, found.env.today.year - 1))
    return Day(on if on >= found.env.today else holiday_in(name, found.env.today.year + 1), yearless=True)


def _decimal_day(found: Found) -> Day | None:
    """On 5.12, friday 7.6: read like 5/12."""
    first, second = (int(field) for field in found.get("decimal").split(".")[:2])
    day, month = (first, second) if first > 12 or (found.env.day_first and second <= 12) else (second, first)
    on = next_month_day(month, day, found.env.today) if 0 < month < 13 else None
    return Day(on, yearless=True) if on else None


def _in_spans(found: Found) -> Any:
    """So long from now or ago: a day, or a moment where hours or minutes count."""
    spans = found.all("span")
    shifted = found.get("shifted")
    if isinstance(shifted, int):
        return moved(found.env.today + timedelta(days=shifted), spans[0]) if not spans[0].timed else None
    back = found.has("ago", "last", "before")
    return moved(found.env.now if spans[0].timed else found.env.today, spans[0], back=back)


def moved(start: date, span: Any, *, back: bool = False) -> Any:
    """A day or moment so long after (or before) another; None beyond the calendar."""
    sign = -1 if back else 1
    on = shift(start, months=sign * span.months, days=sign * span.days)
    if not isinstance(on, datetime):
        return Day(on) if on is not None and not span.timed else None
    try:
        return Moment((on + timedelta(minutes=sign * span.minutes)).replace(second=0, microsecond=0))
    except OverflowError:
        return None


def _month_in(found: Found) -> Day | None:
    later = moved(found.env.today, found.get("span"))
    if not isinstance(later, Day):
        return None
    first = later.on.replace(month=found.get("month"), day=1)
    return Day(first, month_end(first), grain="month")


def _weekday_after(found: Found) -> Day | None:
    day = _in_spans(found)
    return Day(coming_weekday(found.get("weekday", "weekdays"), day.on)) if isinstance(day, Day) else None


def _bare_span(found: Found) -> Any:
    span = found.get("span")
    return None if span.terse else moved(found.env.now if span.timed else found.env.today, span)


def _in_workdays(found: Found) -> Day | None:
    """In 5 business days: Saturdays and Sundays do not count."""
    number, on = found.get("number"), found.env.today
    if number > 99 or found.get("unit") not in (None, "day"):
        return None
    for _ in range(number):
        on += timedelta(days={4: 3, 5: 2}.get(on.weekday(), 1))
    return Day(on)


def _now(found: Found) -> Moment:
    return Moment(found.env.now)


_FROM_NOW = "(hence|from this? (now|time)|after this? now|from (now|shifted))"
_DAYS: Table = Table(
    [
        Shape("(from|in|between)? the? DATE TO the? DATE of? the? month (comma? year)?", "day", _month_days),
        Shape("between the? DATE and the? DATE of? the? month (comma? year)?", "day", _month_days),
        Shape(
            "(from|between)? month the? DATE (TO|and) the? DATE (?!meridiem|unit|span|month) (comma? year)?",
            "day",
            _month_days,
        ),
        Shape("DATE and DATE of? the? month", "day", lambda found: Dead(f"'{found.text()}' are two dates")),
        Shape(
            "(weekday (comma|the){0,2})? the? DATE (hyphen|dash|slash|of|comma)? the? month YEAR",
            "day",
            _month_day,
        ),
        Shape(
            "(weekday (comma|the){0,2})? the? DATE (hyphen|dash|slash|of|comma)? the? month",
            "day",
            _month_day,
        ),
        Shape(
            "(weekday (comma|the){0,2})? month (slash|hyphen|dash|comma|the){0,2} DATE (?!meridiem) (YEAR)",
            "day",
            _month_day,
        ),
        Shape(
            "(weekday (comma|the){0,2})? month (slash|hyphen|dash|comma|the){0,2} DATE (?!meridiem)",
            "day",
            _month_day,
        ),
        Shape("year (slash|hyphen|dash) month (slash|hyphen|dash) number", "day", _month_day),
        Shape("year (slash|hyphen|dash) number (slash|hyphen|dash) month", "day", _month_day),
        Shape("(this|next)? weekday comma? decimal", "day", _decimal_day),
        Shape("month in span", "days", _month_in),
        Shape("(in|within) number (adjective unit|workdays) time?", "day", _in_workdays),
        Shape("the? next number (adjective unit|workdays)", "day", _in_workdays),
        Shape("number (adjective unit|workdays) (hence|from this? now)", "day", _in_workdays),
        Shape("on decimal (?!unit|unknown)", "day", _decimal_day),
        Shape("the? unit (after|before) (shifted|now)", "day", _beyond_shifted),
        Shape(
            "weekday (comma|the){0,2} (ordinal|second) (?!of|unit|weekday|unknown)",
            "day",
            _weekday_number,
        ),
        Shape("weekday the number", "day", _weekday_number),
        Shape("weekday number (?!TO|oclock|meridiem|unit|unknown)", "day", _weekday_number),
        Shape("WEEKDAY after next", "day", _weekday_by_week),
        Shape("number weekdays (ago|hence|from this? now)", "day", _weekdays_away),
        Shape(
            "(this|the)? (this|next|last|coming){1,2} weekday (?!of|in the? month|in the? year)",
            "day",
            _weekday_by_week,
        ),
        Shape("(this|next|last|coming|the)? holiday (of|in|comma)? year?", "day", _holiday),
        Shape(f"in? (a|the)? span {_FROM_NOW} on WEEKDAY", "day", _weekday_after),
        Shape(f"in? (a|the)? span {_FROM_NOW}", "day", _in_spans),
        Shape("^ tom $", "day", lambda found: Day(found.env.today + timedelta(days=1))),
        Shape("span ago", "day", _in_spans),
        Shape(
            "(in|within|after|by){1,2} around? the? (next|coming|last)? span time? (?!of|after|before|from)",
            "day",
            _in_spans,
        ),
        Shape("for the? (next|coming) span", "day", _in_spans),
        Shape("the? (next|coming|last) span (?!of)", "day", _in_spans),
        Shape("^ a? span $", "day", _bare_span),
        Shape("fraction? shifted", "day", _shifted),
        Shape(
            "(on|by|until|before|after|for|from|since|starting)? the (ordinal|second) "
            "(?!unknown|unit|weekday|of|part|time|DATE|last|workday|weekend|month|quarter)",
            "day",
            _the_nth,
        ),
        Shape(
            "(on|by|until|before|for|from) ordinal "
            "(?!unknown|unit|weekday|of|part|time|last|workday|weekend|month|quarter)",
            "day",
            _the_nth,
        ),
        Shape("^ ordinal $", "day", _the_nth),
        Shape("now", "moment", _now),
        Shape("(at the)? this time", "moment", _now),
    ]
)


def fold_days(items: list[Item], env: Env) -> list[Item]:
    """The line with every single day as one item."""
    return [_as_moment(item) for item in _DAYS.fold(items, env)]


def _as_moment(item: Item) -> Item:
    return item._replace(kind="moment") if isinstance(item.value, Moment) else item
