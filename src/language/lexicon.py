"""The words that mean something here: each with its kind and its value."""

from collections.abc import Iterable
from typing import Any

_WEEKDAYS = (
    "monday mon", "tuesday tue tues", "wednesday wed weds", "thursday thu thur thurs",
    "friday fri", "saturday sat", "sunday sun",
)  # fmt: skip
_MONTHS = (
    "january jan", "february feb febr", "march mar", "april apr", "may", "june jun", "july jul",
    "august aug", "september sep sept", "october oct", "november nov", "december dec",
)  # fmt: skip
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENTHS = "twentieth thirtieth"
_MISSPELT = {
    "monday": "munday moday mondey",
    "tuesday": "tuseday tusday teusday tuesaday tuedsay tuesdy",
    "wednesday": "wensday wendsday wednsday wedensday wednesdy wednessday",
    "thursday": "thrusday thurday thusday thursdy",
    "friday": "firday fryday fridy freeday",
    "saturday": "saterday satuday saturdy satruday",
    "sunday": "sundy suday",
    "february": "febuary feburary febrary",
    "january": "janurary januray janury",
    "september": "setember septemeber",
    "october": "ocotber octobre",
    "november": "novemeber novmber",
    "december": "decemeber decembre",
}
UNITS = {
    "minute": "minute minutes min mins minuets mintues",
    "hour": "hour hours hr hrs h",
    "day": "day days dayz",
    "week": "week weeks wk wks workweek",
    "fortnight": "fortnight fortnights",
    "month": "month months mth mths mo",
    "quarter": "quarters",
    "year": "year years yr yrs",
    "decade": "decade decades",
    "second": "seconds sec secs",
}
_PARTS = {
    "morning": "morning mornin",
    "afternoon": "afternoon arvo",
    "evening": "evening eve",
    "night": "night nite nighttime",
    "lunch": "lunchtime",
}
_DAYS = {
    0: "today tody todya 2day to-day otd",
    1: "tomorrow tomorow tommorow tommorrow tomorro tomorrrow tomrrow tmrw tmr tmw tmrrw tomoz tomo 2morrow "
    "2moro to-morrow tomrow toomorrow",
    -1: "yesterday yesterdy yday yesturday",
}
_ADVERBS = {
    "daily": "daily everyday nightly",
    "weekly": "weekly",
    "monthly": "monthly",
    "yearly": "yearly annually annual",
    "quarterly": "quarterly",
    "biweekly": "biweekly fortnightly bi-weekly",
    "bimonthly": "bimonthly bi-monthly",
    "biyearly": "biennially",
    "semiannual": "semiannually semi-annually biannually half-yearly",
}
_PLAIN = {
    "a": "a an",
    "the": "the",
    "of": "of",
    "in": "in during over",
    "at": "at",
    "on": "on",
    "by": "by",
    "for": "for",
    "from": "from",
    "to": "to thru through",
    "until": "until till til 'til untill ending",
    "between": "between",
    "and": "and plus n",
    "or": "or",
    "with": "with",
    "this": "this current",
    "next": "next nxt following",
    "coming": "coming upcoming forthcoming",
    "last": "last past previous prev",
    "ago": "ago back earlier",
    "hence": "hence later",
    "after": "after past",
    "before": "before",
    "within": "within",
    "than": "than",
    "but": "but",
    "since": "since",
    "every": "every each ev evry evey everey",
    "any": "any",
    "other": "other alternate alternating",
    "starting": "starting beginning commencing starts begins start",
    "half": "half",
    "quarter": "quarter qtr qtrs",
    "oclock": "o'clock oclock",
    "couple": "couple pair few",
    "around": "right just around about approximately approx circa ish sometime roughly exactly latest early",
    "time": "time",
    "weekend": "weekend week-end wkend wknd",
    "weekends": "weekends week-ends",
    "workday": "workday weekday wkday week-day",
    "workdays": "workdays weekdays week-days",
    "now": "now rightnow atm asap",
    "times": "times occurrences occurences repetitions x",
    "adjective": "business working calendar",
    "week_of": "w/c",
    "tom": "tom",
    "meal": "lunch",
    "percent": "percent percents degrees degree dollars dollar bucks euros euro pounds usd eur kg km "
    "miles mile points cup cups tsp tbsp inch inches lb lbs oz gallon gallons mph",
    "function": "up i we you my our me it is are be am was please pls do not have let us if when remind "
    " due as your so that there what which who he she they that's it's",
}
_VALUES: tuple[tuple[str, Any, str], ...] = (
    ("fraction", "start", "start begin beginning"),
    ("fraction", "early", "early"),
    ("fraction", "mid", "mid middle halfway"),
    ("fraction", "late", "late"),
    ("fraction", "end", "end"),
    ("endof", "day", "eod cob"),
    ("endof", "week", "eow"),
    ("endof", "month", "eom"),
    ("endof", "year", "eoy"),
    ("endof", "bom", "bom"),
    ("once", 1, "once"),
    ("once", 2, "twice"),
    ("once", 3, "thrice"),
    ("season", "spring", "spring springtime"),
    ("season", "summer", "summer summertime"),
    ("season", "autumn", "autumn fall"),
    ("season", "winter", "winter wintertime"),
    ("scale", 100, "hundred"),
    ("scale", 1000, "thousand"),
    ("clock", "noon", "noon midday mid-day noontime"),
    ("clock", "midnight", "midnight"),
)


def _entries(kind: str, value: Any, words: Iterable[str]) -> dict[str, tuple[str, Any]]:
    return dict.fromkeys(words, (kind, value))


def _names() -> dict[str, tuple[str, Any]]:
    words: dict[str, tuple[str, Any]] = {}
    for number, names in enumerate(_WEEKDAYS):
        full, *_ = names.split()
        words |= _entries("weekday", number, [*names.split(), *_MISSPELT[full].split()])
        words |= _entries("weekdays", number, [f"{full}s"])
    for number, names in enumerate(_MONTHS, start=1):
        full, *_ = names.split()
        words |= _entries("month", number, [*names.split(), *_MISSPELT.get(full, "").split()])
    return words


def _numbers() -> dict[str, tuple[str, Any]]:
    words = {word: ("number", number) for number, word in enumerate(_NUMBERS.split())}
    words |= {word: ("number", number * 10) for number, word in enumerate(_TENS.split(), start=2)}
    words |= {word: ("ordinal", number) for number, word in enumerate(_ORDINALS.split())}
    words |= {word: ("ordinal", number * 10) for number, word in enumerate(_TENTHS.split(), start=2)}
    return words | {"second": ("second", 2), "twelve": ("number", 12), "ides": ("ordinal", 15)}


def _build() -> dict[str, tuple[str, Any]]:
    words = _names() | _numbers()
    for kind, plain in _PLAIN.items():
        words = _entries(kind, None, plain.split()) | words
    for kind, groups in (("unit", UNITS), ("part", _PARTS), ("adverb", _ADVERBS)):
        for value, names in groups.items():
            words |= _entries(kind, value, names.split())
    words |= {f"{part}s": ("parts", part) for part in ("morning", "afternoon", "evening", "night")}
    for shift, names in _DAYS.items():
        words |= _entries("shifted", shift, names.split())
    words |= {"week day": ("workday", None), "week days": ("workdays", None)}
    words["tonight"] = words["tonite"] = words["2nite"] = ("shifted", "tonight")
    for kind, value, names in _VALUES:
        words |= _entries(kind, value, names.split())
    return words | {"past": ("last", "past")}


WORDS: dict[str, tuple[str, Any]] = _build()
