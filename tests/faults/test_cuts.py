"""Connections that end, break or fall silent behind the pool."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from src.core.connections import Patience
from src.core.database import Database, Query
from src.core.database_url import parse_database_url
from src.core.errors import DatabaseUnavailable
from tests.factories import create_task, titles
from tests.faults.answers import assert_told_to_come_again, once_ready
from tests.faults.postgres import Server
from tests.faults.waiting import PATIENCE_SECONDS

READERS = 20
Asked = Callable[[httpx.AsyncClient, int], Coroutine[Any, Any, httpx.Response]]
READS: dict[str, Asked] = {
    "list": lambda client, _: client.get("/api/me/tasks"),
    "read": lambda client, task_id: client.get(f"/api/me/tasks/{task_id}"),
    "analytics": lambda client, _: client.get("/api/me/tasks/analytics"),
    "ready": lambda client, _: client.get("/health/ready"),
}
WRITES: dict[str, Asked] = {
    "create": lambda client, _: client.post("/api/me/tasks", json={"title": "New"}),
    "update": lambda client, task_id: client.patch(f"/api/me/tasks/{task_id}", json={"title": "New"}),
    "complete": lambda client, task_id: client.post(f"/api/me/tasks/{task_id}/complete"),
    "create once": lambda client, _: client.post(
        "/api/me/tasks", json={"title": "New"}, headers={"Idempotency-Key": "1"}
    ),
    "batch": lambda client, task_id: client.post(
        "/api/me/tasks/batch", json={"operations": [{"op": "complete", "task_id": task_id}]}
    ),
}


async def many_at_once(client: httpx.AsyncClient) -> list[httpx.Response]:
    """Enough to fill the pool."""
    return list(await asyncio.gather(*(client.get("/api/me/tasks") for _ in range(READERS))))


@pytest.mark.parametrize("asked", [*READS.values(), *WRITES.values()], ids=[*READS, *WRITES])
async def test_what_comes_first_after_a_sleep_is_answered(
    server: Server, faulty_client: httpx.AsyncClient, asked: Asked
) -> None:
    task = await create_task(faulty_client)
    await many_at_once(faulty_client)
    server.swallow()  # The news of the end and the request cross each other.
    await server.cut_all()

    asking = asyncio.create_task(asked(faulty_client, task["id"]))
    await server.next_bytes()
    server.pass_on()
    answer = await asyncio.wait_for(asking, PATIENCE_SECONDS)

    assert answer.is_success, answer.text


async def test_many_at_once_after_a_sleep_are_answered(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    await many_at_once(faulty_client)
    server.swallow()
    await server.cut_all()

    asking = asyncio.create_task(many_at_once(faulty_client))
    await server.next_bytes()
    server.pass_on()
    answers = await asyncio.wait_for(asking, PATIENCE_SECONDS)

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("asked", READS.values(), ids=READS)
async def test_a_read_on_a_broken_connection_is_asked_again(
    server: Server, faulty_client: httpx.AsyncClient, asked: Asked
) -> None:
    task = await create_task(faulty_client)
    await many_at_once(faulty_client)

    server.break_on_next_bytes()
    answer = await asked(faulty_client, task["id"])

    assert answer.is_success, answer.text


async def test_a_change_that_may_have_been_made_is_not_made_twice(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    await create_task(faulty_client, "Before")
    await many_at_once(faulty_client)

    server.break_on_next_bytes()
    unsure = await faulty_client.post("/api/me/tasks", json={"title": "Perhaps"})
    after = await faulty_client.post("/api/me/tasks", json={"title": "After"})

    assert_told_to_come_again(unsure)
    assert "Look whether it was done" in unsure.json()["message"]
    assert after.status_code == 201
    assert sorted(await titles(faulty_client)) == ["After", "Before"]


async def test_readers_through_a_restart_are_answered_or_told_to_come_again(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    await create_task(faulty_client)
    is_over = asyncio.Event()

    async def reader() -> list[httpx.Response]:
        answers = []
        while not is_over.is_set():
            answers.append(await faulty_client.get("/api/me/tasks"))
        return [*answers, await faulty_client.get("/api/me/tasks")]

    readers = [asyncio.create_task(reader()) for _ in range(READERS)]
    await server.next_bytes()
    await server.stop()
    await server.start()
    await once_ready(faulty_client)
    is_over.set()
    answers = await asyncio.wait_for(asyncio.gather(*readers), PATIENCE_SECONDS)

    for answer in (answer for each in answers for answer in each[:-1] if answer.status_code != 200):
        assert_told_to_come_again(answer)
    assert {each[-1].status_code for each in answers} == {200}


@pytest.fixture
async def impatient(server: Server) -> AsyncIterator[Database]:
    await server.start()
    patience = Patience(turn=0.5, statement=0.2, command=0.3, release=0.1)
    database = Database(parse_database_url(server.url), pool_size=3, patience=patience)
    await database.open()
    yield database
    server.pass_on()
    await database.close()


ONE = Query(select(func.now()))


async def test_a_line_that_swallows_everything_is_given_up_in_time(
    server: Server, impatient: Database
) -> None:
    await asyncio.gather(*(impatient.fetch_one(ONE) for _ in range(3)))

    server.swallow()
    async with asyncio.timeout(PATIENCE_SECONDS):
        answers = await asyncio.gather(*(impatient.fetch_one(ONE) for _ in range(9)), return_exceptions=True)
    was_reachable = impatient.is_reachable
    server.pass_on()

    assert [type(answer) for answer in answers if isinstance(answer, DatabaseUnavailable)]
    assert all(isinstance(answer, DatabaseUnavailable) for answer in answers)
    assert was_reachable is False
    assert await impatient.fetch_one(ONE)


async def test_a_database_that_fell_asleep_is_not_woken_by_an_idle_pool(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    await many_at_once(faulty_client)
    before = server.connections
    await server.cut_all()
    administrator = await server.direct()

    for _ in range(50):  # Round trips, in which a pool that keeps a connection would make it.
        await administrator.execute("SELECT 1")
    health = await faulty_client.get("/health")

    await administrator.close()
    assert health.status_code == 200
    assert server.connections == before
