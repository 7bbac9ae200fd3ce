"""Who is acting: the caller of a request, carried across in-process tool calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from src.auth.identity import EVERY_SCOPE, Scope
from src.core.errors import DomainError, ErrorKind, Forbidden


class ActorKind(StrEnum):
    """Whose hand made a change."""

    USER = "user"
    AGENT = "agent"
    MCP_CLIENT = "mcp_client"


@dataclass(frozen=True, slots=True)
class Actor:
    """The hand that acts for a user: the user, an agent (its model) or an MCP client (its name)."""

    kind: ActorKind = ActorKind.USER
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose data a request may touch, and for whom it is answered."""

    user_id: str
    email: str | None = None
    timezone: str | None = None
    """The IANA zone this request asked for (`X-Timezone`); the stored setting counts where it is None."""
    actor: Actor = Actor()
    scopes: frozenset[Scope] = EVERY_SCOPE

    def require_write(self) -> None:
        """Refuse a credential that only reads; raises `InsufficientScope`."""
        if Scope.WRITE not in self.scopes:
            raise InsufficientScope


class Unauthenticated(DomainError):
    """Nobody, or nobody we know."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "unauthenticated"


class InvalidToken(Unauthenticated):
    """A token, session or cookie that is not accepted."""

    code = "invalid_token"


class ExpiredToken(InvalidToken):
    """A token whose time is over."""

    code = "token_expired"


class InsufficientScope(Forbidden):
    """The credential reads, and this would change something."""

    code = "insufficient_scope"

    def __init__(self) -> None:
        super().__init__("This credential may only read; this needs one with the scope 'write'.")


_acting: ContextVar[Caller | None] = ContextVar("acting_caller", default=None)


@contextmanager
def acting_as(caller: Caller) -> Iterator[None]:
    """Let tool calls made inside this block act for the caller."""
    token = _acting.set(caller)
    try:
        yield
    finally:
        _acting.reset(token)


def acting_caller() -> Caller | None:
    return _acting.get()
