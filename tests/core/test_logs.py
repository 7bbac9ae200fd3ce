"""What the log tells, and what it never does."""

import asyncio
import gc
import json
import logging
import os
import re
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from src.core.embedded_postgres import EmbeddedPostgres
from src.core.errors import DatabaseUnavailable
from src.core.log_writer import MOST_WAITING, LogWriter
from src.core.logs import configure_logging, flush_logs
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, create_task, token_for

VALUE = "s3cret"
"""By its name here: the lines of code that a traceback shows are no secret."""
Events = Callable[[], list[dict[str, Any]]]


@pytest.fixture(scope="module")
async def telling_app(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FastAPI]:
    """A service that logs all it ever does."""
    settings = settings_for(postgres.url, tmp_path_factory.mktemp("data"))
    told = settings.model_copy(update={"log_level": "DEBUG", "log_format": "json"})
    async with running(create_app(told, clock=StandingClock())) as app:
        await app.state.assistant()
        yield app
    configure_logging(settings.log_level)


@pytest.fixture
def events(telling_app: FastAPI, capfd: pytest.CaptureFixture[str]) -> Events:
    """The lines written since, in which nothing else may be."""
    del telling_app

    def written() -> list[dict[str, Any]]:
        flush_logs()
        return [json.loads(line) for line in capfd.readouterr().err.splitlines()]

    written()
    return written


@pytest.fixture
async def told(telling_app: FastAPI, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(telling_app, token_for(user_id)) as client:
        yield client


async def test_a_request_is_one_line(told: httpx.AsyncClient, events: Events) -> None:
    response = await told.get("/api/me/tasks?search=milk")

    (line,) = events()
    assert line.keys() == {
        "timestamp", "level", "logger", "event", "request_id", "user", "method", "route", "status",
        "duration_ms", "queries",
    }  # fmt: skip
    assert (line["level"], line["logger"], line["event"]) == ("info", "todo.access", "request")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/{user_id}/tasks", 200)
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
    assert line["duration_ms"] > 0
    assert line["queries"] >= 1


async def test_a_user_has_one_name_that_is_not_their_id(
    telling_app: FastAPI, told: httpx.AsyncClient, user_id: str, events: Events
) -> None:
    await told.get("/api/me/tasks")
    await told.get(f"/api/{user_id}/tasks")
    async with client_of(telling_app, token_for("somebody-else")) as other:
        await other.get("/api/me/tasks")

    first, second, others = (line["user"] for line in events())
    assert re.fullmatch("[0-9a-f]{12}", first)
    assert first == second != others


async def test_whoever_has_not_signed_in_has_no_name(telling_app: FastAPI, events: Events) -> None:
    async with client_of(telling_app, None) as client:
        await client.get("/health")
        await client.get("/api/me/tasks")

    assert [(line["user"], line["status"]) for line in events()] == [(None, 200), (None, 401)]


async def test_an_mcp_client_has_the_name_of_its_user(told: httpx.AsyncClient, events: Events) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream", "Host": "localhost"}

    await told.post("/api/mcp", json=ping, headers=headers)
    await told.get("/api/me/tasks")

    over_mcp, over_rest = (line for line in events() if line["logger"] == "todo.access")
    assert over_mcp["route"] == "/api/mcp"
    assert over_mcp["user"] == over_rest["user"] is not None


async def test_statements_are_counted_for_each_request(told: httpx.AsyncClient, events: Events) -> None:
    await told.get("/health")
    await asyncio.gather(*(told.get("/api/me/tasks/1") for _ in range(5)))
    await told.post("/api/me/chat", json={"message": "add a task to buy milk"})

    health, *gets, chat = [line["queries"] for line in events() if line["logger"] == "todo.access"]
    assert health == 0
    assert set(gets) == {1}
    assert chat > 2


async def test_neither_path_nor_query_is_told(told: httpx.AsyncClient, events: Events) -> None:
    feed = httpx.URL((await told.post("/api/me/feed")).json()["url"]).path
    task = await create_task(told, "Water the plants")

    await told.get(feed)
    await told.get("/nowhere-s3cret%0d%0aGET /forged 200%00%e2%80%a8?token=s3cret")
    await told.get(f"/api/me/tasks/{task['id']}?x=s3cret")

    lines = events()
    assert feed.rpartition("/")[2] not in str(lines)
    assert "s3cret" not in str(lines)
    assert "forged" not in str(lines)
    assert [(line["route"], line["status"]) for line in lines[-3:]] == [
        ("/api/feed/{token}.ics", 200),
        (None, 404),
        ("/api/{user_id}/tasks/{task_id}", 422),
    ]


async def test_what_is_logged_on_the_way_carries_the_id_of_the_request(
    telling_app: FastAPI, told: httpx.AsyncClient, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise KeyError(VALUE)

    monkeypatch.setattr(telling_app.state.database, "fetch_one", broken)

    response = await told.get("/api/me/tasks/7", headers={"X-Request-ID": "ours-1"})

    assert response.status_code == 500
    error, access = events()
    assert error["event"] == "unhandled error in GET /api/{user_id}/tasks/{task_id}"
    assert (error["level"], error["logger"]) == ("error", "src.core.middleware")
    assert error["exception"].splitlines()[-1] == "KeyError"
    assert "in broken" in error["exception"]
    assert error["request_id"] == access["request_id"] == "ours-1"
    assert access["status"] == 500


async def test_nothing_that_was_said_or_proves_who_speaks_is_logged(
    telling_app: FastAPI, user_id: str, events: Events
) -> None:
    token = token_for(user_id)
    cookie = "better-auth.session_token=s3cret-session.s3cret-signature"
    headers = {"Authorization": f"Bearer {token}", "Cookie": cookie}
    async with client_of(telling_app, None) as client:
        client.headers.update(headers)
        for message in ("add a task to call s3cret", "what are my tasks?", "explode s3cret"):
            assert (await client.post("/api/me/chat", json={"message": message})).is_success
        async with client.stream("POST", "/api/me/chat?stream=true", json={"message": "s3cret?"}) as stream:
            await stream.aread()
        await client.post("/api/me/chat", json={"message": "s3cret", "conversation_id": 999_999})
        await client.post("/api/me/chat", content=b'{"message": "s3cret"')
        await client.get("/api/me/tasks?search=s3cret")
        await client.post("/api/chatkit", json={"type": "s3cret"})

    told = str(events())
    assert "s3cret" not in told
    assert token not in told
    assert user_id not in told


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "ALTER TABLE task ADD CONSTRAINT told CHECK (title NOT LIKE 's3cret%') NOT VALID",
            'CheckViolationError: new row for relation "task" violates check constraint "told" '
            "(23514, task, told)",
        ),
        (
            "CREATE UNIQUE INDEX told ON task (title) WHERE title LIKE 's3cret%'",
            'UniqueViolationError: duplicate key value violates unique constraint "told" (23505, task, told)',
        ),
    ],
)
async def test_a_failing_statement_is_told_without_the_row(
    postgres: EmbeddedPostgres, told: httpx.AsyncClient, user_id: str, events: Events, rule: str, said: str
) -> None:
    async with ruled(postgres, rule):
        responses = [await told.post("/api/me/tasks", json={"title": "s3cret plan"}) for _ in range(2)]

    lines = events()
    assert responses[-1].status_code == 500
    assert "s3cret" not in str(lines)
    assert user_id not in str(lines)
    error = next(line for line in reversed(lines) if line["level"] == "error")
    assert error["exception"].splitlines()[-1] == said
    assert '/src/tasks/service.py", line ' in error["exception"]


