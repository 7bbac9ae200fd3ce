"""IANA time zones by name."""

import difflib
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from src.core.errors import InvalidInput

_LONGEST_SHOWN = 64


class UnknownTimezone(InvalidInput, ValueError):
    """No IANA zone has this name."""

    code = "unknown_timezone"


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name in any letter case, such as `Europe/Berlin`.

    Raises:
        UnknownTimezone: no such zone exists.
    """
    key = _zones_by_folded_name().get(name.strip().lower())
    if key is None:
        shown = name[:_LONGEST_SHOWN]
        raise UnknownTimezone("timezone", f"There is no time zone '{shown}': {_hint(shown)}")
    return ZoneInfo(key)


@lru_cache(maxsize=1)
def _zones_by_folded_name() -> dict[str, str]:
    # `localtime` is whatever the machine's is, and PostgreSQL knows no such zone.
    return {name.lower(): name for name in available_timezones() - {"localtime"}}


def _hint(name: str) -> str:
    """The nearest zone where one is near; there are too many to name them all."""
    zones = _zones_by_folded_name()
    near = difflib.get_close_matches(name.strip().lower(), sorted(zones), n=1, cutoff=0.7)
    return f"did you mean '{zones[near[0]]}'?" if near else "use an IANA name, such as 'Europe/Berlin'."
