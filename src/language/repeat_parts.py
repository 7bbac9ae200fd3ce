"""What narrows a repetition down: "on the 2nd and 4th tuesday", "in june and july", "of the year"."""

from typing import Any

from src.language.items import Item
from src.language.repeats import ordinals, positions
from src.language.shapes import Found, Shape, Table
from src.language.values import Env, Repeat, replace
from src.recurrence.rule import Frequency

_CALENDAR = (Frequency.MONTHLY, Frequency.YEARLY)


def _nth_weekdays(found: Found) -> Any:
    """On the 2nd tuesday and 4th tuesday; on the 1st and 3rd monday."""
    repeat: Repeat = found.get("repeat")
    more = found.items[1].kind in ("comma", "and")
    if repeat.frequency not in _CALENDAR or more != any(place.ordinal for place in repeat.weekdays):
        return None
    places: list[Any] = list(repeat.weekdays)
    numbers: list[Item] = []
    for item in found.items:
        if item.kind in ("weekday", "weekdays"):
            group = Found(numbers, found.env)
            places += [place for number in ordinals(group) for place in positions((item.value,), number)]
            numbers = []
        elif item.kind not in ("repeat", "comma", "and"):
            numbers.append(item)
    return replace(repeat, weekdays=tuple(places))


def _nth_workday(found: Found) -> Any:
    repeat: Repeat = found.get("repeat")
    if repeat.frequency not in _CALENDAR or repeat.weekdays:
        return None
    return replace(repeat, weekdays=positions(range(5)), set_position=ordinals(found))


def _days(found: Found) -> Any:
    """On the 1st, 15th and last day; of a yearly repetition, days of the year."""
    repeat: Repeat = found.get("repeat")
    if repeat.frequency is Frequency.YEARLY and found.has("unit"):
        return replace(repeat, year_days=ordinals(found))
    more = found.items[1].kind in ("comma", "and")
    if repeat.frequency is not Frequency.MONTHLY or more != bool(repeat.month_days) or repeat.set_position:
        return None
    days = (*repeat.month_days, *ordinals(found))
    return replace(repeat, month_days=days) if all(-32 < day < 32 for day in days) else None


def _day_number(found: Found) -> Any:
    """Every month on friday the 13th."""
    repeat: Repeat = found.get("repeat")
    return replace(repeat, month_days=ordinals(found)) if repeat.frequency is Frequency.MONTHLY else None


def _months(found: Found) -> Any:
    return replace(found.get("repeat"), months=tuple(found.all("month")))


def _more_dates(found: Found) -> Any:
    """Every year on 5 march and 5 september."""
    repeat: Repeat = found.get("repeat")
    if repeat.frequency is not Frequency.YEARLY or repeat.month_days != ordinals(found)[:1]:
        return None
    return replace(repeat, months=(*repeat.months, *found.all("month")))


def _dates(found: Found) -> Any:
    """Every 2 years on 5 january."""
    repeat: Repeat = found.get("repeat")
    if repeat.frequency is not Frequency.YEARLY or repeat.months:
        return None
    return replace(repeat, months=tuple(found.all("month")), month_days=ordinals(found))


def _weeks(found: Found) -> Any:
    repeat: Repeat = found.get("repeat")
    if found.get("unit") != "week" or not repeat.weekdays:
        return None
    return replace(repeat, frequency=Frequency.YEARLY, week_numbers=tuple(found.all("number")))


def _of_unit(found: Found) -> Any:
    """Said for clearness: the 2nd friday "of the year"."""
    repeat: Repeat = found.get("repeat")
    frequency = {"month": Frequency.MONTHLY, "year": Frequency.YEARLY}.get(found.get("unit"))
    narrowed = repeat.weekdays or repeat.month_days or repeat.year_days
    return repeat if narrowed and frequency is repeat.frequency else None


_AND = "(comma? and|comma)"
_NTHS = f"NTH (to the? last|hyphen last)? ({_AND} the? NTH (to the? last)?){{0,4}}"
_PARTS: Table = Table(
    [
        Shape(
            f"repeat on? the? {_NTHS} WEEKDAY ({_AND} the? {_NTHS} WEEKDAY){{0,4}}", "repeat", _nth_weekdays
        ),
        Shape(f"repeat {_AND} the? {_NTHS} WEEKDAY", "repeat", _nth_weekdays),
        Shape(f"repeat {_AND} the? {_NTHS} (?!of month|WEEKDAY|month)", "repeat", _days),
        Shape(f"repeat on? the? {_NTHS} workday", "repeat", _nth_workday),
        Shape(f"repeat on? (month the? (number|ordinal|second)|{_NTHS} of? the? month)", "repeat", _dates),
        Shape(f"repeat on the? {_NTHS} unit ({_AND} {_NTHS})? (?!of month)", "repeat", _days),
        Shape(f"repeat on the {_NTHS} (?!of month|WEEKDAY)", "repeat", _days),
        Shape("repeat the (ordinal|second)", "repeat", _day_number),
        Shape(f"repeat {_AND} (number|ordinal) month", "repeat", _more_dates),
        Shape(f"repeat (in|of) month ({_AND} month){{0,11}} (?!year|ordinal|number)", "repeat", _months),
        Shape(f"repeat in unit number ({_AND} number){{0,6}}", "repeat", _weeks),
        Shape("repeat of the? unit", "repeat", _of_unit),
    ]
)
_COUNTS: Table = Table([Shape("for? number times", "many", lambda found: found.get("number"))])


def fold_counts(items: list[Item], env: Env) -> list[Item]:
    """The line with "10 times" as one item."""
    return _COUNTS.fold(items, env)


def fold_parts(items: list[Item], env: Env) -> list[Item]:
    """The line with repetitions narrowed down by what follows them."""
    for _ in range(4):
        folded = _PARTS.fold(items, env)
        if len(folded) == len(items):
            break
        items = folded
    return items
