"""Which pages a cookie may change something for."""

import re
from collections.abc import Iterable

from starlette.datastructures import Headers

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^\s/?#@:\[\]]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class TrustedOrigins:
    """The pages that are listed, and those that this very host serves.

    Browsers send an `Origin` (RFC 6454 §7) with every request that may change something, and pages cannot
    forge it. The host is compared without the scheme: behind a proxy that ends TLS this service sees http.
    A wildcard lists nobody here.
    """

    def __init__(self, listed: Iterable[str]) -> None:
        origins = ("/".join(each.split("/")[:3]) for each in listed)
        self._listed = frozenset(origin for each in origins if (origin := _parsed(each)) is not None)

    def sent(self, headers: Headers) -> bool:
        """Whether a request comes from such a page, by its one `Origin` header."""
        given = headers.getlist("origin")
        origin = _parsed(given[0]) if len(given) == 1 else None
        return origin is not None and (origin in self._listed or origin == _own(headers, origin[0]))


def _parsed(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for `null`, `*` and whatever else is no origin."""
    parts = _ORIGIN.fullmatch(origin.lower())
    if parts is None:
        return None
    return parts["scheme"], parts["host"], int(parts["port"] or _DEFAULT_PORTS[parts["scheme"]])


def _own(headers: Headers, scheme: str) -> tuple[str, str, int] | None:
    hosts = headers.getlist("host")
    return _parsed(f"{scheme}://{hosts[0]}") if len(hosts) == 1 else None
