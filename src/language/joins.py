"""Days with their times of day."""

from datetime import date
from typing import Any

from src.language.bounds import fold_repeat_times
from src.language.clocks import as_clock, between
from src.language.items import Item
from src.language.shapes import Dead, Found, Shape, Table
from src.language.values import Certainty, Clock, Day, Env, Moment, Repeat, replace, wall


def _part_of(found: Found) -> str:
    """The part of the day that a clock beside it belongs to."""
    clocks = [day.clock for day in found.all("day") if day.clock] + [c for c in found.all("clock") if c.vague]
    return clocks[0].part if clocks else ""


def _clock_of(
    found: Found, kinds: tuple[str, ...] = ("clock", "number", "decimal", "bignumber")
) -> Clock | None:
    exact = [item for item in found.items if item.kind in kinds and not _is_vague(item)]
    if exact:
        clock = as_clock(exact[0])
        return _in_part(clock, _part_of(found)) if clock else None
    vague: list[Clock] = found.all("clock")
    return vague[0] if vague else None


def _in_part(clock: Clock, part: str) -> Clock:
    """The time in a part of the day; tonight from 8 to 10 is after noon at both ends."""
    end = clock.end
    if end is None or part not in ("evening", "night") or clock.hour >= 12:
        return clock.settle(part)
    later = replace(end, hour=end.hour + 12) if end.hour < 12 and not end.next_day else end
    return replace(clock, hour=clock.hour + 12, end=later)


def _is_vague(item: Item) -> bool:
    return isinstance(item.value, Clock) and item.value.vague


def _at(found: Found) -> Any:
    """A day and a time of day."""
    day: Day = found.get("day", "days")
    clock = _clock_of(found)
    bare = found.items[0].kind == "clock" and not found.has("of", "comma")
    if clock is None or (bare and clock.vague and clock.weak != Certainty.SURE):
        return None  # "Movie night friday" is a movie night.
    return at_clock(day.on, clock, clash=day.clash)


def _at_in_year(found: Found) -> Any:
    dated = _with_year(found)
    clock = _clock_of(found)
    return at_clock(dated.on, clock) if isinstance(dated, Day) and clock else None


def at_clock(on: date, clock: Clock, clash: str = "") -> Any:
    try:
        start = wall(on, clock)
        end = wall(on, clock.end) if clock.end else None
    except OverflowError:
        return None
    return Moment(start, end, clash=clash)


def _day_numbers(found: Found) -> Any:
    """Monday 12-4, tomorrow at 3 30."""
    first, second = [as_clock(item) for item in found.items if item.kind == "number"][:2]
    if first is None:
        return None
    if second and found.has("dash", "hyphen", "to", "until"):
        return at_clock(found.get("day").on, between(first, second))
    minute = found.all("number")[1]
    if minute > 59 or (0 < minute < 10):
        return None
    return at_clock(found.get("day").on, replace(first, minute=minute).settle(_part_of(found)))


def _at_number(found: Found) -> Clock | None:
    numbers = [item for item in found.items if item.kind not in ("at", "around", "by", "meridiem")]
    clock = as_clock(numbers[0])
    if clock is not None and len(numbers) > 1:
        minute = numbers[1].value
        return replace(clock, minute=minute) if 9 < minute < 60 or minute == 0 else None
    return clock


def _day_part(found: Found) -> Day | None:
    """Tomorrow evening, the morning of the 5th: the day keeps the part, for the hour that may follow."""
    clock: Clock = found.get("clock")
    day: Day = found.get("day")
    sure = found.items[0].kind == "day" or clock.weak == Certainty.SURE or found.has("of")
    return replace(day, clock=clock) if clock.vague and not day.clock and sure else None


def _with_year(found: Found) -> Any:
    day, year = found.get("day"), found.get("year")
    if not day.yearless:
        return None
    try:
        return replace(day, on=day.on.replace(year=year), yearless=False)
    except ValueError:
        return Dead(f"There is no '{found.text()}'")


