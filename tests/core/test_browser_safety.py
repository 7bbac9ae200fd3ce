"""What browsers let other pages do with this service: exactly what is configured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from src.core.config import Settings
from src.main import create_app
from tests.conftest import client_of, settings_for
from tests.factories import create_task

FRONTEND = "http://localhost:3000"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PREFLIGHT = {
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,content-type,if-match,idempotency-key,x-timezone",
}
NOT_OURS = [
    "https://attacker.example",
    "null",
    "",
    "*",
    "https://localhost:3000",
    "http://localhost:3001",
    "http://localhost",
    "http://localhost:3000.attacker.example",
    "http://localhost:30000",
    "http://attacker.example/http://localhost:3000",
    "http://localhost:3000, https://attacker.example",
]


@asynccontextmanager
async def asking(**changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks a service with other settings, of which only the outermost layers run."""
    settings = settings_for("postgresql://nowhere", Path("nowhere")).model_copy(update=changes)
    async with client_of(create_app(settings), None) as client:
        yield client


def allowed(response: httpx.Response) -> tuple[str | None, str | None]:
    headers = response.headers
    return headers.get("Access-Control-Allow-Origin"), headers.get("Access-Control-Allow-Credentials")


async def test_the_frontend_may_ask_with_credentials_and_send_what_routes_take(
    nobody: httpx.AsyncClient,
) -> None:
    response = await nobody.options("/api/me/tasks/1", headers={"Origin": FRONTEND} | PREFLIGHT)

    assert response.status_code == 200
    assert allowed(response) == (FRONTEND, "true")
    assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
    assert "*" not in response.headers["Access-Control-Allow-Headers"]
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("origin", NOT_OURS)
async def test_no_other_origin_may(nobody: httpx.AsyncClient, origin: str) -> None:
    preflight = await nobody.options("/api/me/tasks/1", headers={"Origin": origin} | PREFLIGHT)
    simple = await nobody.get("/health", headers={"Origin": origin})

    assert (allowed(preflight)[0], allowed(simple)[0]) == (None, None)
    assert (preflight.status_code, simple.status_code) == (400, 200)


@pytest.mark.parametrize(
    "asked",
    [
        {"Access-Control-Request-Method": "TRACE"},
        {"Access-Control-Request-Headers": "x-forwarded-for"},
        {"Access-Control-Request-Headers": "authorization, *"},
    ],
)
async def test_a_page_may_send_no_other_methods_or_headers(
    nobody: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    response = await nobody.options("/api/me/tasks/1", headers={"Origin": FRONTEND} | PREFLIGHT | asked)

    assert response.status_code == 400
    assert "x-forwarded-for" not in response.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("origin", [FRONTEND, "https://attacker.example", None])
async def test_caches_keep_answers_to_different_origins_apart(
    nobody: httpx.AsyncClient, origin: str | None
) -> None:
    response = await nobody.get("/api/me/tasks", headers={"Origin": origin} if origin else {})

    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/me/tasks", 401),
        ("GET", "/nowhere", 404),
        ("DELETE", "/health", 405),
        ("POST", "/too-large", 413),
        ("GET", "/ambiguous", 400),
    ],
)
async def test_the_frontend_can_read_every_failure(
    nobody: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    odd = {"/too-large": {"Content-Length": "9999999"}, "/ambiguous": {"Transfer-Encoding": "gzip"}}
    headers = {"Origin": FRONTEND} | odd.get(path, {})

    response = await nobody.request(method, path, headers=headers)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert allowed(response) == (FRONTEND, "true")
    exposed = response.headers["Access-Control-Expose-Headers"]
    assert {"Content-Disposition", "ETag", "Retry-After", "WWW-Authenticate", "X-Request-ID"} <= set(
        exposed.split(", ")
    )


async def test_the_frontend_can_read_that_something_went_wrong(settings: Settings) -> None:
    failing = create_app(settings)

    @failing.get("/fails")
    async def fails() -> None:
        raise RuntimeError

    async with client_of(failing, None) as client:
        response = await client.get("/fails", headers={"Origin": FRONTEND})

    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert allowed(response) == (FRONTEND, "true")


@pytest.mark.parametrize("origin", ["https://anybody.example", "null"])
@pytest.mark.parametrize("cookie", ["", "better-auth.session_token=abc"])
@pytest.mark.parametrize("said", [{"allow_all_origins": True}, {"cors_origins": ("*",)}])
async def test_where_all_origins_are_allowed_none_is_repeated_and_no_credentials_are(
    origin: str, cookie: str, said: dict[str, Any]
) -> None:
    headers = {"Origin": origin, "Cookie": cookie}

    async with asking(**said) as anybody:
        preflight = await anybody.options("/api/me/tasks", headers=headers | PREFLIGHT)
        simple = await anybody.get("/nowhere", headers=headers)

    assert allowed(preflight) == allowed(simple) == ("*", None)


async def test_where_no_origin_is_configured_none_is_allowed() -> None:
    async with asking(cors_origins=()) as anybody:
        response = await anybody.get("/nowhere", headers={"Origin": FRONTEND})

    assert allowed(response)[0] is None


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc"])
async def test_pages_are_framed_by_hugging_face_and_nobody_else(nobody: httpx.AsyncClient, path: str) -> None:
    response = await nobody.get(path, headers={"Accept": BROWSER})

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["Content-Security-Policy"]
    ancestors = next(part.strip() for part in policy.split(";") if "frame-ancestors" in part)
    assert ancestors == "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
    assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_documentation_may_load_what_it_is_shown_with(nobody: httpx.AsyncClient, path: str) -> None:
    policy = (await nobody.get(path)).headers["Content-Security-Policy"]

    assert not {"default-src", "script-src", "style-src"} & set(policy.replace(";", " ").split())


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/nowhere",
        "/openapi.json",
        "/api/me/tasks",
        "/api/me/tasks/0",
    ],
)
async def test_what_is_no_page_may_do_nothing_in_a_browser(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path, headers={"Accept": BROWSER})

    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert policy.endswith("frame-ancestors 'none'")
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/", "/docs", "/health", "/nowhere", "/api/me/tasks", "/api/me/settings"])
async def test_every_answer_is_of_the_type_it_says_and_tells_nobody_where_it_was_read(
    client: httpx.AsyncClient, path: str
) -> None:
    response = await client.get(path, headers={"Accept": BROWSER})

    names = ("X-Content-Type-Options", "Referrer-Policy", "Cache-Control")
    assert [response.headers.get_list(name) for name in names] == [["nosniff"], ["no-referrer"], ["no-store"]]


async def test_what_was_not_modified_is_not_kept_by_caches_either(client: httpx.AsyncClient) -> None:
    task = await create_task(client)
    first = await client.get(f"/api/me/tasks/{task['id']}")

    again = await client.get(f"/api/me/tasks/{task['id']}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.headers["Cache-Control"]) == (304, "no-store")
