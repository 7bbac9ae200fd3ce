"""One real PostgreSQL for the whole run, one service over it, and a user of its own for every test."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from src.core.config import Environment, Settings
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.logs import flush_logs
from src.main import create_app
from tests.factories import SECRET, StandingClock, token_for

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def settings(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for(postgres.url, tmp_path_factory.mktemp("data"))


def settings_for(url: str, data_dir: Path) -> Settings:
    return Settings(
        _env_file=None,
        environment=Environment.TEST,
        database_url=SecretStr(url),
        better_auth_secret=SecretStr(SECRET),
        data_dir=data_dir,
        llm_provider="local",
        log_level="WARNING",
        # Some tests talk a lot; those of the limits set their own.
        rate_limit_per_minute=1_000,
        rate_limit_per_hour=1_000,
    )


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[FastAPI]:
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
async def app(settings: Settings, shared_clock: StandingClock) -> AsyncIterator[FastAPI]:
    async with running(create_app(settings, clock=shared_clock)) as app:
        yield app


@pytest.fixture(scope="session")
def shared_clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def clock(shared_clock: StandingClock) -> Iterator[StandingClock]:
    """The service's clock: Saturday 21 November 2026, 10:00 UTC, until a test moves it."""
    shared_clock.reset()
    yield shared_clock
    shared_clock.reset()


@pytest.fixture
def user_id() -> str:
    """A user nobody else has: tests part by owner, as the service does, and need no clean-up."""
    return f"user-{next(_numbers)}"


@pytest.fixture(autouse=True)
def _logs_written() -> Iterator[None]:
    """Lines are written behind whoever logs; let none come out in the middle of pytest's own."""
    yield
    flush_logs()


ClientFor = Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def client_for(app: FastAPI, clock: StandingClock) -> ClientFor:
    """A client signed in as a given user."""
    del clock  # Every request needs the clock to stand.
    return lambda user_id: client_of(app, token_for(user_id))


def client_of(app: FastAPI, token: str | None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://todo.test", headers=headers)


@pytest.fixture
async def client(client_for: ClientFor, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(user_id) as client:
        yield client


@pytest.fixture
async def nobody(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, None) as client:
        yield client
