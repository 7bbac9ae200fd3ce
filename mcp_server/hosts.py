"""Whom a request may be addressed to and from which page it may come: the guard against DNS rebinding.

A page whose host name is made to resolve to this machine could otherwise reach a service that only listens
here; its requests still name the foreign host (MCP, Streamable HTTP, "Security Warning").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from src.auth.authenticator import UntrustedOrigin
from src.core.config import Settings
from src.core.errors import Forbidden

EVERY = "*"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class UnknownHost(Forbidden):
    """The request is addressed to a host that this service does not go by."""

    code = "unknown_host"


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Host names that this service goes by and origins whose pages may call it, whatever the port here."""

    hosts: frozenset[str]
    origins: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the settings allow: this machine, `PUBLIC_URL`, `MCP_ALLOWED_HOSTS`, `CORS_ORIGINS`."""
        space = settings.space_host if settings.space_id else None
        named = [settings.public_url, settings.host, space, *settings.mcp_allowed_hosts]
        origins = {_origin(settings.public_url)} if settings.public_url else set()
        origins |= {EVERY} if settings.allow_all_origins else set(settings.cors_origins)
        return cls(_LOOPBACK | _names(named), frozenset(origins))

    def require(self, host: str, origin: str | None) -> None:
        """Refuse a request by its headers `Host` and `Origin`.

        Raises:
            UnknownHost: it is addressed to somebody else.
            UntrustedOrigin: a page that is not trusted sends it.
        """
        if EVERY not in self.hosts and _host_name(host) not in self.hosts:
            raise UnknownHost(
                f"This service does not go by the name '{host[:255]}'; if it should, set PUBLIC_URL, or "
                "name the host in MCP_ALLOWED_HOSTS."
            )
        if origin and not self._is_trusted(origin):
            raise UntrustedOrigin(
                f"Pages of '{origin[:255]}' may not call this; if they should, name it in CORS_ORIGINS."
            )

    def _is_trusted(self, origin: str) -> bool:
        return EVERY in self.origins or origin in self.origins or _host_name(_authority(origin)) in _LOOPBACK


def _names(named: Iterable[str | None]) -> frozenset[str]:
    return frozenset(_host_name(_authority(each)) for each in named if each)


def _origin(url: str) -> str:
    return f"{url.partition('//')[0]}//{_authority(url)}"


def _authority(url: str) -> str:
    """`name:port` of a URL, or of a name that stands by itself."""
    return (url.partition("//")[2] or url).partition("/")[0]


def _host_name(netloc: str) -> str:
    """The name in `name:port` and `[address]:port`, in lower case."""
    name = netloc.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    head, colon, port = name.rpartition(":")
    return head if colon and port.isdigit() and ":" not in head else name
