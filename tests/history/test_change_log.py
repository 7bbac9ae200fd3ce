"""The change log: each write leaves what happened, by whom, before and after; a failed one leaves nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
from fastapi import FastAPI

from src.core.embedded_postgres import EmbeddedPostgres
from tests.factories import StandingClock, create_task

CHANGES = "SELECT * FROM task_change WHERE user_id = $1 ORDER BY id"


class Log:
    """The change log of one user, as it lies in the database."""

    def __init__(self, connection: asyncpg.Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id

    async def rows(self) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._connection.fetch(CHANGES, self._user_id)
        return rows

    async def kinds(self) -> list[str]:
        return [row["kind"] for row in await self.rows()]

    async def last(self) -> asyncpg.Record:
        return (await self.rows())[-1]


@pytest.fixture
async def log(postgres: EmbeddedPostgres, user_id: str, app: FastAPI) -> AsyncIterator[Log]:
    del app  # It has made the tables.
    connection = await asyncpg.connect(postgres.url)
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=orjson.dumps, decoder=orjson.loads)
    yield Log(connection, user_id)
    await connection.close()


async def test_a_creation_is_logged_with_the_whole_task_behind_it(
    client: httpx.AsyncClient, log: Log, user_id: str
) -> None:
    task = await create_task(client, "Call mom", tags=["Family"], due_date="2026-12-01")

    change = await log.last()

    assert (change["kind"], change["task_id"], change["before"]) == ("created", task["id"], None)
    after = change["after"]
    assert (after["user_id"], after["title"], after["tags"]) == (user_id, "Call mom", ["Family"])
    assert (after["due_on"], after["status"], after["version"]) == ("2026-12-01", "pending", 1)


async def test_a_change_is_logged_with_the_task_before_and_after(
    client: httpx.AsyncClient, log: Log, clock: StandingClock
) -> None:
    task = await create_task(client, "Call mom", priority="High")
    clock.advance(hours=1)

    await client.patch(f"/api/me/tasks/{task['id']}", json={"title": "Call dad"})

    change = await log.last()
    assert change["kind"] == "updated"
    assert (change["before"]["title"], change["after"]["title"]) == ("Call mom", "Call dad")
    assert (change["before"]["version"], change["after"]["version"]) == (1, 2)
    assert change["before"]["priority"] == change["after"]["priority"] == "High"
    assert change["occurred_at"] == clock.now


async def test_a_deletion_is_logged_with_what_was_deleted(client: httpx.AsyncClient, log: Log) -> None:
    task = await create_task(client, "Call mom")

    await client.delete(f"/api/me/tasks/{task['id']}")

    change = await log.last()
    assert (change["kind"], change["before"]["title"], change["after"]) == ("deleted", "Call mom", None)


async def test_each_write_is_of_its_kind_and_an_operation_of_its_own(
    client: httpx.AsyncClient, log: Log
) -> None:
    task = await create_task(client)
    path = f"/api/me/tasks/{task['id']}"

    await client.patch(path, json={"priority": "Low"})
    await client.put(path, json={"title": "Anew"})
    await client.post(f"{path}/complete")
    await client.patch(f"{path}/complete", json={"completed": False})
    await client.delete(path)

    rows = await log.rows()
    assert [row["kind"] for row in rows] == [
        "created",
        "updated",
        "updated",
        "completed",
        "reopened",
        "deleted",
    ]
    assert len({row["operation_id"] for row in rows}) == 6
    assert all(isinstance(row["operation_id"], UUID) for row in rows)
    assert all(later["before"] == earlier["after"] for earlier, later in pairwise(rows))


async def test_changes_made_by_one_request_share_an_operation(client: httpx.AsyncClient, log: Log) -> None:
    task = await create_task(client)

    await client.patch(f"/api/me/tasks/{task['id']}", json={"title": "Called", "completed": True})

    changed, completed = (await log.rows())[1:]
    assert (changed["kind"], completed["kind"]) == ("updated", "completed")
    assert changed["operation_id"] == completed["operation_id"]


async def test_what_the_user_does_is_logged_as_theirs(client: httpx.AsyncClient, log: Log) -> None:
    await create_task(client)

    change = await log.last()

    assert (change["actor_kind"], change["actor_name"]) == ("user", None)


async def test_what_the_assistant_does_is_logged_with_its_model(client: httpx.AsyncClient, log: Log) -> None:
    response = await client.post("/api/me/chat", json={"message": "Add a task to call mom tomorrow"})

    change = await log.last()
    assert response.status_code == 200
    assert (change["kind"], change["actor_kind"]) == ("created", "agent")
    assert "local" in change["actor_name"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {}),
        ("PATCH", "/complete", {"completed": False}),
        ("PATCH", "", {"title": ""}),
        ("PATCH", "", {"title": "A", "due_date": "2026-02-30"}),
        ("PATCH", "", {"title": "A", "nonsense": 1}),
        ("PUT", "", {}),
        ("POST", "/skip", None),
    ],
)
async def test_what_changes_nothing_leaves_nothing(
    client: httpx.AsyncClient, log: Log, method: str, path: str, body: dict[str, Any] | None
) -> None:
    task = await create_task(client)

    await client.request(method, f"/api/me/tasks/{task['id']}{path}", json=body)

    assert await log.kinds() == ["created"]
    assert (await client.get(f"/api/me/tasks/{task['id']}")).json() == task


async def test_completing_twice_is_logged_once(client: httpx.AsyncClient, log: Log) -> None:
    task = await create_task(client)

    for _ in range(3):
        await client.post(f"/api/me/tasks/{task['id']}/complete")

    assert await log.kinds() == ["created", "completed"]


async def test_a_write_whose_log_row_fails_is_not_made(
    client: httpx.AsyncClient, log: Log, postgres: EmbeddedPostgres, user_id: str
) -> None:
    task = await create_task(client, "Before")
    async with refusing_log(postgres, user_id):
        answers = [
            await client.post("/api/me/tasks", json={"title": "Never"}),
            await client.patch(f"/api/me/tasks/{task['id']}", json={"title": "Never"}),
            await client.delete(f"/api/me/tasks/{task['id']}"),
        ]

    assert [answer.status_code for answer in answers] == [500, 500, 500]
    assert {answer.json()["error"] for answer in answers} == {"InternalServerError"}
    assert "no more" not in "".join(answer.text for answer in answers)
    assert (await client.get("/api/me/tasks")).json()["items"] == [task]
    assert await log.kinds() == ["created"]


@asynccontextmanager
async def refusing_log(postgres: EmbeddedPostgres, user_id: str) -> AsyncIterator[None]:
    """A change log that takes no more rows of one user."""
    name = user_id.replace("-", "_")
    connection = await asyncpg.connect(postgres.url)
    await connection.execute(
        f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION 'no more'; END$$; "
        f"CREATE TRIGGER refuse_{name} BEFORE INSERT ON task_change FOR EACH ROW "
        f"WHEN (NEW.user_id = '{user_id}') EXECUTE FUNCTION refuse_{name}()"
    )
    try:
        yield
    finally:
        await connection.execute(f"DROP TRIGGER refuse_{name} ON task_change; DROP FUNCTION refuse_{name}()")
        await connection.close()
