"""What the tests of faults share."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from src.core.database_url import DatabaseAddress, parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, token_for
from tests.faults.postgres import Server

_numbers = itertools.count(1)


@pytest.fixture(scope="package")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    server = Server(tmp_path_factory.mktemp("faulty"))
    async with await server.listen():
        yield server
        await server.stop()


@pytest.fixture
async def faulty_app(server: Server, tmp_path: Path) -> AsyncIterator[FastAPI]:
    await server.start()
    async with running(create_app(settings_for(server.url, tmp_path), clock=StandingClock())) as app:
        yield app


@pytest.fixture
async def faulty_client(faulty_app: FastAPI, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(faulty_app, token_for(user_id)) as client:
        yield client


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> AsyncIterator[DatabaseAddress]:
    """A database of the test's own, with nothing in it."""
    name = f"faulty_{next(_numbers)}"
    administrator = await asyncpg.connect(postgres.url)
    await administrator.execute(f"CREATE DATABASE {name}")
    yield replace(parse_database_url(postgres.url), database=name)
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()