@asynccontextmanager
async def ruled(postgres: EmbeddedPostgres, rule: str) -> AsyncIterator[None]:
    """A rule that what is written breaks, while the context lasts."""
    connection = await asyncpg.connect(postgres.url)
    try:
        await connection.execute("DELETE FROM task WHERE title LIKE 's3cret%'")
        await connection.execute(rule)
        yield
    finally:
        await connection.execute("ALTER TABLE task DROP CONSTRAINT IF EXISTS told")
        await connection.execute("DROP INDEX IF EXISTS told")
        await connection.close()


class Quoting(Exception):
    """Says what it met."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError(VALUE), "ValueError"),
        (Quoting(VALUE), "Quoting"),
        (OSError(111, "Connect call failed ('127.0.0.1', 5432)"), "ConnectionRefusedError: [Errno 111] Conn"),
        (httpx.ConnectTimeout("timed out"), "ConnectTimeout: timed out"),
        (httpx.HTTPError(VALUE), "HTTPError"),
        (asyncpg.DataError(VALUE), "DataError"),
        (
            asyncpg.InvalidTextRepresentationError(f"syntax: {VALUE}"),
            "InvalidTextRepresentationError: (22P02)",
        ),
        (DatabaseUnavailable(VALUE), "DatabaseUnavailable: database_unavailable"),
    ],
)
def test_an_error_that_is_logged_tells_no_values(
    telling_app: FastAPI, events: Events, error: Exception, said: str
) -> None:
    del telling_app
    log = logging.getLogger("some.library")

    log.warning("it failed: %s %s", 7, error)
    log.error(error)
    log.error("it failed", exc_info=_raised(error))

    as_argument, as_message, as_traceback = events()
    assert as_argument["event"].startswith(f"it failed: 7 {said}")
    assert as_message["event"].startswith(said)
    assert as_traceback["exception"].splitlines()[-1].startswith(said)
    assert "s3cret" not in str([as_argument, as_message, as_traceback])


def _raised(error: Exception) -> Exception:
    """The error as the last of a chain that begins with a group, each of which quotes too."""
    with pytest.raises(type(error)) as caught:
        _raise(error, cause=ExceptionGroup(VALUE, [Quoting(VALUE)]))
    return caught.value


def _raise(error: Exception, cause: Exception | None = None) -> NoReturn:
    raise error from cause


def test_a_traceback_that_is_a_text_loses_its_sentences(events: Events) -> None:
    with pytest.raises(Quoting) as caught:
        _raise(Quoting(f"{VALUE}\nDETAIL: {VALUE}\n    {VALUE}"), cause=ValueError(VALUE))

    logging.getLogger("uvicorn.error").error("".join(traceback.format_exception(caught.value)))

    (line,) = events()
    assert VALUE not in line["event"]
    assert "raise error from cause" in line["event"]
    assert line["event"].splitlines()[0] == "ValueError"
    assert line["event"].splitlines()[-1] == "tests.core.test_logs.Quoting"


async def test_a_task_that_nobody_waited_for_tells_no_values(events: Events) -> None:
    async def failing() -> None:
        raise Quoting(VALUE)

    task = asyncio.create_task(failing())
    await asyncio.wait([task])
    del task
    gc.collect()

    (line,) = events()
    assert (line["logger"], line["event"]) == ("asyncio", "Task exception was never retrieved")
    assert line["exception"].splitlines()[-1] == "Quoting"


@pytest.mark.parametrize(
    "secret",
    [
        token_for("somebody"),
        "Bearer abcdefghijklmnop",
        "todo_pat_0123456789abcdefghij",
        "sk-proj-0123456789abcdef",
        "postgresql://ann:hunter2@db.example/todo",
    ],
)
def test_what_looks_like_a_secret_is_not_written(events: Events, secret: str) -> None:
    logging.getLogger("some.library").warning("trying with %s now", secret)

    (line,) = events()
    assert "[redacted]" in line["event"]
    assert secret.removeprefix("Bearer ") not in line["event"]
    assert "hunter2" not in line["event"]


@pytest.mark.parametrize("library", ["openai", "httpx", "mcp.server", "asyncpg", "some.library"])
def test_libraries_do_not_tell_all_they_do(events: Events, library: str) -> None:
    logging.getLogger(library).debug("the body is s3cret")

    assert events() == []


def test_text_that_is_no_unicode_is_told_escaped(events: Events) -> None:
    logging.getLogger("src.test").warning("half a pair: %s", "\ud800")

    (line,) = events()
    assert line["event"] == "half a pair: \ud800"


def test_an_event_that_cannot_be_told_stops_nothing() -> None:
    reading, writing = os.pipe()
    writer = LogWriter(
        writing, lambda: lambda event: f"{1 / len(event['event'])} {event['event']}\n".encode()
    )

    writer.put({"event": ""})
    writer.put({"event": "next"})
    writer.flush()

    told = os.read(reading, 1 << 16).decode().splitlines()
    assert [line.partition(" ")[2] for line in told] == [
        "an event could not be told: ZeroDivisionError",
        "next",
    ]


async def test_at_warning_there_is_no_line_for_a_request(
    app: FastAPI, client: httpx.AsyncClient, events: Events
) -> None:
    await client.get("/api/me/tasks")

    assert app.state.observation.observers() == []
    assert events() == []


def test_on_a_terminal_it_is_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "console")

    logging.getLogger("src.test").warning("it happened")
    flush_logs()

    line = capfd.readouterr().err
    configure_logging("WARNING", "auto")
    assert "it happened" in line
    assert not line.startswith("{")


def test_a_reader_that_stalls_delays_nobody_and_is_told_what_it_missed() -> None:
    reading, writing = os.pipe()
    writer = LogWriter(writing, lambda: lambda event: (event["event"] * 10 + "\n").encode())

    for number in range(2 * MOST_WAITING):
        writer.put({"event": f"{number:09}"})
    writer.flush(0.01)

    received = b""
    while b"not written" not in received:
        received += os.read(reading, 1 << 16)
    lines = received.decode().splitlines()
    told = re.match(r"(\d+) lines were not written", lines[-1])
    assert told is not None
    assert int(told[1]) == 2 * MOST_WAITING - (len(lines) - 1)
    assert lines[0] == "000000000" * 10


def test_workers_that_share_a_pipe_keep_their_lines_whole() -> None:
    reading, writing = os.pipe()
    writers = [LogWriter(writing, lambda: lambda event: event["event"] * 100 + b"\n") for _ in range(4)]
    received: list[bytes] = []

    def read() -> None:
        while chunk := os.read(reading, 1 << 16):
            received.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(3000):
        for number, writer in enumerate(writers):
            writer.put({"event": b"%d" % number})
    for writer in writers:
        writer.flush(10)
    os.close(writing)
    reader.join()

    lines = b"".join(received).splitlines()
    assert len(lines) == 12_000
    assert {line for line in lines if len(set(line)) != 1 or len(line) != 100} == set()


def test_at_the_end_nothing_waits() -> None:
    reading, writing = os.pipe()
    writer = LogWriter(writing, lambda: lambda event: event["event"])
    writer.is_ending = True

    writer.put({"event": b"the last word"})

    os.set_blocking(reading, False)
    assert os.read(reading, 100) == b"the last word"
