"""What the rooms below may note about the request that is being answered, without being handed it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from starlette.types import Scope

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.trace import Span

    from src.core.prometheus import Metrics
    from src.core.tracing import Tracing


class CurrentRequest:
    """A request while it is answered, and whoever observes it; what it started goes on noting here."""

    __slots__ = ("id", "metrics", "queries", "span", "status", "trace_id", "tracing")

    def __init__(self, request_id: str) -> None:
        self.id = request_id
        self.status: int | None = None
        """The status of the answer, once that has begun."""
        self.queries = 0
        self.metrics: Metrics | None = None
        self.tracing: Tracing | None = None
        self.span: tuple[Span, Token[Context]] | None = None
        self.trace_id: str | None = None


current_request: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)
NOTHING: AbstractContextManager[Any] = nullcontext()


def statement_run(text: str) -> AbstractContextManager[Any]:
    """Count a statement for the request, and trace it where that is wanted; its values are not looked at."""
    request = current_request.get()
    if request is None:
        return NOTHING
    request.queries += 1
    return NOTHING if request.tracing is None else request.tracing.statement(text)


def span(
    name: str, attributes: Mapping[str, Any], *, is_current: bool = True
) -> "AbstractContextManager[Span | None]":
    """Trace what happens in this context, where that is wanted.

    In a generator it must not be current: whoever reads that may go on in another task.
    """
    request = current_request.get()
    if request is None or request.tracing is None:
        return NOTHING
    return request.tracing.span(name, attributes, is_current=is_current)


def route_of(scope: Scope) -> str | None:
    """The template of the route that a request met: paths themselves hold ids and tokens."""
    path: str | None = getattr(scope.get("route"), "path", None)
    return path
