"""Secrets in rotation, as Better Auth writes them: `2:new,1:old`."""

import re

_ENTRY = re.compile(r"\s*([0-9]{1,9})\s*:\s*(\S(?:.*\S)?)\s*")


class InvalidRotation(ValueError):
    """The value of BETTER_AUTH_SECRETS is no list of numbered secrets."""


def parse_rotation(text: str) -> tuple[str, ...]:
    """The secrets, the one that signs first; `InvalidRotation` never quotes them."""
    entries = [_ENTRY.fullmatch(each) for each in text.split(",")]
    versions = {int(entry[1]) for entry in entries if entry}
    if len(versions) < len(entries):
        raise InvalidRotation("BETTER_AUTH_SECRETS must look like 2:new,1:old, each number once.")
    return tuple(entry[2] for entry in entries if entry)
