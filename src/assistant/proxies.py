"""Which proxy stands before a provider: what the environment says, as curl and HTTPX read it."""

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_for(url: str) -> str | None:
    """The proxy by `HTTPS_PROXY` or `HTTP_PROXY`, else `ALL_PROXY`; None where there is none.

    `NO_PROXY` names who is reached without: hosts and all below them, with a port or without, and networks.
    """
    to = urlsplit(url)
    known = getproxies()
    proxy = known.get(to.scheme) or known.get("all")
    host = to.hostname or ""
    if not proxy or proxy_bypass(host) or proxy_bypass(to.netloc.rpartition("@")[2]):
        return None
    if _is_in(known.get("no", ""), host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_in(named: str, host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _networks(named))


def _networks(named: str) -> Iterator[IPv4Network | IPv6Network]:
    for name in named.split(","):
        with suppress(ValueError):
            yield ip_network(name.strip(), strict=False)
