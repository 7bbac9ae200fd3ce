"""The shapes of repetitions, in the order in which they are tried."""

from src.language.items import Item
from src.language.repeats import (
    adverb,
    by_stretch,
    every_clock,
    every_nth_weekday,
    every_unit,
    every_weekdays,
    every_weekend,
    in_weeks,
    month_days,
    nth_unit_day,
    nth_workday,
    often,
    parts,
    span_weekdays,
    unit_weekdays,
    weekday_range,
    with_basis,
    workdays,
    yearly,
)
from src.language.shapes import Shape, Table
from src.language.values import Env

_EVERY = "every completion?"
_STEP = "(other|ordinal|second|number)?"
_DAYS_LIST = "(NTH|number) ((comma? (and|or)|comma|slash) (the|on)? (NTH|number)){0,4}"
_NTHS = "NTH ((comma? (and|or)|comma|slash) the? NTH){0,4} (to the? last|hyphen last)?"
_SHAPES = (
    Shape("once (a|every) unit on? WEEKS", "repeat", often),
    Shape("once span on? WEEKS?", "repeat", often),
    Shape("once (every|a|the)? span", "repeat", often),
    Shape("(once|number times?) (a|every|the) (unit|span|quarter) (on? WEEKS)?", "repeat", often),
    Shape(f"{_EVERY} {_STEP} WEEKDAY in unit number ((and|comma) number){{0,6}}", "repeat", in_weeks),
    # On the nth weekday.
    Shape(
        f"{_EVERY} (other? (unit|quarter)|span) (on|in)? the? {_NTHS} WEEKDAY (of|in) month",
        "repeat",
        every_nth_weekday,
    ),
    Shape(f"(adverb) on? the? {_NTHS} WEEKDAY (of|in) month", "repeat", every_nth_weekday),
    Shape(
        f"{_EVERY} (other? (unit|quarter)|span) (on|in)? the? {_NTHS} WEEKDAY",
        "repeat",
        every_nth_weekday,
    ),
    Shape(f"adverb on? the? {_NTHS} WEEKDAY", "repeat", every_nth_weekday),
    Shape(
        f"(on|{_EVERY})? the? {_NTHS} WEEKDAY (of|in) {_EVERY} other? (unit|quarter|span)",
        "repeat",
        every_nth_weekday,
    ),
    Shape(f"(on|{_EVERY})? the? {_NTHS} WEEKDAY (of|in) {_EVERY} month", "repeat", every_nth_weekday),
    Shape(f"{_EVERY} {_NTHS} WEEKDAY (of|in) the? (unit|quarter|month)", "repeat", every_nth_weekday),
    Shape(f"{_EVERY} {_NTHS} (workday|adjective unit) ((of|in) the? unit)?", "repeat", nth_workday),
    Shape(f"(the)? {_NTHS} (workday|adjective unit) (of|in) (the|{_EVERY}) unit", "repeat", nth_workday),
    Shape(f"(adverb|{_EVERY} unit) on? the? {_NTHS} (workday|adjective unit)", "repeat", nth_workday),
    # On days of the month or the year.
    Shape(f"{_EVERY} unit on? the? (month the? {_DAYS_LIST}|{_DAYS_LIST} of? month)", "repeat", yearly),
    Shape(f"{_EVERY} span on the? (month the? {_DAYS_LIST}|{_DAYS_LIST} of? month)", "repeat", yearly),
    Shape(f"(adverb) on? the? (month the? {_DAYS_LIST}|{_DAYS_LIST} of? month)", "repeat", yearly),
    Shape(
        f"{_EVERY} other? the? (month the? {_DAYS_LIST}|(ordinal|second|number) ((comma? and) "
        f"(ordinal|second|number)){{0,3}} of? month)",
        "repeat",
        yearly,
    ),
    Shape(f"(on|at)? the? (ordinal|second) of {_EVERY} month", "repeat", yearly),
    Shape(f"(on|at)? the? {_NTHS} (unit)? of {_EVERY} other? (unit|quarter|span)", "repeat", by_stretch),
    Shape(
        f"{_EVERY} (other? (unit|quarter)|span) (on|at) the? {_DAYS_LIST} (to the? last)? "
        "(?!WEEKDAY|workday) unit?",
        "repeat",
        by_stretch,
    ),
    Shape(f"adverb on the? {_DAYS_LIST} (?!WEEKDAY|workday) unit?", "repeat", by_stretch),
    Shape(f"({_EVERY} other? unit|adverb|{_EVERY} span) (at|on)? the? fraction", "repeat", month_days),
    Shape(f"(at|on)? the? fraction of {_EVERY} (unit|quarter)", "repeat", by_stretch),
    Shape(f"{_EVERY} fraction of the? unit", "repeat", month_days),
    Shape(f"{_EVERY} {_NTHS} unit of the? (unit|quarter)", "repeat", month_days),
    Shape(f"{_EVERY} {_NTHS} of (the) unit", "repeat", month_days),
    Shape(
        f"{_EVERY} last unit",
        "repeat",
        lambda found: month_days(found) if found.get("unit") == "day" else None,
    ),
    # Weekdays.
    Shape(
        f"({_EVERY} {_STEP} (unit|span)|adverb) (on|at|comma)? the? (weekday|weekdays) TO (weekday|weekdays)",
        "repeat",
        weekday_range,
    ),
    Shape(f"{_EVERY} {_STEP} WEEKDAY TO WEEKDAY", "repeat", weekday_range),
    Shape("(from)? weekdays TO weekdays", "repeat", weekday_range),
    Shape(f"{_EVERY} (other|number) (unit|week_of)? on? WEEKS part?", "repeat", every_weekdays),
    Shape(f"{_EVERY} span (on|comma)? WEEKS part?", "repeat", span_weekdays),
    Shape(f"{_EVERY} {_STEP} unit (on|comma)? the? WEEKS part?", "repeat", unit_weekdays),
    Shape(f"{_EVERY} unit on? the? (ordinal|second) unit", "repeat", nth_unit_day),
    Shape("adverb (on|comma)? WEEKS part?", "repeat", unit_weekdays),
    Shape(f"{_EVERY} (ordinal|second|last) WEEKDAY", "repeat", every_nth_weekday),
    Shape(
        f"{_EVERY} ((ordinal|second|last)) ((comma? and|comma) (ordinal|second|last)){{1,3}} WEEKDAY",
        "repeat",
        every_nth_weekday,
    ),
    Shape(f"{_EVERY} WEEKS part", "repeat", every_weekdays),
    Shape(f"{_EVERY} WEEKS", "repeat", every_weekdays),
    Shape("(?<!number) on? weekdays LIST part?", "repeat", every_weekdays),
    Shape("weekday parts", "repeat", parts),
    Shape(f"({_EVERY}|any) {_STEP} (workday|workdays|adjective unit) part?", "repeat", workdays),
    Shape("(on|adverb) (the)? workdays part?", "repeat", workdays),
    Shape("workdays part?", "repeat", workdays),
    Shape(f"({_EVERY}|any) {_STEP} (weekend|weekends)", "repeat", every_weekend),
    Shape(f"{_EVERY} clock", "repeat", every_clock),
    Shape(f"{_EVERY} other? month", "repeat", yearly),
    Shape("(?<!number) (on|adverb)? (the)? weekends", "repeat", every_weekend),
    # Parts of the day, then plain units.
    Shape(f"{_EVERY} other? part", "repeat", parts),
    Shape("(in|on)? the? parts", "repeat", parts),
    Shape(f"{_EVERY} {_STEP} (unit|quarter)", "repeat", every_unit),
    Shape(f"{_EVERY} span", "repeat", every_unit),
    Shape(f"{_EVERY} second unit", "repeat", every_unit),
    Shape(
        f"(on)? {_EVERY} (the)? {_DAYS_LIST} (?!of|month|part|clock|percent) (?!(?<=number) unknown)",
        "repeat",
        month_days,
    ),
    Shape("adverb", "repeat", adverb),
)
_REPEATS: Table = Table([shape._replace(build=with_basis(shape.build)) for shape in _SHAPES])


def fold_repeats(items: list[Item], env: Env) -> list[Item]:
    """The line with the core of every repetition as one item."""
    return _REPEATS.fold(items, env)
