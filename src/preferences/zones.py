"""IANA time zones by name."""

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from src.core.errors import InvalidInput
from src.core.schemas import nearest


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
        hint = nearest(name, sorted(_zones_by_folded_name().values())) if "/" in name else "use an IANA name."
        raise UnknownTimezone("timezone", f"There is no time zone '{name[:64]}': {hint}")
    return ZoneInfo(key)


@lru_cache(maxsize=1)
def _zones_by_folded_name() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
