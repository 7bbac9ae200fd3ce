"""What every request and every failure has in common."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from src.core.embedded_postgres import EmbeddedPostgres
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, create_task, token_for

MEBIBYTE = 1024 * 1024
PROBLEM_KEYS = {"type", "title", "status", "detail", "error", "message", "code", "request_id"}


async def test_a_failure_has_the_one_body(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/me/tasks/999999")

    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No task 999999.",
        "error": "NotFound",
        "message": "No task 999999.",
        "code": "task_not_found",
        "request_id": response.headers["X-Request-ID"],
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/api/me/nowhere", 404, "NotFound"),
        ("GET", "/nowhere", 404, "NotFound"),
        ("DELETE", "/api/me/tasks", 405, "ValidationError"),
        ("GET", "/api/bob/tasks", 403, "Forbidden"),
        ("GET", "/api/me/tasks?limit=0", 422, "ValidationError"),
        ("GET", "/api/me/conversations?limit=0", 400, "ValidationError"),
        ("POST", "/api/me/chat", 400, "ValidationError"),
    ],
)
async def test_every_failure_has_it(
    client: httpx.AsyncClient, method: str, path: str, status: int, error: str
) -> None:
    response = await client.request(method, path)

    problem = response.json()
    assert (response.status_code, problem["status"], problem["error"]) == (status, status, error)
    assert problem.keys() >= PROBLEM_KEYS
    assert problem["request_id"] == response.headers["X-Request-ID"]


async def test_a_wrong_method_is_told_the_right_ones(client: httpx.AsyncClient) -> None:
    response = await client.delete("/api/me/tasks")

    assert response.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("given", ["abc-1.2:3_4", "x" * 128])
async def test_a_sane_request_id_is_given_back(nobody: httpx.AsyncClient, given: str) -> None:
    response = await nobody.get("/health", headers={"X-Request-ID": given})

    assert response.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", [b"", b"x" * 129, b"a b", b"<script>", "é".encode()])
async def test_any_other_request_id_is_replaced(nobody: httpx.AsyncClient, given: bytes) -> None:
    first, second = [await nobody.get("/health", headers=[(b"X-Request-ID", given)]) for _ in range(2)]

    assert re.fullmatch("[0-9a-f]{32}", first.headers["X-Request-ID"])
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("token", "challenge"),
    [
        (None, 'Bearer realm="todo"'),
        ("not-a-token", 'Bearer realm="todo", error="invalid_token"'),
        ("todo_pat_made_up", 'Bearer realm="todo", error="invalid_token"'),
    ],
)
async def test_whoever_is_not_let_in_is_told_what_was_wrong_with_the_token(
    app: FastAPI, token: str | None, challenge: str
) -> None:
    async with client_of(app, token) as client:
        response = await client.get("/api/me/tasks")

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, challenge)


async def test_a_body_of_up_to_a_mebibyte_is_read(client: httpx.AsyncClient) -> None:
    start = b'{"title": "A"'
    content = start + b" " * (MEBIBYTE - len(start) - 1) + b"}"

    response = await client.post(
        "/api/me/tasks", content=content, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 201


@pytest.mark.parametrize("path", ["/api/me/tasks", "/api/me/chat"])
@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_body_over_a_mebibyte_is_too_large_whether_it_says_so_or_not(
    client: httpx.AsyncClient, path: str, is_declared: bool
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * (MEBIBYTE // 16)

    content = b" " * (MEBIBYTE + 1) if is_declared else pieces()

    response = await client.post(path, content=content, headers={"Content-Type": "application/json"})

    problem = response.json()
    assert (response.status_code, problem["error"], problem["code"]) == (
        413,
        "PayloadTooLarge",
        "payload_too_large",
    )


async def test_a_body_that_is_too_large_is_refused_before_anybody_asks_who_sends_it(
    nobody: httpx.AsyncClient,
) -> None:
    response = await nobody.post("/api/me/tasks", content=b" " * (MEBIBYTE + 1))

    assert response.status_code == 413


@pytest.fixture
async def failing_app(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[FastAPI]:
    app = create_app(settings_for(postgres.url, tmp_path), clock=StandingClock())

    @app.get("/fails")
    async def fails() -> None:
        raise RuntimeError("SELECT secret FROM somewhere")

    async with running(app):
        yield app


async def test_what_nobody_caught_is_a_plain_500_that_tells_nothing(failing_app: FastAPI) -> None:
    async with client_of(failing_app, token_for("alice")) as client:
        response = await client.get("/fails")

    problem = response.json()
    assert (response.status_code, problem["error"], problem["code"]) == (
        500,
        "InternalServerError",
        "internal_error",
    )
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert not re.search("SELECT|secret|Traceback|RuntimeError", response.text)


@pytest.mark.parametrize("path", ["/health", "/api/health", "/"])
async def test_health_says_what_lives_here(
    client: httpx.AsyncClient, nobody: httpx.AsyncClient, path: str
) -> None:
    await create_task(client)

    body = (await nobody.get(path)).json()

    assert (body["status"], body["service"], body["database"]) == ("ok", "todo-ai", "connected")
    assert (body["timestamp"], body.keys()) == (
        "2026-11-21T10:00:00Z",
        {"status", "service", "version", "database", "timestamp"},
    )


@pytest.mark.parametrize("path", ["/health", "/api/health", "/"])
async def test_health_answers_head_without_a_body(nobody: httpx.AsyncClient, path: str) -> None:
    response = await nobody.head(path)

    assert (response.status_code, response.content) == (200, b"")


async def test_readiness_asks_the_database(nobody: httpx.AsyncClient) -> None:
    response = await nobody.get("/health/ready")

    assert (response.status_code, response.json()["database"]) == (200, "connected")
