"""Holidays with a name, as far as the calendar alone can tell them."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

from src.language.calendar import nth_weekday

_NAMES = {
    "christmas eve": r"(?:christmas|xmas|x-mas) eve",
    "christmas": r"(?:christmas|xmas|x-mas)(?: day)?",
    "boxing day": r"boxing day",
    "new year's eve": r"(?:new years?|new year's) eve|nye",
    "new year": r"(?:(?<=before )|(?<=after )|(?<=until )|(?<=by ))new year\b(?!')"
    r"|new year's(?: day)?|new years(?: day)?|new year day",
    "valentine": r"(?:saint |st\.? )?valentine(?:'?s)?(?: day)?",
    "st patrick": r"(?:saint|st\.?) pat(?:rick|ty)(?:'?s)?(?: day)?",
    "april fools": r"april fool(?:'?s|s')?(?: day)?",
    "earth day": r"earth day",
    "cinco de mayo": r"cinco de mayo",
    "halloween": r"hallow(?:een|e'en)(?: day)?",
    "veterans": r"veteran(?:'?s|s')? day",
    "independence day": r"independence day",
    "thanksgiving": r"thanksgiving(?: day)?",
    "black friday": r"black friday",
    "cyber monday": r"cyber monday",
    "labor day": r"labou?r day",
    "memorial day": r"memorial day",
    "mothers": r"mother(?:'?s|s') day",
    "fathers": r"father(?:'?s|s') day",
    "mlk": r"(?:mlk|martin luther king)(?: jr\.?)?(?:'?s)? day",
    "presidents": r"president(?:'?s|s')? day",
    "columbus day": r"columbus day",
    "easter monday": r"easter mon(?:day)?",
    "good friday": r"good friday",
    "ash wednesday": r"ash wednesday",
    "palm sunday": r"palm sunday",
    "easter": r"easter(?: sunday| day)?",
}
HOLIDAY_PATTERN = "|".join(_NAMES.values())


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _nth(number: int, weekday: int, month: int, later: int = 0) -> Callable[[int], date]:
    def on(year: int) -> date:
        found = nth_weekday(year, month, weekday, number)
        assert found is not None  # noqa: S101 - a fourth or last weekday exists in every month.
        return found + timedelta(days=later)

    return on


def _easter(later: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=later)


_RULES: dict[str, Callable[[int], date]] = {
    "christmas eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "new year's eve": _fixed(12, 31),
    "new year": _fixed(1, 1),
    "valentine": _fixed(2, 14),
    "st patrick": _fixed(3, 17),
    "april fools": _fixed(4, 1),
    "earth day": _fixed(4, 22),
    "cinco de mayo": _fixed(5, 5),
    "halloween": _fixed(10, 31),
    "veterans": _fixed(11, 11),
    "independence day": _fixed(7, 4),
    "thanksgiving": _nth(4, 3, 11),
    "black friday": _nth(4, 3, 11, later=1),
    "cyber monday": _nth(4, 3, 11, later=4),
    "labor day": _nth(1, 0, 9),
    "memorial day": _nth(-1, 0, 5),
    "mothers": _nth(2, 6, 5),
    "fathers": _nth(3, 6, 6),
    "mlk": _nth(3, 0, 1),
    "presidents": _nth(3, 0, 2),
    "columbus day": _nth(2, 0, 10),
    "easter": _easter(0),
    "easter monday": _easter(1),
    "good friday": _easter(-2),
    "ash wednesday": _easter(-46),
    "palm sunday": _easter(-7),
}


def holiday_named(text: str) -> str:
    """The holiday that a text matched by HOLIDAY_PATTERN names."""
    return next((name for name, pattern in _NAMES.items() if re.fullmatch(pattern, text)), "new year")


def holiday_in(name: str, year: int) -> date:
    """The day of a holiday in a year."""
    return _RULES[name](year)
