"""Lengths of time: "3 days", "two and a half hours", "half an hour", "1 week and 2 days"."""

from src.language.items import Item
from src.language.shapes import Found, Shape, Table
from src.language.values import Env, Span

_FEW = {"few": 3}


def _unit(found: Found) -> str:
    if found.has("unit"):
        return str(found.get("unit"))
    return "second" if found.has("second") else "quarter"


def _count(found: Found) -> float:
    for item in found.items:
        if item.kind == "number":
            return float(item.value)
        if item.kind == "decimal":
            return float(item.value)
        if item.kind == "couple":
            return _FEW.get(item.text, 2)
    return 1


def _plain(found: Found) -> Span | None:
    extra = 0.5 if found.has("half") else 0
    return Span.of(_count(found) + extra, _unit(found), terse=len(found.items[-1].text) == 1)


def _coming(found: Found) -> Span | None:
    """Two upcoming weeks, 2 next days; but "3 next week" are two things."""
    if found.has("next") and not found.items[-1].text.endswith("s"):
        return None
    return _plain(found)


def _big(found: Found) -> Span | None:
    number = found.get("bignumber", "year")
    return Span.of(float(number), _unit(found))


def _half(found: Found) -> Span | None:
    return Span.of(0.5, _unit(found))


def _quarters(found: Found) -> Span | None:
    return Span.of(_count(found) / 4, str(found.all("unit")[-1]))


def _slashed(found: Found) -> Span | None:
    fields = found.get("slashed")
    if len(fields) != 2 or not 0 < fields[0] < fields[1]:
        return None
    return Span.of(fields[0] / fields[1], _unit(found))


def _hours(found: Found) -> Span | None:
    hours, *minutes = found.get("hours")
    return Span(minutes=hours * 60 + sum(minutes), unit="hour", count=hours)


def _together(found: Found) -> Span:
    total = Span(unit=found.all("span")[-1].unit, count=0)
    for span in found.all("span"):
        total = total.plus(span)
    return total


_SIMPLE: Table = Table(
    [
        Shape("number hyphen? quarter of a unit", "span", _quarters),
        Shape("number hyphen? unit of a unit", "span", _quarters),
        Shape("a? quarter of a? unit", "span", _quarters),
        Shape("half of? a? UNIT", "span", _half),
        Shape("a half UNIT", "span", _half),
        Shape("slashed of? a? UNIT", "span", _slashed),
        Shape("ONE and (a|number)? half UNIT", "span", _plain),
        Shape("ONE UNIT and a half", "span", _plain),
        Shape("a? couple of? (next|coming)? UNIT", "span", _plain),
        Shape("a? number hyphen? UNIT", "span", _plain),
        Shape("number (next|coming) UNIT", "span", _coming),
        Shape("a quarter (?!last|to|of|after|before)", "span", _plain),
        Shape("decimal UNIT", "span", _plain),
        Shape("a (unit|second)", "span", _plain),
        Shape("(bignumber|year) UNIT", "span", _big),
        Shape("(?<=(in|for|within|after)) hours", "span", _hours),
    ]
)
_SUMS: Table = Table([Shape("span ((and|comma)? span){1,3}", "span", _together)])


def fold_spans(items: list[Item], env: Env) -> list[Item]:
    """The line with every length of time as one item."""
    return _SUMS.fold(_SIMPLE.fold(items, env), env)
