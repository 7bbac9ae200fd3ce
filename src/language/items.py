"""The pieces a text is made of: first its words, then the dates and times they are folded into."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from src.language.when import Span

KINDS = (
    # Words.
    "unknown", "function", "stop", "comma", "period", "dash", "hyphen", "slash", "paren",
    "number", "bignumber", "year", "decimal", "ordinal", "second", "scale",
    "weekday", "weekdays", "month", "unit", "season", "tom",
    "a", "the", "of", "in", "at", "on", "by", "for", "from", "to", "until", "between", "and", "or", "with",
    "this", "next", "coming", "last", "ago", "hence", "after", "before", "within", "than", "but", "since",
    "every", "adverb", "other", "once", "times", "weekend", "weekends", "workday", "workdays", "completion",
    "now", "starting", "half", "quarter", "meridiem", "oclock", "couple", "around", "time",
    "fraction", "endof", "part", "parts", "meal", "adjective",
    "yearly_quarter", "shifted", "year_month", "slashed",
    "any", "holiday", "instant", "hours", "percent", "week_of",
    # What they are folded into.
    "many", "span", "clock", "clocks", "day", "days", "moment", "repeat", "dead",
)  # fmt: skip

CODES = {kind: chr(0x100 + index) for index, kind in enumerate(KINDS)}
"""One character for each kind, so that a line of items is a string that regular expressions can search."""


class Item(NamedTuple):
    """A stretch of the text, what it is, and what it says."""

    kind: str
    value: Any
    start: int
    end: int
    text: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def codes(items: Iterable[Item]) -> str:
    """The line of items as a string, one character each."""
    return "".join([CODES[item.kind] for item in items])
