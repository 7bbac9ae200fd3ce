"""Changes made with a cookie: only for pages that are listed or served here."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from src.core.config import Settings
from src.main import create_app
from tests.auth.session_tables import KYSELY, SignedIn, session_tables
from tests.conftest import client_of, running

HOST = "todo.test"


@pytest.fixture(scope="module")
async def signed_in(settings: Settings) -> AsyncIterator[tuple[Settings, SignedIn]]:
    assert settings.database_url is not None
    async with session_tables(settings.database_url.get_secret_value(), KYSELY) as tables:
        changes = {
            "better_auth_schema": tables.schema,
            "cors_origins": ("https://app.example", "http://localhost:3000"),
            "public_url": "https://api.example/todo",
        }
        yield settings.model_copy(update=changes), await tables.sign_in()


@pytest.fixture(scope="module")
async def guarded(signed_in: tuple[Settings, SignedIn]) -> AsyncIterator[FastAPI]:
    async with running(create_app(signed_in[0])) as app:
        yield app


async def send(
    app: FastAPI, session: SignedIn, *headers: tuple[str, str], method: str = "POST"
) -> httpx.Response:
    body = {"title": "Call mom"} if method == "POST" else {}
    sent = [("Cookie", session.cookie), *headers]
    async with client_of(app, None) as client:
        return await client.request(method, "/api/me/tasks", json=body, headers=sent)


TRUSTED = {
    "a listed page": "https://app.example",
    "a listed page in capitals": "HTTPS://App.Example",
    "a listed page with its default port": "https://app.example:443",
    "a listed page with a port": "http://localhost:3000",
    "this service by its public address": "https://api.example",
    "this very host": f"http://{HOST}",
    "this very host, behind a proxy that ends TLS": f"https://{HOST}",
    "this very host with its default port": f"http://{HOST}:80",
}


@pytest.mark.parametrize("origin", TRUSTED.values(), ids=list(TRUSTED))
async def test_a_page_of_ours_changes_things_with_a_cookie(
    guarded: FastAPI, signed_in: tuple[Settings, SignedIn], origin: str
) -> None:
    response = await send(guarded, signed_in[1], ("Origin", origin))

    assert response.status_code == 201, response.text


FOREIGN = {
    "another page": "https://evil.example",
    "a listed page without TLS": "http://app.example",
    "a listed page at another port": "https://app.example:8443",
    "a page below a listed one": "https://evil.app.example",
    "a page above a listed one": "https://example",
    "a page that begins like a listed one": "https://app.example.evil.example",
    "a page that ends like a listed one": "https://evilapp.example",
    "a page that names a listed one as its user": "https://app.example@evil.example",
    "a page that names a listed one in its path": "https://evil.example/https://app.example",
    "a page that names a listed one behind a backslash": "https://evil.example\\@app.example",
    "this host at another port": f"http://{HOST}:8000",
    "this host with a dot behind": f"http://{HOST}.",
    "an opaque page": "null",
    "nothing": "",
    "a blank": " ",
    "a star": "*",
    "a path": "/",
    "no scheme": HOST,
    "an empty host": "http://",
    "another scheme": f"ftp://{HOST}",
    "a port beyond all ports": f"http://{HOST}:999999",
    "two pages": "https://app.example https://evil.example",
}


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=list(FOREIGN))
async def test_no_other_page_changes_anything_with_a_cookie(
    guarded: FastAPI, signed_in: tuple[Settings, SignedIn], origin: str
) -> None:
    response = await send(guarded, signed_in[1], ("Origin", origin))

    assert (response.status_code, response.json()["code"]) == (403, "untrusted_origin")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_cookie_without_an_origin_changes_nothing(
    guarded: FastAPI, signed_in: tuple[Settings, SignedIn], method: str
) -> None:
    session = signed_in[1]
    async with client_of(guarded, None) as client:
        path = "/api/me/tasks" if method == "POST" else "/api/me/tasks/1"
        response = await client.request(method, path, json={}, headers={"Cookie": session.cookie})

    assert (response.status_code, response.json()["code"]) == (403, "untrusted_origin")


HOSTS: dict[str, list[tuple[str, str]]] = {
    "two origins": [("Origin", "https://app.example"), ("Origin", "https://evil.example")],
    "no host for an empty origin": [("Host", ""), ("Origin", "")],
    "no host for an opaque page": [("Host", ""), ("Origin", "null")],
    "a host without TLS's port": [("Host", f"{HOST}:443"), ("Origin", f"http://{HOST}")],
    "a proxy's word that anybody could write": [
        ("X-Forwarded-Host", "evil.example"),
        ("Origin", "https://evil.example"),
    ],
    "a referrer instead": [("Referer", "https://app.example/tasks")],
}


@pytest.mark.parametrize("headers", HOSTS.values(), ids=list(HOSTS))
async def test_no_play_with_headers_stands_for_an_origin(
    guarded: FastAPI, signed_in: tuple[Settings, SignedIn], headers: list[tuple[str, str]]
) -> None:
    response = await send(guarded, signed_in[1], *headers)

    assert (response.status_code, response.json()["code"]) == (403, "untrusted_origin")


@pytest.mark.parametrize("host", ["[::1]:9000", "127.0.0.1:9000", "LOCALHOST:9000"])
async def test_a_page_served_here_is_known_by_any_form_of_host(
    guarded: FastAPI, signed_in: tuple[Settings, SignedIn], host: str
) -> None:
    response = await send(guarded, signed_in[1], ("Host", host), ("Origin", f"http://{host.lower()}"))

    assert response.status_code == 201, response.text


async def test_reading_needs_no_origin(guarded: FastAPI, signed_in: tuple[Settings, SignedIn]) -> None:
    session = signed_in[1]
    async with client_of(guarded, None) as client:
        foreign = {"Cookie": session.cookie, "Origin": "https://evil.example"}
        responses = [
            await client.get("/api/me/tasks", headers={"Cookie": session.cookie}),
            await client.get("/api/me/tasks", headers=foreign),
        ]

    assert [each.status_code for each in responses] == [200, 200]
    assert "access-control-allow-origin" not in responses[1].headers


async def test_letting_all_pages_read_lets_none_write_with_a_cookie(
    signed_in: tuple[Settings, SignedIn],
) -> None:
    settings, session = signed_in
    open_to_all = settings.model_copy(update={"allow_all_origins": True, "cors_origins": ("*",)})
    async with running(create_app(open_to_all)) as app:
        response = await send(app, session, ("Origin", "https://evil.example"))

    assert (response.status_code, response.json()["code"]) == (403, "untrusted_origin")


async def test_a_header_needs_no_origin(guarded: FastAPI, signed_in: tuple[Settings, SignedIn]) -> None:
    session = signed_in[1]
    async with client_of(guarded, session.token) as client:
        response = await client.post(
            "/api/me/tasks", json={"title": "Call mom"}, headers={"Origin": "https://evil.example"}
        )

    assert response.status_code == 201, response.text
