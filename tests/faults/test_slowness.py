"""What waits is given up in time, and gives its connection back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from src.main import create_app
from tests.conftest import ClientFor, client_of, running, settings_for
from tests.factories import StandingClock, create_task, titles, token_for
from tests.faults.answers import assert_told_to_come_again
from tests.faults.postgres import Server
from tests.faults.waiting import PATIENCE_SECONDS

CLIENTS = 500
BOUND = "options=-c%20statement_timeout%3D200"


@pytest.fixture
async def hasty_client(server: Server, tmp_path: Path, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    """A service that gives a statement a fifth of a second."""
    await server.start()
    app = create_app(settings_for(f"{server.url}?{BOUND}", tmp_path), clock=StandingClock())
    async with running(app), client_of(app, token_for(user_id)) as client:
        yield client


async def test_statements_that_wait_for_a_lock_are_given_up_and_the_pool_is_free(
    server: Server, hasty_client: httpx.AsyncClient
) -> None:
    await create_task(hasty_client, "Before")
    blocker = await server.direct()
    await blocker.execute("BEGIN; LOCK TABLE task IN ACCESS EXCLUSIVE MODE")

    async with asyncio.timeout(PATIENCE_SECONDS):
        answers = await asyncio.gather(
            *(hasty_client.get("/api/me/tasks") for _ in range(15)),
            *(hasty_client.post("/api/me/tasks", json={"title": "Never stored"}) for _ in range(15)),
        )
        elsewhere = await hasty_client.get("/health/ready")
    await blocker.execute("ROLLBACK")
    await blocker.close()

    for answer in answers:
        assert_told_to_come_again(answer, "database_timeout")
    assert (elsewhere.status_code, elsewhere.json()["database"]) == (200, "connected")
    assert await titles(hasty_client) == ["Before"]


async def test_hundreds_at_once_on_a_pool_of_ten_are_all_answered(
    app: FastAPI, client_for: ClientFor, user_id: str
) -> None:
    assert app.state.settings.database_pool_size == 10
    async with client_for(user_id) as client:
        await create_task(client, "Read me")
        created = (client.post("/api/me/tasks", json={"title": f"Task {n}"}) for n in range(CLIENTS // 5))
        listed = (client.get("/api/me/tasks") for _ in range(CLIENTS - CLIENTS // 5))

        answers = await asyncio.gather(*created, *listed)

    assert {answer.status_code for answer in answers} == {200, 201}
