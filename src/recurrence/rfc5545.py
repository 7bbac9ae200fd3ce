"""Rules as RFC 5545 text."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import TypedDict
from zoneinfo import ZoneInfo

from src.core.errors import FieldError
from src.recurrence.rule import Frequency, InvalidRule, RecurrenceRule, Skip, Weekday, WeekdayPosition
from src.recurrence.wall_time import to_instant

_LONGEST = 1_000
_CODES = {"MO": Weekday.MON, "TU": Weekday.TUE, "WE": Weekday.WED, "TH": Weekday.THU}
_CODES |= {"FR": Weekday.FRI, "SA": Weekday.SAT, "SU": Weekday.SUN}
_WEEKDAYS = {weekday: code for code, weekday in _CODES.items()}
_NUMBER = re.compile(r"[+-]?[0-9]{1,5}")
_WEEKDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{8})(T[0-9]{6})?(Z)?")

# RFC 5545's names for lists of numbers, in the order they are written.
_LISTS = {
    "BYMONTH": "months",
    "BYWEEKNO": "week_numbers",
    "BYYEARDAY": "year_days",
    "BYMONTHDAY": "month_days",
    "BYHOUR": "hours",
    "BYMINUTE": "minutes",
    "BYSECOND": "seconds",
    "BYSETPOS": "set_position",
}


class _Fields(TypedDict, total=False):
    frequency: Frequency
    interval: int
    weekdays: tuple[WeekdayPosition, ...]
    month_days: tuple[int, ...]
    months: tuple[int, ...]
    set_position: tuple[int, ...]
    until: date | None
    count: int
    week_start: Weekday
    skip: Skip
    year_days: tuple[int, ...]
    week_numbers: tuple[int, ...]
    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]


def parse_rrule(text: str, zone: tzinfo = UTC) -> RecurrenceRule:
    """The rule that RFC 5545 text says (§3.3.10), in any letter case, with or without `RRULE:`.

    `zone` is the series' zone, into which an UNTIL in UTC is turned. The clamp at month ends is this
    service's own default; `RSCALE=GREGORIAN;SKIP=OMIT` (RFC 7529) turns it off. Raises InvalidRule.
    """
    parts = _split(text)
    frequency = parts.pop("FREQ", None)
    if frequency is None:
        raise _refusal("A rule needs FREQ, as in FREQ=DAILY.")
    fields = _Fields(frequency=_frequency(frequency))
    for name, value in parts.items():
        _read_part(fields, name, value, zone)
    return RecurrenceRule(**fields)


def format_rrule(rule: RecurrenceRule, zone: ZoneInfo | None = None) -> str:
    """The rule as RFC 5545 text, without `RRULE:`; what parse_rrule reads back as the same rule.

    With a zone, an UNTIL with a time is written in UTC, as §3.3.10 wants beside a DTSTART with a zone.
    `basis` and `catch_up` have no place in RFC 5545 and are left out.
    """
    parts = [f"FREQ={rule.frequency.upper()}"]
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.count is not None:
        parts.append(f"COUNT={rule.count}")
    if rule.until is not None:
        parts.append(f"UNTIL={_until_text(rule.until, zone)}")
    parts += _list_parts(rule)
    if rule.week_start is not Weekday.MON:
        parts.append(f"WKST={_WEEKDAYS[rule.week_start]}")
    if rule.skip is not Skip.BACKWARD:
        parts = ["RSCALE=GREGORIAN", *parts, f"SKIP={rule.skip.upper()}"]
    return ";".join(parts)


def _split(text: str) -> dict[str, str]:
    if len(text) > _LONGEST:
        raise _refusal(f"A rule has at most {_LONGEST} characters.")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value):
            raise _refusal(f"A rule is made of NAME=VALUE parts; {part.strip()!r} is none.")
        if name in parts:
            raise _refusal(f"{name} is there twice.")
        parts[name] = value
    return parts


def _read_part(fields: _Fields, name: str, value: str, zone: tzinfo) -> None:
    if name in _READERS:
        _READERS[name](fields, value)
    elif name == "UNTIL":
        fields["until"] = _until(value, zone)
    elif name in _LISTS:
        numbers = tuple(_number(name, item) for item in value.split(","))
        fields[_LISTS[name]] = numbers  # type: ignore[literal-required]
    else:
        allowed = ", ".join(["FREQ", "UNTIL", *_READERS, *_LISTS])
        raise _refusal(f"{name} is not a part of a rule here; the parts are {allowed}.")


def _read_interval(fields: _Fields, value: str) -> None:
    fields["interval"] = _number("INTERVAL", value)


def _read_count(fields: _Fields, value: str) -> None:
    fields["count"] = _number("COUNT", value)


def _read_weekdays(fields: _Fields, value: str) -> None:
    fields["weekdays"] = tuple(_weekday_position(item.strip()) for item in value.split(","))


def _read_week_start(fields: _Fields, value: str) -> None:
    if value not in _CODES:
        raise _refusal(f"WKST is one of {', '.join(_CODES)}.")
    fields["week_start"] = _CODES[value]


def _read_calendar(_: _Fields, value: str) -> None:
    if value != "GREGORIAN":
        raise _refusal("RSCALE can only be GREGORIAN.")


def _read_skip(fields: _Fields, value: str) -> None:
    try:
        fields["skip"] = Skip(value.lower())
    except ValueError:
        raise _refusal("SKIP is BACKWARD or OMIT.") from None


_READERS: dict[str, Callable[[_Fields, str], None]] = {
    "INTERVAL": _read_interval,
    "COUNT": _read_count,
    "BYDAY": _read_weekdays,
    "WKST": _read_week_start,
    "RSCALE": _read_calendar,
    "SKIP": _read_skip,
}


def _frequency(value: str) -> Frequency:
    try:
        return Frequency(value.lower())
    except ValueError:
        raise _refusal(f"FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not {value!r}.") from None


def _number(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value.strip()):
        raise _refusal(f"{name} takes whole numbers, not {value!r}.")
    return int(value)


def _weekday_position(value: str) -> WeekdayPosition:
    match = _WEEKDAY.fullmatch(value)
    if match is None:
        raise _refusal(f"BYDAY takes days such as MO or 3FR or -1SU, not {value!r}.")
    ordinal, code = match.groups()
    return WeekdayPosition(_CODES[code], None if ordinal is None else int(ordinal))


def _until(value: str, zone: tzinfo) -> date:
    match = _UNTIL.fullmatch(value.replace("-", "").replace(":", ""))
    moment = None if match is None else _moment(match[1], match[2], match[3], zone)
    if moment is None:
        raise _refusal(f"UNTIL is a date such as 20261231 or 20261231T170000Z, not {value!r}.")
    return moment


def _moment(day: str, at: str | None, utc: str | None, zone: tzinfo) -> date | None:
    try:
        moment = datetime.strptime(day + (at or "T000000"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        local = moment.astimezone(zone if at and utc else UTC).replace(tzinfo=None, fold=0)
    except (ValueError, OverflowError):
        return None
    return local if at else local.date()


def _until_text(until: date, zone: ZoneInfo | None) -> str:
    if not isinstance(until, datetime):
        return f"{until:%Y%m%d}".zfill(8)
    if zone is None:
        return f"{until:%Y%m%dT%H%M%S}".zfill(15)
    return f"{to_instant(until, zone):%Y%m%dT%H%M%SZ}".zfill(16)


def _list_parts(rule: RecurrenceRule) -> list[str]:
    parts = {name: ",".join(str(number) for number in getattr(rule, field)) for name, field in _LISTS.items()}
    days = ",".join(f"{day.ordinal or ''}{_WEEKDAYS[day.weekday]}" for day in rule.weekdays)
    ordered = {"BYDAY": days, **parts}
    return [f"{name}={value}" for name, value in ordered.items() if value]


def _refusal(message: str) -> InvalidRule:
    return InvalidRule([FieldError("rule", message)])
