"""A clock by which tokens live, and clients that show personal access tokens."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.core.clock import system_clock
from tests.conftest import client_of
from tests.factories import StandingClock


@pytest.fixture
def token_clock(app: FastAPI) -> Iterator[StandingClock]:
    """Stands at the real present, in which the tests' JWTs live, until a test moves it."""
    clock = StandingClock()
    clock.set(system_clock().replace(microsecond=0))
    app.state.token_clock = clock
    yield clock
    app.state.token_clock = system_clock


Create = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def create_token(client: httpx.AsyncClient, token_clock: StandingClock) -> Create:
    """Make a token for the test's user."""
    del token_clock  # It has to stand before a token is made.

    async def create(**fields: Any) -> dict[str, Any]:
        response = await client.post("/api/me/tokens", json={"name": "A script", **fields})
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    return create


BearerOf = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def bearer_of(app: FastAPI) -> AsyncIterator[BearerOf]:
    """A client that shows a given token."""
    async with AsyncExitStack() as stack:

        async def enter(token: str) -> httpx.AsyncClient:
            return await stack.enter_async_context(client_of(app, token))

        yield enter
