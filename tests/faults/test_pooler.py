"""PgBouncer in transaction mode between: every statement may meet another connection."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from src.core.database_url import DatabaseAddress
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, create_task, titles, token_for
from tests.faults.pgbouncer import PROGRAM, knows_prepared_statements, pgbouncer

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed; CI installs it.")
USERS = 50
# The address tells of the pooler; it refuses our settings and so tells itself; it drops them unsaid.
WAYS = {
    "declared": ("?pgbouncer=true", {}),
    "refusing": ("", {}),
    "dropping": ("", {"ignore_startup_parameters": "statement_timeout,idle_in_transaction_session_timeout"}),
}


@pytest.fixture(params=[0, 200])
def prepared_statements(request: pytest.FixtureRequest) -> dict[str, int]:
    kept: int = request.param
    if not knows_prepared_statements():
        # Older ones do as with 0.
        return {} if kept == 0 else pytest.skip("This PgBouncer keeps no prepared statements.")
    return {"max_prepared_statements": kept}


@pytest.fixture(params=WAYS)
def url(
    request: pytest.FixtureRequest, empty: DatabaseAddress, prepared_statements: dict[str, int]
) -> Iterator[str]:
    parameters, options = WAYS[request.param]
    with pgbouncer(empty, **options, **prepared_statements) as place:
        yield f"postgresql://postgres@{place}/{empty.database}{parameters}"


@pytest.fixture
async def apps(url: str, tmp_path: Path) -> AsyncIterator[list[FastAPI]]:
    """Two instances that start at once on an empty database."""
    apps = [create_app(settings_for(url, tmp_path), clock=StandingClock()) for _ in range(2)]
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(running(app)) for app in apps))
        yield apps


async def a_morning(client: httpx.AsyncClient, title: str) -> tuple[list[str], list[str], str]:
    """Transactions, lists and JSON, locks, and a statement that is planned anew."""
    task = await create_task(
        client, title, tags=["Home", "a,b"], due_date="2026-11-22", recurrence="every day"
    )
    key = {"Idempotency-Key": f"complete {title}"}
    path = f"/api/me/tasks/{task['id']}/complete"
    done, again = await asyncio.gather(client.post(path, headers=key), client.post(path, headers=key))
    assert done.json() == again.json(), (done.text, again.text)
    tagged = await titles(client, tags="home", status="pending")
    history = await client.get("/api/me/tasks", params={"status": "all", "include_total": True})
    assert history.status_code == 200, history.text
    return tagged, done.json()["completed_task"]["tags"], done.json()["next_occurrence"]["due_date"]


async def test_many_at_once_get_what_is_theirs(apps: list[FastAPI], user_id: str) -> None:
    users = [f"{user_id}-{number}" for number in range(USERS)]

    async def morning(number: int, user: str) -> tuple[list[str], list[str], str]:
        async with client_of(apps[number % 2], token_for(user)) as client:
            return await a_morning(client, user)

    mornings = await asyncio.gather(*(morning(*numbered) for numbered in enumerate(users)))

    assert mornings == [([user], ["Home", "a,b"], "2026-11-23") for user in users]


async def test_chat_and_its_leases_work(apps: list[FastAPI], user_id: str) -> None:
    async with (
        client_of(apps[0], token_for(user_id)) as first,
        client_of(apps[1], token_for(user_id)) as second,
    ):
        said = await first.post("/api/me/chat", json={"message": "add a task to call mom"})
        conversation = {"conversation_id": said.json()["conversation_id"]}
        more = [{"message": f"add a task to feed cat {n}", **conversation} for n in range(4)]
        answers = await asyncio.gather(
            *((first, second)[n % 2].post("/api/me/chat", json=each) for n, each in enumerate(more))
        )
        stored = await titles(first)

    assert [answer.status_code for answer in (said, *answers)] == [200] * 5, [a.text for a in answers]
    assert len(stored) == 5
