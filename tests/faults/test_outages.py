"""PostgreSQL goes away and comes back: clients are told to come again, and the service recovers by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, create_task, titles, token_for
from tests.faults.answers import assert_told_to_come_again, once_ready
from tests.faults.postgres import Server
from tests.faults.waiting import PATIENCE_SECONDS


def requests(client: httpx.AsyncClient, task_id: int) -> Iterator[asyncio.Task[httpx.Response]]:
    path = f"/api/me/tasks/{task_id}"
    for _ in range(4):
        for asked in (
            client.get("/api/me/tasks"),
            client.get(path),
            client.post("/api/me/tasks", json={"title": "Never stored"}),
            client.patch(path, json={"title": "Never stored"}),
            client.post(f"{path}/complete"),
        ):
            yield asyncio.create_task(asked)


@pytest.mark.parametrize("end", [Server.stop, Server.kill], ids=["stopped", "killed"])
async def test_requests_under_way_are_told_to_come_again_and_nothing_is_half_done(
    server: Server, faulty_client: httpx.AsyncClient, end: Callable[[Server], Awaitable[None]]
) -> None:
    task = await create_task(faulty_client, "Before")
    blocker = await server.direct()
    await blocker.execute("BEGIN; LOCK TABLE task IN ACCESS EXCLUSIVE MODE")
    under_way = list(requests(faulty_client, task["id"]))
    await server.next_bytes()

    await end(server)
    answers = await asyncio.wait_for(asyncio.gather(*under_way), PATIENCE_SECONDS)
    while_away = await faulty_client.get("/api/me/tasks")
    health = await faulty_client.get("/health")
    await server.start()
    await once_ready(faulty_client)

    for answer in (*answers, while_away):
        assert_told_to_come_again(answer)
    assert (health.status_code, health.json()["database"]) == (200, "disconnected")
    assert await titles(faulty_client) == ["Before"]
    assert (await faulty_client.get("/health")).json()["database"] == "connected"
    blocker.terminate()


async def test_readiness_is_refused_while_the_database_is_away(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    ready = await faulty_client.get("/health/ready")

    await server.stop()
    not_ready = await faulty_client.get("/health/ready")

    assert ready.status_code == 200
    assert_told_to_come_again(not_ready)


async def test_a_turn_of_chat_is_told_to_come_again_while_the_database_is_away(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    await server.stop()

    response = await faulty_client.post("/api/me/chat", json={"message": "hello"})

    assert_told_to_come_again(response)


async def test_a_service_that_starts_before_its_database_answers_and_then_recovers(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, user_id: str
) -> None:
    server = Server(tmp_path_factory.mktemp("late"))
    async with await server.listen():
        app = create_app(settings_for(server.url, tmp_path), clock=StandingClock())
        async with running(app), client_of(app, token_for(user_id)) as client:
            health = await client.get("/health")
            early = [await client.get("/api/me/tasks"), await client.get("/health/ready")]
            await server.start()
            await once_ready(client)
            task = await create_task(client)
        await server.stop()

    assert (health.status_code, health.json()["database"]) == (200, "disconnected")
    for answer in early:
        assert_told_to_come_again(answer)
    assert task["title"] == "Call mom"
