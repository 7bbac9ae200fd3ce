"""The engine: tables of word shapes, each with the function that gives the shape its meaning.

A shape is a regular expression over kinds of items instead of characters: `the? ordinal of? month`. A pass
walks once through the line, from left to right; where shapes of its table match, the first one listed folds
its items into one. No shape repeats without a bound, so the work grows with the length of the line only.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from src.language.items import CODES, Item, codes
from src.language.values import Env


class Dead(NamedTuple):
    """The meaning of words that have the form of a date and are none, such as 31 June."""

    reason: str
    firm: bool = True


class Found:
    """The items a shape matched, to be asked for by kind."""

    __slots__ = ("env", "items")

    def __init__(self, items: Sequence[Item], env: Env) -> None:
        self.items = items
        self.env = env

    def part(self, start: int, end: int | None = None) -> "Found":
        """Some of the items, to be asked by themselves."""
        return Found(self.items[start:end], self.env)

    def all(self, *kinds: str) -> list[Any]:
        return [item.value for item in self.items if item.kind in kinds]

    def get(self, *kinds: str) -> Any:
        """The value of the first item of these kinds, or None."""
        for item in self.items:
            if item.kind in kinds:
                return item.value
        return None

    def has(self, *kinds: str) -> bool:
        return any(item.kind in kinds for item in self.items)

    def text(self) -> str:
        return " ".join(item.text for item in self.items)


Build = Callable[[Found], Any]


class Shape(NamedTuple):
    """A pattern over kinds, the kind it is folded into, and what gives it its value; None declines."""

    pattern: str
    kind: str
    build: Build


MACROS = {
    "LIST": "((comma? (and|or)|comma|slash) (on|the)? WEEKDAY|WEEKDAY){0,6}",
    "WEEKDAY": "(weekday|weekdays)",
    "WEEKS": "WEEKDAY LIST",
    "TO": "(dash|hyphen|to|until)",
    "NTH": "(ordinal|second|last)",
    "DATE": "(number|ordinal|second)",
    "ONE": "(number|a|couple)",
    "HOUR": "(number|clock|hours|decimal|bignumber|year)",
    "PHASE": "((in|at|this) the? fraction? around? (part|meridiem)|meridiem|fraction? part)",
    "YEAR": "((comma|of|in|slash|hyphen|dash)? the? year|"
    "(of|slash|hyphen|dash)? number (?!month|of|the|dash))",
    "UNIT": "(unit|quarter|second)",
    "AT": "(comma|at|on|by|around|from|after|before|starting|time|in|the){0,3}",
}
"""Names for shapes that occur in many others; all match a bounded number of items."""


def compile_pattern(pattern: str) -> str:
    """A pattern over kinds as a regular expression over their codes."""
    while re.search(r"[A-Z]", pattern):
        pattern = re.sub(r"[A-Z]+", lambda word: MACROS[word.group()], pattern)
    pattern = re.sub(r"[a-z_]+", lambda word: CODES[word.group()], pattern)
    return pattern.replace(" ", "").replace("(?", "\0").replace("(", "(?:").replace("\0", "(?")


class Table:
    """The shapes of one pass, in the order in which they are tried.

    Their expressions are compiled when they are first needed: all together they take a tenth of a start.
    """

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self._shapes = {f"s{number}": shape for number, shape in enumerate(shapes)}

    @cached_property
    def _search(self) -> Callable[[str, int], re.Match[str] | None]:
        """Where the first shape of the line is, and which it is."""
        branches = (f"(?P<{name}>{compile_pattern(shape.pattern)})" for name, shape in self._shapes.items())
        return re.compile("|".join(branches)).search

    @cached_property
    def _each(self) -> list[tuple[Shape, Callable[[str, int], re.Match[str] | None]]]:
        return [(shape, re.compile(compile_pattern(shape.pattern)).match) for shape in self._shapes.values()]

    def fold(self, items: list[Item], env: Env) -> list[Item]:
        """The line with everything folded that this table knows."""
        line = codes(items)
        match = self._search(line, 0)
        if match is None:
            return items
        folded: list[Item] = []
        done = 0
        while match is not None:
            start, end = match.span()
            item = self._build(self._shapes[match.lastgroup or ""], items[start:end], env)
            if item is None:
                item, end = self._build_otherwise(items, line, start, env)
            if item is not None:
                folded += items[done:start]
                folded.append(item)
                done = end
            match = self._search(line, end)
        return folded + items[done:]

    def _build(self, shape: Shape, items: list[Item], env: Env) -> Item | None:
        try:
            value = shape.build(Found(items, env))
        except (OverflowError, ValueError):
            return None  # The words lead beyond the years that the calendar has.
        if value is None:
            return None
        kind = "dead" if isinstance(value, Dead) else shape.kind
        return Item(kind, value, items[0].start, items[-1].end, " ".join(item.text for item in items))

    def _build_otherwise(self, items: list[Item], line: str, start: int, env: Env) -> tuple[Item | None, int]:
        """The first item that any shape gives here, after the likeliest one declined."""
        for shape, matches in self._each:
            match = matches(line, start)
            if match is not None and match.end() > start:
                item = self._build(shape, items[start : match.end()], env)
                if item is not None:
                    return item, match.end()
        return None, start + 1
