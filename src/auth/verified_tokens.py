"""What verified tokens said, remembered for moments: the same one comes with every request of a page."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from src.auth.claims import LEEWAY_SECONDS
from src.auth.identity import Audience, Identity

MAX_TOKENS = 4096
REMEMBERED_SECONDS = 30


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """Whom a token speaks for, by its signature and claims alone."""

    identity: Identity
    session_id: str | None = None
    """The session of the issuer that it came from, where it names one: it must be alive still."""


class VerifiedTokens:
    """The tokens seen last, by a hash: whoever reads this memory finds none."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, tuple[float, float, VerifiedToken]] = OrderedDict()

    def get(self, token: str, audience: Audience, at: float) -> VerifiedToken | None:
        """A token verified less than 30 seconds before an instant at which it has not expired."""
        name = _name(token, audience)
        since, until, verified = self._seen.get(name, (0.0, 0.0, None))
        if verified is None or not since <= at < until:
            return None
        self._seen.move_to_end(name)
        return verified

    def add(self, token: str, audience: Audience, at: float, verified: VerifiedToken) -> None:
        until = at + REMEMBERED_SECONDS
        if verified.identity.expires_at is not None:
            until = min(until, verified.identity.expires_at + LEEWAY_SECONDS)
        name = _name(token, audience)
        self._seen[name] = (at, until, verified)
        self._seen.move_to_end(name)
        if len(self._seen) > MAX_TOKENS:
            self._seen.popitem(last=False)


def _name(token: str, audience: Audience) -> bytes:
    return hashlib.blake2b(f"{audience.value}:{token}".encode(), digest_size=32).digest()
