"""Times of day: "5pm", "half past 3", "8 in the evening", "from 9.30 to 11", "noon", "in the morning"."""

import re
from datetime import timedelta
from typing import Any

from src.language.items import Item
from src.language.literals import read_clock
from src.language.shapes import Dead, Found, Shape, Table
from src.language.values import Certainty, Clock, Day, Env, Moment, replace, wall

PARTS = {
    "morning": Clock(9, vague=True, part="morning"),
    "lunch": Clock(12, vague=True, part="afternoon"),
    "afternoon": Clock(15, vague=True, part="afternoon"),
    "evening": Clock(19, vague=True, part="evening"),
    "night": Clock(21, vague=True, part="night"),
}
END_OF_DAY = Clock(18, vague=True)


def as_clock(item: Item) -> Clock | None:
    """The time that a number, 9.30, 15h30 or 0930 stands for, or None."""
    value = item.value
    if isinstance(value, Clock):
        return value
    if item.kind == "number":
        return Clock(value, settled=value > 12 or value == 0) if value <= 24 and value != 24 else None
    if item.kind == "hours":
        hour, minute = (*value, 0)[:2]
        return Clock(hour, minute) if hour < 24 and minute < 60 else None
    if item.kind == "decimal":
        return _pair(*value.split(".")) if re.fullmatch(r"\d{1,2}\.[0-5]\d", value) else None
    digits = str(value)
    return _pair(digits[:-2], digits[-2:]) if len(digits) in (3, 4) else None


def _pair(hour: str, minute: str) -> Clock | None:
    return read_clock((hour, minute, None))


def _halved(clock: Clock, half: str) -> Clock | None:
    if clock.settled and clock.hour > 12:
        return clock
    if not 0 < clock.hour <= 12:
        return None
    return replace(clock, hour=clock.hour % 12 + (12 if half == "p" else 0), settled=True)


def _finish(clock: Clock | None, found: Found) -> Clock | None:
    """The clock with am, pm or the part of the day that follows it."""
    if clock is None or clock.vague:
        return None
    half, part = found.get("meridiem"), found.get("part")
    if half:
        return _halved(clock, half)
    return clock.settle(part) if part else clock


def _single(found: Found) -> Clock | None:
    hour = next(item for item in found.items if item.kind in _HOURS)
    return _finish(as_clock(hour), found)


_HOURS = ("number", "clock", "hours", "decimal", "bignumber", "year")


def _two_numbers(found: Found) -> Clock | None:
    hour, minute = found.all("number")[:2]
    if not (0 < hour < 25 and 0 <= minute < 60) or (minute < 10 and minute != 0):
        return None
    clock = Clock(hour % 24, minute, settled=hour > 12)
    return _finish(clock, found)


def _past_or_to(found: Found) -> Clock | None:
    index = next(
        place for place, item in enumerate(found.items) if item.kind in ("last", "after", "to", "before")
    )
    if found.items[index].kind == "last" and found.items[index].value != "past":
        return None
    head, tail = found.part(0, index), found.part(index + 1)
    minutes = 30 if head.has("half") else 15 if head.has("quarter") else _minutes_of(head)
    base = as_clock(tail.items[0])
    if base is None or minutes is None or base.minute or base.vague:
        return None
    base = _finish(base, tail) or base
    back = found.items[index].kind in ("to", "before")
    total = base.hour * 60 + (-minutes if back else minutes)
    hour = total // 60 % 24
    if not base.settled:
        hour = hour or 12
    return replace(base, hour=hour, minute=total % 60, next_day=base.next_day and not back)


def _minutes_of(head: Found) -> int | None:
    span = head.get("span")
    minutes = span.minutes if span else head.get("number")
    return int(minutes) if minutes and 0 < minutes <= 720 else None


def _part_then_hour(found: Found) -> Clock | None:
    hour = found.items[-1] if found.items[-1].kind in _HOURS else found.items[-2]
    return _finish(as_clock(hour), found)


def _today_at(found: Found) -> Moment | None:
    """Eight this evening, this morning at 9:30: today, even when it is over."""
    clock = _single(found)
    if clock is None:
        return None
    settled = clock.settle(found.get("part"))
    return Moment(wall(found.env.today, settled))


def _part(found: Found) -> Clock:
    named = PARTS[found.get("part")]
    sure = found.items[0].kind in ("in", "at", "this", "by", "until", "after", "before", "for")
    return replace(named, weak=Certainty.SURE if sure else Certainty.PREPOSED)


