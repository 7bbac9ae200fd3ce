"""What is said beside a repetition: its time, its first and last day, how often."""

from typing import Any

from src.language.clocks import as_clock
from src.language.items import Item
from src.language.shapes import Found, Shape, Table
from src.language.values import Clock, Day, Env, Moment, Repeat, replace
from src.recurrence.rule import Basis


def _bounded(found: Found) -> Any:
    """A repetition with its times, first and last dates, and number of times."""
    repeat: Repeat = found.get("repeat")
    mode = "at"
    for item in found.items:
        if item.kind in ("starting", "from", "fraction"):
            mode = "start"
        elif item.kind in ("until", "to", "by"):
            mode = "end"
        else:
            repeat = _attach(repeat, item, mode)
    return repeat


def _attach(repeat: Repeat, item: Item, mode: str) -> Repeat:
    value = item.value
    if isinstance(value, Clock):
        if value.vague and repeat.clock and not repeat.clock.vague:
            return repeat
        part = repeat.clock.part if repeat.clock else ""
        return replace(repeat, clock=value.settle(part))
    if isinstance(value, Moment):
        stretch = replace(repeat, clock=Clock(value.at.hour, value.at.minute))
        return (
            replace(stretch, start=value.at.date())
            if mode != "end"
            else replace(repeat, until=value.at.date())
        )
    if isinstance(value, Day):
        return _attach_day(repeat, value, mode)
    if item.kind == "span":
        return replace(repeat, lasting=value)
    if item.kind in ("many", "once"):
        return replace(repeat, count=value)
    return repeat


def _attach_day(repeat: Repeat, day: Day, mode: str) -> Repeat:
    if mode == "end":
        stretch = day.grain not in ("", "weekend", "weekday")
        return replace(repeat, until=day.on if stretch else day.last or day.on)
    repeat = replace(repeat, start=day.on)
    return replace(repeat, until=day.last) if day.last and mode == "span" else repeat


def _completion(found: Found) -> Any:
    return replace(found.get("repeat"), basis=Basis.COMPLETION)


def _repeat_clock(found: Found) -> Any:
    numbers = [as_clock(item) for item in found.items if item.kind in ("number", "decimal", "bignumber")]
    repeat: Repeat = found.get("repeat")
    if not numbers or numbers[0] is None:
        return None
    return replace(repeat, clock=numbers[0].settle(repeat.clock.part if repeat.clock else ""))


def _for_stretch(found: Found) -> Any:
    """Every thursday for the next month: until the next one begins."""
    days: Day = found.get("days")
    return replace(found.get("repeat"), until=days.on)


_DATE = "the? (day|days|moment)"
_START = "(starting|from|fraction) (on|from|in|at)?"
_END = "(until|to|fraction|until at) (on|the)?"
_REPEAT_TIMES: Table = Table(
    [
        Shape(
            "repeat (comma? at|around|at around) (number|decimal|bignumber) ((comma|and|comma and) "
            "number){0,4} (?!unit|unknown|times)",
            "repeat",
            _repeat_clock,
        ),
        Shape("repeat (comma|at|on|around|from|in|by){0,2} the? clock", "repeat", _bounded),
        Shape("clock (on|of|comma)? repeat clock?", "repeat", _bounded),
        Shape("(at|around) (number|decimal) (on|of|comma)? repeat", "repeat", _repeat_clock),
    ]
)
_BOUNDS: Table = Table(
    [
        Shape(f"repeat (comma)? {_START} {_DATE} (comma|and)? {_END} {_DATE}", "repeat", _bounded),
        Shape(f"repeat (comma|and)? {_START} {_DATE}", "repeat", _bounded),
        Shape(f"{_START} {_DATE} (comma|and|on)? repeat", "repeat", _bounded),
        Shape(f"repeat (comma|and)? {_END} {_DATE}", "repeat", _bounded),
        Shape("repeat comma? for (the|around)? days", "repeat", _for_stretch),
        Shape("repeat comma? many", "repeat", _bounded),
        Shape("repeat comma? once times?", "repeat", _bounded),
        Shape("repeat comma? after? completion", "repeat", _completion),
        Shape("repeat comma? clock", "repeat", _bounded),
        Shape("repeat (at|from|comma)? moment", "repeat", _bounded),
        Shape("moment repeat", "repeat", _bounded),
        Shape(
            "repeat comma? day",
            "repeat",
            lambda found: _bounded(found) if not found.get("day").last else None,
        ),
    ]
)


def _lasting(found: Found) -> Any:
    return replace(found.get("repeat"), lasting=found.get("span"))


_LASTING: Table = Table(
    [Shape("repeat comma? for function? to? the? (next|coming)? span", "repeat", _lasting)]
)


def fold_repeat_times(items: list[Item], env: Env) -> list[Item]:
    """The line with repetitions, their times of day and how long they last joined."""
    return _LASTING.fold(_REPEAT_TIMES.fold(items, env), env)


def fold_bounds(items: list[Item], env: Env) -> list[Item]:
    """The line with repetitions and their first and last days joined."""
    for _ in range(3):
        bounded = _BOUNDS.fold(items, env)
        if len(bounded) == len(items):
            break
        items = bounded
    return items
