"""How an answer tells what is left of a limit."""

from dataclasses import dataclass

from starlette.types import Scope

from src.core.errors import DomainError
from src.core.shared_limits import Allowance, Limit, RateLimitExceeded

_NAMES = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of the tightest of some limits."""

    allowance: Allowance
    limits: tuple[Limit, ...]

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The fields of draft-ietf-httpapi-ratelimit-headers §§3 and 4: lists of named items (RFC 9651)."""
        policies = ", ".join(f'"{_name(each)}";q={each.most};w={each.seconds}' for each in self.limits)
        left = self.allowance
        told = f'"{_name(left.limit)}";r={left.remaining};t={left.reset_seconds}'
        return [(b"ratelimit-policy", policies.encode()), (b"ratelimit", told.encode())]


def _name(limit: Limit) -> str:
    return _NAMES.get(limit.seconds) or f"{limit.seconds} seconds"


def tell(scope: Scope, quota: Quota) -> None:
    """Let the answer to a request say what is left of a limit."""
    scope["quota"] = quota


def tell_refusal(scope: Scope, error: DomainError) -> None:
    """Let the answer to a request say which limit refused it, if it was one that can be counted down."""
    if isinstance(error, RateLimitExceeded):
        tell(scope, Quota(error.allowance, error.limits))