def _meal(found: Found) -> Clock:
    return replace(PARTS["lunch"], hour=13 if found.has("after") else 12)


def _today_part(found: Found) -> Day:
    shifted = -1 if found.has("last") else 0
    return Day(found.env.today + timedelta(days=shifted), clock=PARTS[found.get("part")])


def _range(found: Found) -> Any:
    hours = [item for item in found.items if item.kind in _HOURS]
    start, end = as_clock(hours[0]), as_clock(hours[1])
    if start is None or end is None or start.vague or end.vague:
        return None
    middle = found.items.index(hours[1])
    end = _finish(end, found.part(middle + 1))
    head = found.part(0, middle)
    start = _finish(start, head)
    if start is None or end is None:
        return Dead(f"'{found.text()}' is no time of day", firm=False)
    return between(start, end)


def between(start: Clock, end: Clock) -> Clock:
    """The stretch from one time to another; what one side leaves open is taken from the other."""
    if not start.settled and end.settled:
        late = replace(start, hour=start.hour % 12 + 12, settled=True)
        early = replace(start, hour=start.hour % 12, settled=True)
        start = late if (late.hour, late.minute) < (end.hour or 24, end.minute) else early
    start = start.settle()
    if not end.settled:
        early = replace(end, hour=end.hour % 12, settled=True)
        late = replace(end, hour=end.hour % 12 + 12, settled=True)
        end = early if (early.hour, early.minute) > (start.hour, start.minute) else late
    over = (end.hour, end.minute) <= (start.hour, start.minute)
    return replace(start, end=replace(end, next_day=over))


_CLOCKS: Table = Table(
    [
        Shape(
            "(from|between)? HOUR (oclock|PHASE)? (TO|and|but|until){1,2} (before|at)? (clock|hours) "
            "(PHASE|oclock)?",
            "clock",
            _range,
        ),
        Shape(
            "(from|between)? (clock|hours) PHASE? (TO|and){1,2} HOUR (PHASE|oclock)? (?!of|month|unit|span)",
            "clock",
            _range,
        ),
        Shape("(from|between)? HOUR (oclock|PHASE)? (TO|and) HOUR (PHASE|oclock)", "clock", _range),
        Shape("(from|between) HOUR (oclock|PHASE) (TO|and) HOUR (?!of|month|unit|span)", "clock", _range),
        Shape(
            "(from|between) HOUR (TO|and) HOUR (?!of|the|month|unit|span|comma|year|number|unknown)",
            "clock",
            _range,
        ),
        Shape(
            "(half|a? quarter|number|span) (last|after|to|before) HOUR (oclock? PHASE|oclock)",
            "clock",
            _past_or_to,
        ),
        Shape("(half|a? quarter|span) (last|after|to|before) (number|clock) (?!unit)", "clock", _past_or_to),
        Shape("number last (number|clock) (?!unit)", "clock", _past_or_to),
        Shape("(?<=(at|by|around)) number to (number|clock) (?!unit)", "clock", _past_or_to),
        Shape("number hyphen? number meridiem", "clock", _two_numbers),
        Shape("number number PHASE", "clock", _two_numbers),
        Shape("(?<!unknown) HOUR this fraction? part", "moment", _today_at),
        Shape(
            "this fraction? part (comma|around|at){0,2} HOUR meridiem? (?!TO|unit|span)", "moment", _today_at
        ),
        Shape(
            "HOUR oclock? (meridiem|(in|at) the? fraction? around? (part|meridiem)|fraction? part)",
            "clock",
            _single,
        ),
        Shape("number oclock", "clock", _single),
        Shape(
            "(?<!every|other) fraction? part (comma|around)? at around? HOUR meridiem?",
            "clock",
            _part_then_hour,
        ),
        Shape("(?<!every|other) fraction? part around? (clock|hours)", "clock", _part_then_hour),
        Shape("(at|after|before|by|around) meal", "clock", _meal),
        Shape("(this|last) fraction? part (?!AT HOUR)", "day", _today_part),
        Shape("(in|at|by|until|before|after|for) the? fraction? around? part", "clock", _part),
        Shape("(?<!every|other|completion) fraction? part", "clock", _part),
        Shape("(clock|hours)", "clock", _single),
    ]
)


def fold_clocks(items: list[Item], env: Env) -> list[Item]:
    """The line with every time of day that is told by its own form as one item."""
    return _CLOCKS.fold(items, env)
