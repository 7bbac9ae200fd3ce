"""Personal access tokens at the door: whom they let in, to what, and until when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from src.auth.context import InvalidToken
from src.auth.identity import CredentialKind, Scope
from src.core.clock import system_clock
from src.core.database import Database, Executor, Query, Row
from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.personal_tokens.directory import PersonalTokenDirectory
from tests.factories import StandingClock, create_task, titles
from tests.personal_tokens.conftest import BearerOf, Create


async def last_used_at(client: httpx.AsyncClient) -> Any:
    return (await client.get("/api/me/tokens")).json()["items"][0]["last_used_at"]


def spelled(clock: StandingClock) -> str:
    return clock.now.isoformat().replace("+00:00", "Z")


async def test_a_token_speaks_for_its_owner(
    client: httpx.AsyncClient, create_token: Create, bearer_of: BearerOf, user_id: str
) -> None:
    await create_task(client, "Call mom")
    script = await bearer_of((await create_token(scopes=["write"]))["token"])

    await create_task(script, "Water plants")

    assert sorted(await titles(client)) == sorted(await titles(script)) == ["Call mom", "Water plants"]
    assert (await script.get(f"/api/{user_id}/tasks")).status_code == 200
    assert (await script.get("/api/somebody-else/tasks")).status_code == 403


async def test_a_token_that_reads_changes_nothing(
    client: httpx.AsyncClient, create_token: Create, bearer_of: BearerOf
) -> None:
    await create_task(client, "Call mom")
    script = await bearer_of((await create_token(scopes=["read"]))["token"])

    response = await script.post("/api/me/tasks", json={"title": "Water plants"})

    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    assert await titles(script) == ["Call mom"]


async def test_a_revoked_token_is_dead_at_once(
    client: httpx.AsyncClient, create_token: Create, bearer_of: BearerOf
) -> None:
    created = await create_token()
    script = await bearer_of(created["token"])
    before = await script.get("/api/me/tasks")

    await client.delete(f"/api/me/tokens/{created['id']}")
    after = await script.get("/api/me/tasks")

    assert (before.status_code, after.status_code, after.json()["code"]) == (200, 401, "invalid_token")


async def test_an_expired_token_is_dead_at_its_instant(
    create_token: Create, bearer_of: BearerOf, token_clock: StandingClock
) -> None:
    script = await bearer_of((await create_token(expires_in_days=1))["token"])

    token_clock.advance(days=1, microseconds=-1)
    before = await script.get("/api/me/tasks")
    token_clock.advance(microseconds=1)
    after = await script.get("/api/me/tasks")

    assert (before.status_code, after.status_code, after.json()["code"]) == (200, 401, "token_expired")


async def test_use_is_noted_to_the_minute(
    client: httpx.AsyncClient, create_token: Create, bearer_of: BearerOf, token_clock: StandingClock
) -> None:
    script = await bearer_of((await create_token())["token"])
    first = spelled(token_clock)

    await script.get("/api/me/tasks")
    noted = [await last_used_at(client)]
    token_clock.advance(seconds=59)
    await script.get("/api/me/tasks")
    noted.append(await last_used_at(client))
    token_clock.advance(seconds=1)
    await script.get("/api/me/tasks")
    noted.append(await last_used_at(client))

    assert noted == [first, first, spelled(token_clock)]


async def test_many_at_once_are_let_in_and_noted(
    client: httpx.AsyncClient, create_token: Create, bearer_of: BearerOf, token_clock: StandingClock
) -> None:
    script = await bearer_of((await create_token())["token"])

    answers = await asyncio.gather(*(script.get("/api/me/tasks") for _ in range(40)))

    assert {answer.status_code for answer in answers} == {200}
    assert await last_used_at(client) == spelled(token_clock)


async def test_a_token_in_the_cookie_is_refused(nobody: httpx.AsyncClient, create_token: Create) -> None:
    token = (await create_token())["token"]

    response = await nobody.get("/api/me/tasks", headers={"Cookie": f"better-auth.session_token={token}"})

    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


class Scripted:
    """An executor that answers as it is told, and remembers how often it was asked."""

    def __init__(self, *answers: Row) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def fetch_one(self, _query: Query, /, **_values: Any) -> Row | None:
        self.asked += 1
        return self._answers.pop(0)

    async def fetch_all(self, query: Query, /, **values: Any) -> list[Row]:
        raise NotImplementedError

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        yield self


@pytest.mark.parametrize(
    "token", ["todo_pat_", "todo_pat_" + "a" * 38, "todo_pat_" + "é" * 38, "todo_pat_" + "0" * 8000]
)
async def test_what_was_made_up_is_refused_without_asking_the_database(token: str) -> None:
    executor = Scripted()

    with pytest.raises(InvalidToken):
        await PersonalTokenDirectory(executor).find(token, system_clock())

    assert executor.asked == 0


async def test_a_token_that_was_just_noted_costs_one_read(
    create_token: Create, token_clock: StandingClock
) -> None:
    created = await create_token(scopes=["write"])
    executor = Scripted(just_used(created, token_clock))

    identity = await PersonalTokenDirectory(executor).find(created["token"], token_clock())

    assert executor.asked == 1
    assert (identity.user_id, identity.kind) == ("alice", CredentialKind.PERSONAL_ACCESS_TOKEN)
    assert (identity.token_id, identity.client) == (str(created["id"]), "A script")
    assert identity.scopes == {Scope.READ, Scope.WRITE}


async def test_a_database_that_only_reads_lets_tokens_in(
    client: httpx.AsyncClient, create_token: Create, token_clock: StandingClock, replica: Database
) -> None:
    created = await create_token()

    identity = await PersonalTokenDirectory(replica).find(created["token"], token_clock())

    assert identity.token_id == str(created["id"])
    assert await last_used_at(client) is None


@pytest.fixture
async def replica(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """The same database by a connection that may only read."""
    database = Database(parse_database_url(postgres.url), pool_size=1)
    await database.open()
    await database.fetch_one(Query(select(func.set_config("default_transaction_read_only", "on", False))))
    yield database
    await database.close()


def just_used(created: dict[str, Any], clock: StandingClock) -> Row:
    return {
        "user_id": "alice",
        "id": created["id"],
        "name": created["name"],
        "scopes": created["scopes"],
        "expires_at": clock.now.replace(year=clock.now.year + 1),
        "last_used_at": clock.now,
    }
