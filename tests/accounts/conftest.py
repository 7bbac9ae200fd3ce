"""A clock by which accounts live, and people who have one."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from src.accounts.passwords import Cost, Passwords
from src.core.clock import system_clock
from src.core.database import Database, Executor, Query
from tests.factories import StandingClock

PASSWORD = "a quiet harbour at dusk"
NEXT_PASSWORD = "a louder harbour at dawn"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes(app: FastAPI) -> None:
    """The real cost is test_passwords.py's; here it would be most of the time that tests take."""
    app.state.accounts.passwords = Passwords(Cost(passes=1, memory_kib=64, lanes=1))


@pytest.fixture
def token_clock(app: FastAPI, clock: StandingClock) -> Iterator[StandingClock]:
    """Stands at the real present, in which the tests' JWTs live, until a test moves it."""
    del clock  # Every request needs both to stand.
    standing = StandingClock()
    standing.set(system_clock())
    app.state.token_clock = standing
    yield standing
    app.state.token_clock = system_clock


@pytest.fixture
def database(app: FastAPI) -> Database:
    database: Database = app.state.database
    return database


@pytest.fixture
def address() -> str:
    """An address that nobody else calls from."""
    number = next(_numbers)
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


@pytest.fixture
def email() -> str:
    return f"ada{next(_numbers)}@example.com"


@dataclass
class Person:
    """Somebody who signed up: what they were told, and a client that shows their token."""

    told: dict[str, Any]
    client: httpx.AsyncClient

    @property
    def id(self) -> str:
        return str(self.told["user"]["id"])

    @property
    def email(self) -> str:
        return str(self.told["user"]["email"])


ClientAt = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def client_at(app: FastAPI, token_clock: StandingClock) -> AsyncIterator[ClientAt]:
    """Clients at an address, signed in where a token is given."""
    del token_clock
    async with AsyncExitStack() as stack:

        def make(address: str, token: str | None = None) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            client = httpx.AsyncClient(transport=transport, base_url="http://todo.test", headers=headers)
            stack.push_async_callback(client.aclose)
            return client

        yield make


@pytest.fixture
def visitor(client_at: ClientAt, address: str) -> httpx.AsyncClient:
    """Nobody yet, at an address of their own."""
    return client_at(address)


Join = Callable[[], Awaitable[Person]]


@pytest.fixture
def join(visitor: httpx.AsyncClient, client_at: ClientAt, address: str) -> Join:
    """Sign somebody up."""

    async def signed_up() -> Person:
        body = {"email": f"ada{next(_numbers)}@example.com", "name": "Ada", "password": PASSWORD}
        response = await visitor.post("/api/auth/register", json=body)
        assert response.status_code == 201, response.text
        return Person(response.json(), client_at(address, response.json()["access_token"]))

    return signed_up


@pytest.fixture
async def ada(join: Join) -> Person:
    return await join()


SignIn = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def sign_in(visitor: httpx.AsyncClient) -> SignIn:
    async def post(
        email: str, password: str = PASSWORD, by: httpx.AsyncClient | None = None
    ) -> httpx.Response:
        return await (by or visitor).post("/api/auth/login", json={"email": email, "password": password})

    return post


_waiting = Query(
    text("SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid")
)


async def somebody_waits(transaction: Executor) -> None:
    """Go on once somebody else wants a row that this transaction holds."""
    async with asyncio.timeout(10):
        while await transaction.fetch_one(_waiting) is None:
            pass
