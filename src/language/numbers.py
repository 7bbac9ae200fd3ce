"""Numbers in words: "twenty five", "twenty-fifth", "two thousand eighteen", "nineteen eighty six"."""

from src.language.items import Item
from src.language.shapes import Found, Shape, Table
from src.language.values import Env


def _joined(found: Found) -> int | None:
    tens, unit = found.all("number", "ordinal", "second")
    text = found.items[0].text
    if (
        text[:1].isdigit()
        or found.items[-1].text[:1].isdigit()
        or tens < 20
        or tens % 10
        or not 0 < unit < 10
    ):
        return None
    return int(tens) + int(unit)


def _scaled(found: Found) -> int | None:
    total = part = 0
    for item in found.items:
        if item.kind == "scale":
            part = max(part, 1) * item.value
            if item.value == 1000:
                total, part = total + part, 0
        elif item.kind == "number":
            part += item.value
    return total + part


def _year_in_words(found: Found) -> int | None:
    values = found.all("number")
    if any(item.text[:1].isdigit() for item in found.items) or values[0] not in (19, 20):
        return None
    rest = sum(values[1:])
    return values[0] * 100 + rest if 9 < rest < 100 else None


_JOIN: Table = Table(
    [
        Shape("number hyphen? number", "number", _joined),
        Shape("number hyphen? (ordinal|second)", "ordinal", _joined),
    ]
)
_SCALE: Table = Table(
    [
        Shape("number scale (and? (number|scale)){0,4}", "bignumber", _scaled),
        Shape("number number{1,2}", "year", _year_in_words),
    ]
)


def fold_numbers(items: list[Item], env: Env) -> list[Item]:
    """The line with every number in words as one item."""
    folded = _SCALE.fold(_JOIN.fold(items, env), env)
    return [_as_year(item) for item in folded]


def _as_year(item: Item) -> Item:
    if item.kind == "bignumber" and isinstance(item.value, int):
        return (
            item._replace(kind="year") if 1900 <= item.value < 2200 else item._replace(value=str(item.value))
        )
    return item
