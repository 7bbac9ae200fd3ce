"""Spans, as a collector receives them."""

import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from src.core.database import Database
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.telemetry import is_wanted, tracing_for
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, token_for

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
VALUE = "s3cret"


@dataclass
class Collector:
    """An OpenTelemetry collector that keeps what it is sent."""

    url: str
    received: list[ExportTraceServiceRequest] = field(default_factory=list)

    def spans(self) -> list[Span]:
        scopes = (
            scope for each in self.received for part in each.resource_spans for scope in part.scope_spans
        )
        return [span for scope in scopes for span in scope.spans]

    def named(self, name: str) -> Span:
        (span,) = (each for each in self.spans() if each.name == name)
        return span

    def resource(self) -> dict[str, Any]:
        return _attributes(self.received[0].resource_spans[0].resource)


def _attributes(owner: Any) -> dict[str, Any]:
    values = ((each.key, each.value) for each in owner.attributes)
    return {key: getattr(value, value.WhichOneof("value")) for key, value in values}


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.received.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield collector
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.fixture(name="collector")
def the_collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        yield collector


@asynccontextmanager
async def traced(postgres: EmbeddedPostgres, folder: Path, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that has sent all its spans when the context ends."""
    settings = settings_for(postgres.url, folder)
    async with (
        running(create_app(settings, clock=StandingClock())) as app,
        client_of(app, token_for(user_id)) as client,
    ):
        yield client


async def test_a_request_and_its_statements_are_one_trace(
    postgres: EmbeddedPostgres, tmp_path: Path, user_id: str, collector: Collector
) -> None:
    async with traced(postgres, tmp_path, user_id) as client:
        response = await client.get("/api/me/tasks/7", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})

    request = next(each for each in collector.spans() if each.trace_id.hex() == TRACE and each.kind == 2)
    (statement,) = (each for each in collector.spans() if each.parent_span_id == request.span_id)
    attributes = _attributes(statement)
    assert request.name == "GET /api/{user_id}/tasks/{task_id}"
    assert request.parent_span_id.hex() == PARENT
    assert _attributes(request) == {
        "http.request.method": "GET",
        "http.route": "/api/{user_id}/tasks/{task_id}",
        "http.response.status_code": 404,
        "todo.request_id": response.headers["X-Request-ID"],
    }
    assert (statement.name, attributes["db.system.name"]) == ("postgresql", "postgresql")
    assert "$1" in attributes["db.query.text"]
    assert collector.resource()["service.name"] == "todo-ai"
    assert not {name for name in response.headers if "trace" in name}


async def test_model_calls_and_tool_calls_are_traced_without_what_was_said(
    postgres: EmbeddedPostgres, tmp_path: Path, user_id: str, collector: Collector
) -> None:
    async with traced(postgres, tmp_path, user_id) as client:
        message = {"message": f"add a task to call {VALUE}"}
        assert (await client.post("/api/me/chat", json=message)).is_success

    request = collector.named("POST /api/{user_id}/chat")
    tool = collector.named("execute_tool add_task")
    models = [each for each in collector.spans() if each.name.startswith("chat ")]
    inserted = [each for each in collector.spans() if each.parent_span_id == tool.span_id]
    assert {each.trace_id for each in [tool, *models, *inserted]} == {request.trace_id}
    assert [_attributes(each)["gen_ai.provider.name"] for each in models] == ["local", "local"]
    assert _attributes(tool)["gen_ai.tool.name"] == "add_task"
    assert inserted
    told = str(collector.received)
    assert VALUE not in told
    assert user_id not in told


def database_of(client: httpx.AsyncClient) -> Database:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    database: Database = cast(FastAPI, transport.app).state.database
    return database


async def test_what_fails_is_told_by_its_kind(
    postgres: EmbeddedPostgres, tmp_path: Path, user_id: str, collector: Collector
) -> None:
    async with traced(postgres, tmp_path, user_id) as client:
        await database_of(client).close()
        response = await client.get("/api/me/tasks/7")

    request = collector.named("GET /api/{user_id}/tasks/{task_id}")
    statement = next(each for each in collector.spans() if each.parent_span_id == request.span_id)
    assert response.status_code == 503
    assert request.status.code == statement.status.code == 2
    assert (_attributes(request)["error.type"], request.status.message) == ("503", "")
    assert _attributes(statement)["error.type"] == "DatabaseUnavailable"
    assert not statement.events


async def test_the_service_may_be_named(
    postgres: EmbeddedPostgres,
    tmp_path: Path,
    user_id: str,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "our-todos")
    async with traced(postgres, tmp_path, user_id) as client:
        await client.get("/health")

    assert collector.resource()["service.name"] == "our-todos"


async def test_a_collector_that_is_away_delays_neither_answers_nor_the_end(
    postgres: EmbeddedPostgres, tmp_path: Path, user_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    started = time.monotonic()

    async with traced(postgres, tmp_path, user_id) as client:
        assert (await client.get("/health")).is_success

    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_SERVICE_NAME": "todo"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "True"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_spans_are_sent_where_the_standard_variables_say(variables: dict[str, str], wanted: bool) -> None:
    assert is_wanted(variables) is wanted


def test_without_the_extra_that_is_said_and_nothing_is_traced(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "src.core.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    tracing = tracing_for({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"})

    assert tracing is None
    assert "extra 'otel' is not installed" in caplog.text
