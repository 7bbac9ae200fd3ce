"""Dates and times written in figures: 2026-11-27, 11/27, 17:30, 5pm, 15h30, 2026-11-27T17:00Z."""

from datetime import datetime
from typing import Any

from src.language.calendar import make_date, month_end, next_month_day, whole_year
from src.language.items import Item
from src.language.shapes import Dead
from src.language.values import Clock, Day, Env, Moment
from src.language.when import LanguageContext


def fold_literals(items: list[Item], env: Env, context: LanguageContext) -> list[Item]:
    """The line with what is written in figures read."""
    return [
        item._replace(kind="unknown") if _is_no_date(items, index) else _read(item, env, context)
        for index, item in enumerate(items)
    ]


def _is_no_date(items: list[Item], index: int) -> bool:
    """The 9/11 report, 24/7, 1/2 cup: figures with a slash that are something else."""
    item = items[index]
    if item.kind != "slashed" or len(item.value) > 2:
        return False
    after = items[index + 1].kind if index + 1 < len(items) else ""
    named = index > 0 and items[index - 1].kind == "the"
    return (
        named
        or item.text in ("24/7", "50/50")
        or after in ("percent", "unit", "times")
        or (after == "of" and item.value[0] < item.value[1] < 9)
    )


def _read(item: Item, env: Env, context: LanguageContext) -> Item:
    if item.kind == "clock":
        return _as(item, "clock", read_clock(item.value))
    if item.kind == "slashed":
        return _as(item, "day", read_slashed(item.value, env))
    if item.kind == "year_month":
        return _as(item, "days", _year_month(item.value))
    if item.kind == "instant":
        return _as(item, "moment", _instant(item.text, context))
    return item


def _as(item: Item, kind: str, value: Any) -> Item:
    if value is None:
        value = Dead(f"'{item.text}' is no date or time of the calendar", firm=False)
    return item._replace(kind="dead" if isinstance(value, Dead) else kind, value=value)


def read_clock(value: tuple[str, str, str | None] | str) -> Clock | None:
    """The clock time of hour, minute and half of the day, or of "noon" and "midnight"."""
    if value == "noon":
        return Clock(12)
    if value == "midnight":
        return Clock(0, next_day=True)
    hour, minute, half = int(value[0]), int(value[1]), value[2]
    if hour == 24 and minute == 0 and not half:
        return Clock(0, next_day=True)
    if hour > 23 or minute > 59:
        return None
    if half and 0 < hour <= 12:
        return Clock(hour % 12 + (12 if half == "p" else 0), minute)
    return Clock(hour, minute, settled=bool(half) or hour > 12 or value[0].startswith("0"))


def read_slashed(fields: tuple[int, ...], env: Env) -> Day | None:
    """The day of two or three numbers; a number over 12 cannot be the month, four digits are the year."""
    if len(fields) == 3 and fields[0] > 31:
        on = make_date(*fields)
        return Day(on) if on else None
    first, second, *rest = fields
    day_first = first > 12 or (env.day_first and second <= 12)
    day, month = (first, second) if day_first else (second, first)
    if not 1 <= month <= 12:
        return None
    if rest:
        on = make_date(whole_year(rest[0], env.today), month, day)
        return Day(on) if on else None
    on = next_month_day(month, day, env.today)
    return Day(on, yearless=True) if on else None


def _year_month(fields: tuple[int, ...]) -> Day | None:
    year, month = sorted(fields, reverse=True)
    first = make_date(year, month, 1)
    return Day(first, month_end(first), grain="month") if first else None


def _instant(text: str, context: LanguageContext) -> Moment | None:
    written = text.upper().replace(" ", "T", 1).replace(" ", "").replace(",", ".")
    try:
        at = datetime.fromisoformat(written)
        local = at.astimezone(context.zone) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None
    return Moment(local.replace(tzinfo=None, second=0, microsecond=0))
