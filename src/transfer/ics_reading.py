"""iCalendar text as components and properties (RFC 5545 §3.1 to §3.4), forgiving where files are broken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from src.core.errors import InvalidInput
from src.core.zones import UnknownTimezone, zone_named
from src.transfer.bounds import within_calendar
from src.transfer.text_files import numbered_lines

_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_DATE = re.compile(r"\d{8}")
_DATE_TIME = re.compile(r"(\d{8}T\d{6})(Z?)")
_DURATION = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?"
)
_BEHIND_PREFIX = re.compile(r"[A-Za-z_]+/[A-Za-z_]+$")


@dataclass(frozen=True, slots=True)
class Property:
    """A content line: its value as written, and its parameters with names in upper case."""

    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as TEXT, unescaped (§3.3.11)."""
        return unescaped(self.value)

    @property
    def texts(self) -> list[str]:
        """The value as a list of TEXT."""
        parts = re.split(r"(?<!\\)((?:\\\\)*),", self.value)
        joined = [before + kept for before, kept in zip(parts[::2], [*parts[1::2], ""], strict=True)]
        return [name for part in joined if (name := unescaped(part).strip())]


@dataclass(slots=True)
class Component:
    """A component with the line it begins on; of a property that comes twice, the first counts."""

    kind: str
    line: int
    properties: dict[str, Property] = field(default_factory=dict)
    more: list[Property] = field(default_factory=list)
    """Properties that came before under the same name."""
    inner: list[str] = field(default_factory=list)
    """The kinds of components inside."""

    def add(self, found: Property) -> None:
        if found.name in self.properties:
            self.more.append(found)
        else:
            self.properties[found.name] = found


def components(text: str) -> Iterator[Component]:
    """What stands right inside the calendars of a file, in order.

    Raises:
        InvalidInput: the text is no calendar, or ends inside a component.
    """
    open_ones: list[Component] = []
    has_begun = False
    for number, line in _unfolded(text):
        found = read_line(line)
        if found is None:
            continue
        has_begun = has_begun or _begins_calendar(found)
        closed = _taken(open_ones, found, number)
        if closed is not None:
            yield closed
    if not has_begun or open_ones:
        raise InvalidInput("body", "This is no whole calendar: it begins with BEGIN:VCALENDAR and ends so.")


def _begins_calendar(found: Property) -> bool:
    return found.name == "BEGIN" and found.value.strip().upper() == "VCALENDAR"


def _taken(open_ones: list[Component], found: Property, line: int) -> Component | None:
    """Put a property where it belongs; a component that it closes, right inside a calendar, is given back."""
    if found.name == "BEGIN":
        open_ones.append(Component(found.value.strip().upper(), line))
        return None
    if not open_ones:
        return None
    if found.name != "END":
        open_ones[-1].add(found)
        return None
    closed = open_ones.pop()
    if len(open_ones) > 1:
        open_ones[-1].inner.append(closed.kind)
    return closed if len(open_ones) == 1 else None


def read_line(line: str) -> Property | None:
    """A content line, or None where it has no such form."""
    name = _NAME.match(line)
    if name is None:
        return None
    position, parameters = name.end(), {}
    while match := _PARAMETER.match(line, position):
        parameters[match[1].upper()] = match[2].strip('"')
        position = match.end()
    if line[position : position + 1] != ":":
        return None
    return Property(name[0].upper(), line[position + 1 :], parameters)


def unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of the physical line that each begins on."""
    pieces: list[str] = []
    begins = 1
    for number, line in numbered_lines(text):
        if line[:1] in (" ", "\t") and pieces:
            pieces.append(line[1:])
            continue
        if pieces:
            yield begins, "".join(pieces)
        pieces, begins = [line], number
    if pieces:
        yield begins, "".join(pieces)


def moment_of(found: Property, zone: ZoneInfo) -> tuple[date, ZoneInfo]:
    """A DATE, or a DATE-TIME as naive wall time, with the zone of its wall; one in UTC is told in `zone`.

    Raises:
        InvalidInput: it is neither, or its zone is unknown.
    """
    value = found.value.strip()
    try:
        if _DATE.fullmatch(value):
            return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date(), zone
        match = _DATE_TIME.fullmatch(value)
        if match is not None:
            wall = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            if match[2]:
                return wall.astimezone(zone).replace(tzinfo=None), zone
            return wall.replace(tzinfo=None), _zone_of(found) or zone
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(found.name, f"'{value[:40]}' is no date or time of RFC 5545.")


def instant_of(found: Property | None, zone: ZoneInfo) -> datetime | None:
    """An instant such as that of COMPLETED; a date is its midnight."""
    if found is None:
        return None
    moment, own_zone = moment_of(found, zone)
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - a wall time, zoned below.
    try:
        return within_calendar(moment.replace(tzinfo=own_zone))
    except ValueError as error:
        raise InvalidInput(found.name, str(error)) from error


def duration_of(found: Property) -> timedelta:
    """DURATION (§3.3.6) that is not negative."""
    match = _DURATION.fullmatch(found.value.strip())
    if match is None or not any(match.groups()):
        raise InvalidInput(found.name, f"'{found.value[:40]}' is no duration of RFC 5545.")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _zone_of(found: Property) -> ZoneInfo | None:
    """The zone of TZID: an IANA name, one behind a prefix, or Windows' own name for it."""
    name = found.parameters.get("TZID", "").strip()
    if not name:
        return None
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - slow to load.

    known = WINDOWS_TO_OLSON.get(name, name)
    behind_prefix = _BEHIND_PREFIX.search(known)
    for each in (known, behind_prefix[0] if behind_prefix else ""):
        try:
            return zone_named(each)
        except UnknownTimezone:
            continue
    raise InvalidInput(found.name, f"There is no time zone '{name[:64]}'.")
