"""The metrics of an application, in a registry of its own."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypeAlias

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.types import Scope

from src.core.current_request import CurrentRequest, route_of
from src.core.database import Database

_LATENCIES = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_REQUEST_LABELS = ("method", "route", "status")
_PUBLISHED_SECONDS = 5.0
_Note: TypeAlias = Callable[[float], None]


class Metrics:
    """Counts what happens. With `PROMETHEUS_MULTIPROC_DIR` set, workers are added up by their files there."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # The library leaves it open.
        self._registry = registry = CollectorRegistry()
        self._is_shared = "PROMETHEUS_MULTIPROC_DIR" in os.environ
        if not self._is_shared:
            ProcessCollector(registry=registry)
            PlatformCollector(registry=registry)
        self._requests = _counter(registry, "http_requests", "Requests answered", *_REQUEST_LABELS)
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "From a request to the end of its answer; streams last",
            _REQUEST_LABELS,
            buckets=_LATENCIES,
            registry=registry,
        )
        self._queries = _counter(registry, "todo_database_queries", "Statements that requests ran")
        self._turns = _counter(
            registry, "todo_chat_turns", "Chat turns by how they ended", "outcome", "provider"
        )
        self._tokens = _counter(
            registry, "todo_model_tokens", "Tokens of language models", "provider", "direction"
        )
        self._tools = _counter(registry, "todo_tool_calls", "Tool calls by how they ended", "tool", "outcome")
        self._refusals = _counter(registry, "todo_limit_refusals", "Requests refused by a limit", "limit")
        self._in_flight_gauge = _gauge(registry, "http_requests_in_flight", "Requests being answered")
        self._pool = {
            name: _gauge(registry, f"todo_database_pool_{name}", told) for name, told in _POOL.items()
        }
        self._in_flight = 0
        # Looking a child up by its labels costs more than counting with it.
        self._notes: dict[tuple[str, str | None, int], tuple[Callable[[], None], _Note]] = {}

    def began(self, scope: Scope, request: CurrentRequest) -> None:
        del scope
        request.metrics = self
        self._in_flight += 1

    def ended(self, scope: Scope, request: CurrentRequest, status: int, seconds: float) -> None:
        self._in_flight -= 1
        key = (scope["method"], route_of(scope), status // 100)
        count, observe = self._notes.get(key) or self._noting(*key)
        count()
        observe(seconds)
        if request.queries:
            self._queries.inc(request.queries)

    def _noting(self, method: str, route: str | None, hundreds: int) -> tuple[Callable[[], None], _Note]:
        known = method if method in _METHODS else "other"
        labels = (known, route or "unmatched", f"{hundreds}xx")
        notes = self._requests.labels(*labels).inc, self._seconds.labels(*labels).observe
        if known == method:
            self._notes[method, route, hundreds] = notes
        return notes

    def turn_ended(self, outcome: str, provider: str | None, tokens_in: int, tokens_out: int) -> None:
        provider = provider or "none"
        self._turns.labels(outcome, provider).inc()
        self._tokens.labels(provider, "in").inc(tokens_in)
        self._tokens.labels(provider, "out").inc(tokens_out)

    def tool_called(self, tool: str, outcome: str) -> None:
        self._tools.labels(tool, outcome).inc()

    def limit_refused(self, name: str) -> None:
        self._refusals.labels(name).inc()

    @asynccontextmanager
    async def watching(self, database: Database) -> AsyncIterator[None]:
        """Tell the state of the pool: when asked, or where workers share files, every few seconds."""
        if not self._is_shared:
            self._in_flight_gauge.set_function(lambda: self._in_flight)
            for name, gauge in self._pool.items():
                gauge.set_function(partial(_figure, database, name))
            yield
            return
        publishing = asyncio.create_task(self._keep_publishing(database))
        try:
            yield
        finally:
            publishing.cancel()
            with suppress(asyncio.CancelledError):
                await publishing
            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call] # As above.

    async def _keep_publishing(self, database: Database) -> None:
        while True:
            self._in_flight_gauge.set(self._in_flight)
            for name, value in _pool_of(database).items():
                self._pool[name].set(value)
            await asyncio.sleep(_PUBLISHED_SECONDS)

    def told(self, accepted: str) -> tuple[bytes, str]:
        """All metrics in the format that an `Accept` header asks for, and its content type."""
        registry = self._registry
        if self._is_shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # As above.
        encode, content_type = choose_encoder(accepted)
        return encode(registry), content_type


_POOL = {
    "size": "Connections that are open",
    "used": "Connections that work for somebody",
    "waiting": "Who waits for a connection",
}


def _figure(database: Database, name: str) -> int:
    return _pool_of(database)[name]


def _pool_of(database: Database) -> dict[str, int]:
    state = database.pool_state()
    return {"size": state.size, "used": state.used, "waiting": state.waiting}


def _counter(registry: CollectorRegistry, name: str, told: str, *labels: str) -> Counter:
    return Counter(name, told, labels, registry=registry)


def _gauge(registry: CollectorRegistry, name: str, told: str) -> Gauge:
    return Gauge(name, told, registry=registry, multiprocess_mode="livesum")
