"""Real Better Auth servers on the test's own PostgreSQL, and this service over each of them."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from src.core.config import Settings
from src.core.embedded_postgres import EmbeddedPostgres
from src.main import create_app
from tests.auth.better_auth.browser import Browser
from tests.auth.better_auth.installation import NotInstalled, better_auths
from tests.conftest import running

SECRET_OF_BETTER_AUTH = "a-secret-of-better-auth-0123456789abcdef"
PUBLIC_URL = "https://todo.example"
RESOURCE = f"{PUBLIC_URL}/api/mcp"
SERVERS: dict[str, dict[str, Any]] = {
    "plain": {"resource": RESOURCE, "cookieCache": "jwt"},
    "secure": {"algorithm": "ES256", "ids": "uuid", "secureCookies": True},
    "numbered": {"algorithm": "RS256", "ids": "serial"},
}


@pytest.fixture(scope="session")
def better_auth_urls(postgres: EmbeddedPostgres) -> Iterator[dict[str, str]]:
    """Where each server of `SERVERS` is; all in one process of Node.js."""
    options = {
        name: {"schema": _schema(name), "secret": SECRET_OF_BETTER_AUTH} | each
        for name, each in SERVERS.items()
    }
    try:
        with better_auths(postgres.url, options) as urls:
            yield urls
    except NotInstalled as reason:
        if os.environ.get("REQUIRE_NODE_TESTS"):
            raise
        pytest.skip(f"no real Better Auth here: {reason}")


def _schema(name: str) -> str:
    return f"real_better_auth_{name}"


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as http:
        yield http


SignUp = Callable[[str], Awaitable[Browser]]


@pytest.fixture
def sign_up(http: httpx.AsyncClient, better_auth_urls: dict[str, str]) -> SignUp:
    """A new person at one of the servers, signed in."""

    async def sign_up_at(name: str) -> Browser:
        browser = Browser(http, better_auth_urls[name])
        await browser.sign_up()
        return browser

    return sign_up_at


TodoOver = Callable[..., AbstractAsyncContextManager[FastAPI]]


@pytest.fixture(scope="session")
def todo_over(settings: Settings, better_auth_urls: dict[str, str]) -> TodoOver:
    """This service, as whoever deploys it beside one of the servers would set it up."""

    def over(name: str, **changes: Any) -> AbstractAsyncContextManager[FastAPI]:
        url = better_auth_urls[name]
        update = {
            "better_auth_secret": SecretStr(SECRET_OF_BETTER_AUTH),
            "better_auth_schema": _schema(name),
            "better_auth_url": url,
            "jwks_url": f"{url}/api/auth/jwks",
            "mcp_authorization_server": f"{url}/api/auth",
            "public_url": PUBLIC_URL,
        }
        return running(create_app(settings.model_copy(update=update | changes)))

    return over


@pytest.fixture(scope="session")
async def plain(todo_over: TodoOver) -> AsyncIterator[FastAPI]:
    async with todo_over("plain") as app:
        yield app
