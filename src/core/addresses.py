"""Addresses of clients, as limits count them."""

import ipaddress

_IPV6_SITE_BITS = 64


def site_of(address: str) -> str:
    """An IPv4 address, or the network of an IPv6 one; what is neither stays as it is.

    Whoever has an IPv6 address has the 2⁶⁴ of its site to take others from (RFC 6177 §2).
    """
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_SITE_BITS), strict=False))
