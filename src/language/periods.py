"""Stretches of the calendar: "next week", "in august", "q3 2027", "mid march", "end of month"."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from src.language.calendar import (
    coming_weekday,
    make_date,
    nth_weekday,
    shift,
    week_of,
    whole_year,
)
from src.language.clocks import END_OF_DAY, PARTS
from src.language.days import moved
from src.language.shapes import Dead, Found
from src.language.values import Certainty, Day, Env

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_SEASONS = {"spring": (3, 20), "summer": (6, 21), "autumn": (9, 22), "winter": (12, 21)}


def period_around(day: date, grain: str, env: Env, steps: int = 0) -> Day | None:
    """The week, month, quarter or year a day lies in, or one so many steps on."""
    if grain in ("week", "fortnight"):
        length = 7 if grain == "week" else 14
        first = shift(week_of(day, env.week_start), days=length * steps)
        return Day(first, first + timedelta(days=length - 1), grain="week") if first else None
    if grain == "weekend":
        saturday = shift(week_of(day, env.week_start), days=(5 - env.week_start) % 7 + 7 * steps)
        return Day(saturday, saturday + timedelta(days=1), grain=grain) if saturday else None
    if grain not in _MONTHS:
        return None
    months = _MONTHS[grain]
    index = day.year * 12 + day.month - 1
    index = (index // months + steps) * months
    return _months_from(index, months, grain)


def _months_from(index: int, months: int, grain: str) -> Day | None:
    first = make_date(index // 12, index % 12 + 1, 1)
    after = shift(first, months=months) if first else None
    return Day(first, after - timedelta(days=1), grain=grain) if first and after else None


def _steps(found: Found) -> int:
    if found.has("next", "coming"):
        return 1
    return -1 if found.has("last") else 0


def unit(found: Found) -> Any:
    """This, next and last week, month, quarter, year."""
    unit = found.get("unit") or ("weekend" if found.has("weekend") else "quarter")
    steps = _steps(found)
    if unit == "day":
        return Day(found.env.today + timedelta(days=steps))
    if found.items[-1].kind == "after":
        return None
    return period_around(found.env.today, unit, found.env, steps)


def after_next(found: Found) -> Day | None:
    return period_around(found.env.today, found.get("unit") or "weekend", found.env, 2)


def weekend(found: Found) -> Day | None:
    if found.has("next", "last"):
        return period_around(found.env.today, "weekend", found.env, _steps(found))
    this = period_around(found.env.today, "weekend", found.env)
    if this and this.last and this.last < found.env.today:
        this = period_around(found.env.today, "weekend", found.env, 1)
    weak = Certainty.SURE if len(found.items) > 1 else Certainty.PREPOSED
    return replace(this, weak=weak) if this else None


def month(found: Found) -> Day | None:
    """A month: the present one, else the next of that name, or of the year that is said."""
    month, year = found.get("month"), found.get("year", "number")
    steps = _steps(found) if not found.has("coming") else 0
    if year is not None:
        if year < 32 and found.has("number"):
            return None
        return _months_from(whole_year(year, found.env.today) * 12 + month - 1, 1, "month")
    behind = month < found.env.today.month
    chosen = found.env.today.year + (1 if behind else 0)
    if steps < 0:
        chosen = found.env.today.year - (0 if behind else 1)
    named = _months_from(chosen * 12 + month - 1, 1, "month")
    weak = Certainty.SURE if found.has("this", "next", "last", "coming") else Certainty.PREPOSED
    return replace(named, weak=weak, yearless=True) if named else None


def year(found: Found) -> Day | None:
    return _months_from(found.get("year") * 12, 12, "year")


def quarter(found: Found) -> Day | None:
    kind, number, year = found.get("yearly_quarter") or ("quarter", found.get("ordinal", "second"), None)
    said = found.get("year", "number") or year
    if not 0 < number <= (4 if kind == "quarter" else 2):
        return None
    months = 3 if kind == "quarter" else 6
    chosen = whole_year(said, found.env.today) if said else found.env.today.year
    named = _months_from(chosen * 12 + (number - 1) * months, months, "quarter")
    if named and not said and named.last and named.last < found.env.today:
        named = _months_from((chosen + 1) * 12 + (number - 1) * months, months, "quarter")
    return named


def season(found: Found) -> Day | None:
    month, day = _SEASONS[found.get("season")]
    year = found.get("year")
    steps = max(_steps(found), -1)
    first = date(year or found.env.today.year, month, day)
    end = shift(first, months=3)
    if year is None and end and end <= found.env.today:
        first = date(found.env.today.year + 1, month, day)
    if year is None and steps < 0:
        first = first.replace(year=first.year - 1)
    end = shift(first, months=3, days=-1)
    weak = Certainty.PREPOSED if len(found.items) == 1 else Certainty.SURE
    return Day(first, end, grain="season", weak=weak) if end else None


def end_of(found: Found) -> Any:
    """Eod, eow, eom, eoy."""
    unit = found.get("endof")
    if unit == "day":
        return Day(found.env.today, clock=END_OF_DAY)
    if unit == "bom":
        this = period_around(found.env.today, "month", found.env)
        return _piece("start", this) if this else None
    this = period_around(found.env.today, unit, found.env)
    return _piece("end", this) if this else None


def piece_of_unit(found: Found) -> Any:
    """End of month, beginning of the year, end of the day; later this month."""
    fraction = "late" if found.has("hence") else "early" if found.has("ago") else found.get("fraction")
    unit = found.get("unit")
    if unit == "day":
        return Day(found.env.today, clock=END_OF_DAY if fraction == "end" else PARTS["morning"])
    this = period_around(found.env.today, unit or "quarter", found.env)
    return _piece(fraction, this) if this else None


def piece_of_days(found: Found) -> Any:
    return _piece(found.get("fraction"), _whole(found))


def piece_of_day(found: Found) -> Any:
    clock = END_OF_DAY if found.get("fraction") == "end" else PARTS["morning"]
    return replace(found.get("day"), clock=clock)


def _piece(fraction: str, whole: Day) -> Day | None:
    """The start, middle or end of a stretch; a week ends on its Friday."""
    if whole.last is None:
        return None
    length = (whole.last - whole.on).days + 1
    if whole.grain == "week" and fraction == "end":
        return Day(coming_weekday(4, whole.on - timedelta(days=1)))
    if fraction in ("start", "end"):
        return Day(whole.on if fraction == "start" else whole.last)
    third = length // 3
    first = whole.on + timedelta(days={"early": 0, "mid": third, "late": length - third}[fraction])
    return Day(first + timedelta(days=third // 2), first + timedelta(days=third // 2), weak=whole.weak)


def _whole(found: Found) -> Day:
    year = found.get("year")
    return found.get("days") or Day(date(year, 1, 1), date(year, 12, 31), grain="year")


def first_span(found: Found) -> Any:
    """The first ten days of june, the last four months of 2027."""
    whole, span = _whole(found), found.get("span")
    back = found.has("last")
    if span.timed or whole.last is None:
        return None
    other = moved(whole.last if back else whole.on, span, back=back)
    if other is None or found.get("ordinal") not in (None, 1):
        return None
    one = timedelta(days=1)
    return Day(other.on + one, whole.last) if back else Day(whole.on, other.on - one)


def years(found: Found) -> Day | None:
    first, last = found.all("year")
    return Day(date(first, 1, 1), date(last, 12, 31), grain="years") if first <= last else None


def nth_in(found: Found) -> Any:
    """The nth weekday, day, week or month of a stretch."""
    whole = _whole(found)
    number = _number(found)
    if found.has("weekday", "weekdays"):
        on = _nth_weekday(whole, found.get("weekday", "weekdays"), number)
        return Day(on) if on else Dead(f"There is no '{found.text()}'")
    return _nth_unit(whole, found.get("unit") or "quarter", number, found.env)


def _number(found: Found) -> int:
    number = found.get("ordinal", "second", "number")
    return -(number or 1) if found.has("last") else number


def _nth_weekday(whole: Day, weekday: int, number: int) -> date | None:
    if whole.grain == "month":
        return nth_weekday(whole.on.year, whole.on.month, weekday, number)
    if number > 0:
        return shift(coming_weekday(weekday, whole.on - timedelta(days=1)), days=7 * (number - 1))
    assert whole.last is not None  # noqa: S101 - `days` are stretches, which end.
    return shift(coming_weekday(weekday, whole.last - timedelta(days=7)), days=7 * (number + 1))


def _nth_unit(whole: Day, unit: str, number: int, env: Env) -> Any:
    if whole.last is None:
        return None
    if unit == "day":
        on = shift(whole.on, days=number - 1) if number > 0 else shift(whole.last, days=number + 1)
        return Day(on) if on and whole.on <= on <= whole.last else Dead("There is no such day")
    if unit == "week":
        first = coming_weekday(env.week_start, whole.on - timedelta(days=1))
        if whole.grain == "year":
            first = week_of(whole.on + timedelta(days=3), env.week_start)
        start = first if number > 0 else week_of(whole.last - timedelta(days=3), env.week_start)
        return period_around(start, "week", env, number - 1 if number > 0 else number + 1)
    if unit not in _MONTHS:
        return None
    start = whole.on if number > 0 else whole.last
    return period_around(start, unit, env, number - 1 if number > 0 else number + 1)


def day_of(found: Found) -> Any:
    """20th of next month; friday of next week."""
    whole: Day = found.get("days")
    weekday = found.get("weekday", "weekdays")
    if weekday is not None:
        on = coming_weekday(weekday, whole.on - timedelta(days=1))
        return Day(on) if whole.grain in ("week", "weekend", "month") else None
    if whole.grain != "month":
        return None
    on_day = make_date(whole.on.year, whole.on.month, found.get("number", "ordinal", "second"))
    return Day(on_day) if on_day else Dead(f"There is no '{found.text()}'")


def week_with(found: Found) -> Any:
    grain = "weekend" if found.has("weekend") else "week"
    if found.get("unit") not in (None, "week"):
        return None
    if found.has("number"):
        year = found.get("days").on.year if found.has("days") else found.get("year") or found.env.today.year
        return period_around(date(year, 1, 4), "week", found.env, found.get("number") - 1)
    day = found.get("day").on
    if grain == "weekend" and day.weekday() < 2:
        day -= timedelta(days=3)
    return period_around(day, grain, found.env)


def span_beside(found: Found) -> Any:
    """A week from tuesday, 3 days before christmas, two months after 5 may; the day after."""
    day = found.get("day", "days")
    back = found.has("before")
    if not found.has("span"):
        return moved(day.on, _one(found), back=back)
    span = found.get("span")
    if span.timed:
        return None
    later = moved(day.on, span, back=back)
    if later and found.has("on"):
        return Day(coming_weekday(found.get("weekday"), later.on))
    return later


def _one(found: Found) -> Any:
    unit = found.get("unit")
    return type(
        "One",
        (),
        {"months": _MONTHS.get(unit, 0), "days": {"day": 1, "week": 7}.get(unit, 0), "timed": False},
    )


def span_after_moment(found: Found) -> Any:
    return moved(found.get("moment").at, found.get("span"), back=found.has("before"))
