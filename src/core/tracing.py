"""Spans by OpenTelemetry: of requests, statements, model calls and tool calls; none of them holds a value."""

import asyncio
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import Token
from types import TracebackType
from typing import Any

from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from src.core.current_request import CurrentRequest, route_of
from src.core.health import SERVICE_NAME, VERSION

_CLOSING_SECONDS = 1.5
"""How long the end of the service waits for a collector that may be away itself."""
_TRACE_HEADERS = {b"traceparent": "traceparent", b"tracestate": "tracestate"}
_W3C = TraceContextTextMapPropagator()


class Tracing:
    """Sends spans to the collector that the standard variables name, in a thread of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        # Not the global provider: libraries would add spans of their own, with values in them.
        self._provider = TracerProvider(resource=_resource(environment), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(SERVICE_NAME, VERSION)

    def began(self, scope: Scope, request: CurrentRequest) -> None:
        given = {_TRACE_HEADERS[name]: value for name, value in scope["headers"] if name in _TRACE_HEADERS}
        parent = _W3C.extract({name: value.decode("latin-1") for name, value in given.items()})
        attributes = {"http.request.method": scope["method"], "todo.request_id": request.id}
        span = self._tracer.start_span(scope["method"], parent, SpanKind.SERVER, attributes)
        request.tracing = self
        request.trace_id = f"{span.get_span_context().trace_id:032x}"
        request.span = (span, contexts.attach(set_span_in_context(span, parent)))

    def ended(self, scope: Scope, request: CurrentRequest, status: int, seconds: float) -> None:
        del seconds
        assert request.span is not None  # noqa: S101 - it began here.
        span, token = request.span
        if (route := route_of(scope)) is not None:
            span.update_name(f"{scope['method']} {route}")
            span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_attribute("error.type", str(status))
            span.set_status(Status(StatusCode.ERROR))
        span.end()
        contexts.detach(token)

    def statement(self, text: str) -> AbstractContextManager[Span]:
        """A span of a statement: its text has places for values, not the values."""
        attributes = {"db.system.name": "postgresql", "db.query.text": text}
        return self.span("postgresql", attributes, kind=SpanKind.CLIENT, is_current=False)

    def span(
        self,
        name: str,
        attributes: Mapping[str, Any],
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        is_current: bool = True,
    ) -> AbstractContextManager[Span]:
        """A span under the current one, for as long as the context lasts."""
        span = self._tracer.start_span(name, kind=kind, attributes=dict(attributes))
        return _Lasting(span, is_current=is_current)

    async def close(self) -> None:
        """Send what is left, but wait for no collector: at the end there is little time."""
        closing = threading.Thread(target=self._provider.shutdown, name="spans", daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, _CLOSING_SECONDS)


class _Lasting:
    """A span as a context; what goes wrong within is told by its kind alone."""

    __slots__ = ("_is_current", "_span", "_token")

    def __init__(self, span: Span, *, is_current: bool) -> None:
        self._span = span
        self._is_current = is_current
        self._token: Token[Context] | None = None

    def __enter__(self) -> Span:
        if self._is_current:
            self._token = contexts.attach(set_span_in_context(self._span))
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not isinstance(error, GeneratorExit):
            self._span.set_attribute(
                "error.type", getattr(error, "sqlstate", None) or type(error).__qualname__
            )
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()
        if self._token is not None:
            contexts.detach(self._token)


def _resource(environment: Mapping[str, str]) -> Resource:
    attributes = {"service.version": VERSION}
    is_named = environment.get("OTEL_SERVICE_NAME") or "service.name=" in environment.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    # What is given here wins over the variables.
    return Resource.create(attributes if is_named else {"service.name": SERVICE_NAME, **attributes})