def _mixed(found: Found) -> bool:
    return len({clock.vague for clock in found.all("clock")}) == 2


def _sure_clock(found: Found) -> Clock | None:
    last = found.items[-1]
    if last.kind == "number" and found.items[0].kind != "at" and not found.has("at"):
        return None
    return _at_number(found)


def _number_day(found: Found) -> Any:
    numbers = [item for item in found.items if item.kind == "number"]
    clock = as_clock(numbers[0])
    if clock is None or (clock.hour == 0 and not found.has("at")):
        return None
    if len(numbers) > 1:
        minute = numbers[1].value
        if not 9 < minute < 60:
            return None
        clock = replace(clock, minute=minute)
    elif numbers[0].value > 12 and not found.has("at"):
        return None
    day = found.get("day")
    return at_clock(day.on, clock.settle(_part_of(found)))


_DAYPARTS: Table = Table(
    [
        Shape("day (comma|in|at)? clock", "day", _day_part),
        Shape("clock (of|on|comma)? the? day", "day", _day_part),
    ]
)
_DAYTIME: Table = Table(
    [
        Shape("day comma? year", "day", _with_year),
        Shape(
            "day (at|comma|around)? dead",
            "dead",
            lambda found: Dead(f"'{found.text()}' is no time", firm=False),
        ),
        Shape("day AT clock comma? year", "moment", _at_in_year),
        Shape("day AT clock AT clock", "moment", _at),
        Shape(
            "clock clock? (comma|on|of|for|in|at|from|period|paren){0,2} the? (day|days) (?!clock|AT clock)",
            "moment",
            _at,
        ),
        Shape("(day|days) AT clock", "moment", _at),
        Shape("day AT number TO number (?!unknown)", "moment", _day_numbers),
        Shape("day (comma? at|at|around|comma){1,2} number number", "moment", _day_numbers),
        Shape(
            "(day|days) ((at|by|around|comma|from|after|before){1,2}) (number|decimal|bignumber) "
            "(?!unit|span|percent)",
            "moment",
            _at,
        ),
        Shape(
            "day number meridiem?(?!unit|unknown|number|dash|slash|percent)",
            "moment",
            lambda found: _at(found) if found.get("number") < 13 else None,
        ),
        Shape("(at|by|around) number hyphen? number? (on|comma)? the? day", "moment", _number_day),
        Shape("(?<!unknown|number|slash|dash) number hyphen? number? day", "moment", _number_day),
        Shape("by number (?=stop|period|comma|$)", "clock", _at_number),
        Shape("at around? number number (?!unit|unknown|number|dash|slash)", "clock", _at_number),
        Shape(
            "(at|by|around){1,2} (number|decimal|bignumber|year) "
            "(?!unit|number|bignumber|dash|slash|percent|ordinal)",
            "clock",
            _sure_clock,
        ),
        Shape("clock AT clock", "clock", lambda found: _clock_of(found) if _mixed(found) else None),
        Shape("clock", "clock", lambda found: found.get("clock")),
    ]
)


def joined_apart(items: list[Item]) -> Any:
    """A day and a time that stand apart in a text, as one: "tomorrow call mom at 5pm". None for all else."""
    if len(items) != 2:
        return None
    clock = next((item.value for item in items if item.kind == "clock"), None)
    other = next((item.value for item in items if item.kind in ("day", "repeat")), None)
    if clock is None or other is None:
        return None
    if isinstance(other, Repeat):
        return replace(other, clock=clock.settle()) if other.clock is None else None
    if other.last or (other.clock and clock.vague):
        return None
    return at_clock(other.on, clock.settle(other.clock.part if other.clock else ""))


def fold_daytimes(items: list[Item], env: Env) -> list[Item]:
    """The line with days and their times joined."""
    return _DAYTIME.fold(_DAYPARTS.fold(fold_repeat_times(items, env), env), env)
