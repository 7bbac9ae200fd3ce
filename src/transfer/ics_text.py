"""iCalendar's content lines (RFC 5545 §3.1): escaped, folded, and read back."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONGEST = 75


def text(value: str) -> str:
    """TEXT (§3.3.11): backslashes, semicolons, commas and line ends escaped, other controls left out."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _CONTROLS.sub("", value).replace("\n", "\\n")


def texts(values: Iterable[str]) -> str:
    """A list of TEXT."""
    return ",".join(text(value) for value in values)


def utc(moment: datetime) -> str:
    """DATE-TIME in UTC (§3.3.5) of an aware instant."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}".zfill(16)


def day(on: date) -> str:
    """DATE (§3.3.4)."""
    return f"{on:%Y%m%d}".zfill(8)


def wall(moment: datetime) -> str:
    """DATE-TIME on the wall of a zone that TZID names."""
    return f"{moment:%Y%m%dT%H%M%S}".zfill(15)


def line(name: str, value: str) -> str:
    """A content line, folded after at most 75 octets and never inside a character (§3.1)."""
    octets = f"{name}:{value}".encode()
    if len(octets) <= _LONGEST:
        return f"{name}:{value}\r\n"
    pieces, start, room = [], 0, _LONGEST
    while start < len(octets):
        end = _character_end(octets, start + room)
        pieces.append(octets[start:end].decode())
        start, room = end, _LONGEST - 1
    return "\r\n ".join(pieces) + "\r\n"


def _character_end(octets: bytes, end: int) -> int:
    """The last place up to `end` where a character of UTF-8 begins."""
    while end < len(octets) and octets[end] & 0xC0 == 0x80:
        end -= 1
    return end
