"""Entity tags of tasks: `ETag`, `If-Match` and `If-None-Match` (RFC 9110 §13.1)."""

import re

from src.core.errors import InvalidInput

_TAG = re.compile(r'\s*(?:W/)?"([^"]*)"\s*')


def etag(version: int) -> str:
    return f'"{version}"'


def wanted_versions(if_match: str | None) -> frozenset[str] | None:
    """The versions of which one must be the current; None where any will do.

    Raises:
        InvalidInput: the header is neither `*` nor a list of quoted tags.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    return _tags(if_match, "If-Match")


def is_known(if_none_match: str | None, version: int) -> bool:
    """Whether the client already has this version."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or str(version) in _tags(if_none_match, "If-None-Match")


def _tags(header: str, name: str) -> frozenset[str]:
    matches = [_TAG.fullmatch(part) for part in header.split(",")]
    if not all(matches):
        raise InvalidInput(name, f'{name} takes an ETag such as "3", as an earlier answer gave it.')
    return frozenset(match[1] for match in matches if match)
