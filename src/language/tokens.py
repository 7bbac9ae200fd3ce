"""Text to items: words by the lexicon, and the dates and times that are written in figures."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from src.language.holidays import HOLIDAY_PATTERN, holiday_named
from src.language.items import Item
from src.language.lexicon import WORDS

_MONTH_STARTS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_TOKEN = rf"""
    (?P<unknown> \b\w{{2,20}}://\S* | www\.\S+ | \b[\w-]{{1,40}}\.(?:com|org|net|io|dev)\b
               | \b[\w.+-]{{1,64}}@[\w-]{{1,64}}\.\w+
               | [#$€£]\s?[\w.,-]+ | @[a-z_][\w-]* | \d[\d.,]{{0,20}}% | <\S+ | \b[^\W_]{{0,40}}_\w*
               | \(?\+\d[\d\s-]* | \(\d{{3,}}\)[\s\d-]* )
  | (?P<instant> (?<![\w./-])\d{{4}}-\d{{2}}-\d{{2}}[t ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?
                 (?:\s?z\b|\s?[+-]\d{{2}}:?\d{{2}})?(?![\w-]) )
  | (?P<ymd> (?<![\w./-])\d{{4}}(?P<sep>[-/.])\d{{1,2}}(?P=sep)\d{{1,2}}(?![\w/-]|\.\d) )
  | (?P<dmy> (?<![\w./-])\d{{1,2}}(?P<sep2>[-.])\d{{1,2}}(?P=sep2)(?:\d{{4}}|\d{{2}})
             (?![\w/]|[.-]\d{{1,2}}\b(?!:)) )
  | (?P<dmy_slash> (?<![\w./])\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d{{2}})(?![\w/]|\.\d) )
  | (?P<year_month> (?<![\w./-])(?:19|20|21)\d\d[-/](?:0?[1-9]|1[0-2])(?![\w/.]|-\d)
                  | (?<![\w./-])(?:0?[1-9]|1[0-2])/(?:19|20|21)\d\d(?![\w/.]|-\d) )
  | (?P<slashed> (?<![\w./])\d{{1,2}}/\d{{1,2}}(?!\w(?<!h)|/|[.]\d) )
  | (?P<quarters> (?:q[1-4]|[1-4]q)(?=\d\d\b|\d{{4}}\b|\b) | (?<!\w)(?:\d\d|\d{{4}})q[1-4]\b | \bh[12]\b )
  | (?P<meridian> (?<![\w:.])(?!(?:00|[2-9]\d|1[3-9])\s[ap])(?<!\b\d\s)(?<!\b\d\d\s)
                  (?P<mh>\d{{1,2}})(?:[:.](?P<mm>\d{{2}})(?:[:.]\d{{2}})?)?(?:ish)?
                  (?:\s?(?P<m>[ap])(?:\.\s?m\.|\.?m\b|\.(?=\s|$)|\b(?<!\s[ap]))) )
  | (?P<clock> (?<![\w.])\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?![\w:%]|-\d\d\d) )
  | (?P<hours> (?<![\w.,:])\d{{1,2}}h(?:\d{{2}})?\b )
  | (?P<apostrophe> (?<![\w.])\d{{1,3}}'(?!\w) )
  | (?P<ordinal> (?<![\w.])\d{{1,3}}\s?(?:st|nd|rd|th)\b )
  | (?P<nonsense> \d+:\d+(?::\d+)*\w* | \d+(?:[-.]\d+){{2,}}\w* | \d{{3}}-\d{{4}}\b | \d{{4}}-\d+
                | \d+-\d{{4,}}
                | \.\d+
                | (?<![\w,])\d-\d\b(?=\s(?!{_MONTH_STARTS}|of|[ap]\.?m)[a-z]) )
  | (?P<decimal> \d+\.\d+(?![\d/]) )
  | (?P<thousands> \d{{1,3}}(?:,\d{{3}})+ )
  | (?P<glued> (?<![\w.])(?P<gn>\d+)(?P<gu>w|d|h|mo|y|m|wks?|hrs?|mins?|secs?|days?|s)(?=\d|\b) )
  | (?P<number> \d+(?:ish\b)? )
  | (?P<done> \b(?:after|when|from|upon|on)\s(?:completion|completed|completing|done|finished|finishing
                  |(?:it'?s|it\sis|i'm|i\sam)\s(?:done|complete|completed|finished))\b )
  | (?P<holiday> \b(?:{HOLIDAY_PATTERN.replace(" ", r"[ ]")})\b )
  | (?P<oclock> \bo['` ]?\s?clock\b | \bo\s'\sclock\b )
  | (?P<spaced> (?<=[\w\s])(?P<sm>[ap])\.?\s?m\b\.? )
  | (?P<word> \bw/c\b | \bweek[ ]days?\b | [^\W\d_]+(?:['-][^\W\d_]+)* )
  | (?P<completion> (?<=every)! )
  | (?P<mark> \S )
"""
_PUNCTUATION = {
    ",": "comma", ".": "period", "-": "dash", "\u2013": "dash", "\u2014": "dash", "~": "dash", "/": "slash",
    "(": "paren", ")": "paren", "@": "at", "&": "and", "+": "and", "'": "paren", '"': "paren",
    "\n": "stop", "!": "stop", "?": "stop", ";": "stop", ":": "stop",
}  # fmt: skip
_GLUED = {"w": "week", "d": "day", "h": "hour", "mo": "month", "y": "year", "m": "minute", "s": "second"}
_ABBREVIATED = frozenset(("month", "weekday", "unit", "adverb"))


def plain(text: str) -> str:
    """The text in lower case with straight apostrophes, every character at its old place."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.replace("\u2019", "'").replace("`", "'")


def tokenize(text: str) -> list[Item]:
    """The items of a plain text, in order; words that mean nothing here run together into one."""
    items: list[Item] = []
    for match in _expression().finditer(text):
        group = match.lastgroup or "mark"
        if group == "word":
            _add_word(items, match.group(), match.start())
        elif group == "mark":
            _add_mark(items, match.group(), match.start())
        else:
            items += _READERS[group](match)
    return items


@cache
def _expression() -> re.Pattern[str]:
    """Compiled when it is first needed, as those of the shapes are."""
    return re.compile(_TOKEN, re.VERBOSE)


def _add_word(items: list[Item], word: str, start: int) -> None:
    kind, value = look_up(word)
    if kind == "unknown" and "-" in word:
        parts = _split(word, start)
        if all(part.kind != "unknown" for part in parts):
            items += parts
            return
    if kind == "unknown" and items and items[-1].kind == "unknown":
        items[-1] = items[-1]._replace(end=start + len(word))
        return
    items.append(Item(kind, value, start, start + len(word), word))


def _split(word: str, start: int) -> list[Item]:
    parts: list[Item] = []
    for piece in re.finditer(r"[^-]+|-", word):
        kind, value = ("hyphen", None) if piece.group() == "-" else look_up(piece.group())
        parts.append(Item(kind, value, start + piece.start(), start + piece.end(), piece.group()))
    return parts


def _add_mark(items: list[Item], mark: str, start: int) -> None:
    last = items[-1] if items else None
    if mark == "." and last and last.end == start and last.kind in _ABBREVIATED and len(last.text) < 6:
        items[-1] = last._replace(end=start + 1)
        return
    kind = _PUNCTUATION.get(mark, "unknown")
    if last and last.kind == kind and kind in ("unknown", "paren", "stop"):
        items[-1] = last._replace(end=start + 1)
        return
    items.append(Item(kind, None, start, start + 1, mark))


@lru_cache(maxsize=4096)
def look_up(word: str) -> tuple[str, Any]:
    """The kind and value of one word, possessive or rounded off ("today's", "afternoonish")."""
    for form in (word, word.removesuffix("'s"), word.removesuffix("ish")):
        if form in WORDS:
            return WORDS[form]
    return "unknown", None


def _item(match: re.Match[str], kind: str, value: Any) -> list[Item]:
    return [Item(kind, value, match.start(), match.end(), match.group())]


def _plain_number(match: re.Match[str]) -> list[Item]:
    digits = match.group().removesuffix("ish")
    value = int(digits[:18])
    kind = "number" if len(digits) <= 2 else "bignumber"
    if len(digits) == 4 and 1900 <= value < 2200:
        kind = "year"
    return [Item(kind, value if kind != "bignumber" else digits, match.start(), match.end(), digits)]


def _glued_unit(match: re.Match[str]) -> list[Item]:
    letters, middle = match["gu"], match.end("gn")
    unit = _GLUED.get(letters) or look_up(letters)[1]
    return [
        Item("number", int(match["gn"][:9]), match.start(), middle, match["gn"]),
        Item("unit", unit, middle, match.end(), letters),
    ]


def _fields(text: str) -> tuple[int, ...]:
    return tuple(int(field) for field in re.findall(r"\d+", text))


def _quarter(match: re.Match[str]) -> list[Item]:
    text = match.group()
    half = text[0] == "h"
    if half:
        return _item(match, "yearly_quarter", ("half", int(text[1]), None))
    number = re.search(r"q([1-4])|([1-4])q", text)
    year = re.match(r"\d{2,4}(?=q)", text)
    quarter = int(number[1] or number[2]) if number else 1
    return _item(match, "yearly_quarter", ("quarter", quarter, int(year.group()) if year else None))


_READERS: dict[str, Callable[[re.Match[str]], list[Item]]] = {
    "unknown": lambda match: _item(match, "unknown", None),
    "nonsense": lambda match: _item(match, "unknown", None),
    "thousands": lambda match: _item(match, "unknown", None),
    "instant": lambda match: _item(match, "instant", match.group()),
    "ymd": lambda match: _item(match, "slashed", _fields(match.group())),
    "dmy": lambda match: _item(match, "slashed", _fields(match.group())),
    "dmy_slash": lambda match: _item(match, "slashed", _fields(match.group())),
    "slashed": lambda match: _item(match, "slashed", _fields(match.group())),
    "year_month": lambda match: _item(match, "year_month", _fields(match.group())),
    "quarters": _quarter,
    "meridian": lambda match: _item(match, "clock", (match["mh"], match["mm"] or "0", match["m"])),
    "clock": lambda match: _item(match, "clock", (*match.group().split(":")[:2], None)),
    "hours": lambda match: _item(match, "hours", _fields(match.group())),
    "apostrophe": lambda match: [
        Item("number", int(match.group()[:-1]), match.start(), match.end() - 1, match.group()[:-1]),
        Item("unit", "minute", match.end() - 1, match.end(), "'"),
    ],
    "ordinal": lambda match: _item(match, "ordinal", _fields(match.group())[0]),
    "decimal": lambda match: _item(match, "decimal", match.group()),
    "glued": _glued_unit,
    "number": _plain_number,
    "holiday": lambda match: _item(match, "holiday", holiday_named(match.group())),
    "oclock": lambda match: _item(match, "oclock", None),
    "spaced": lambda match: _item(match, "meridiem", match["sm"]),
    "done": lambda match: _item(match, "completion", None),
    "completion": lambda match: _item(match, "completion", None),
}
