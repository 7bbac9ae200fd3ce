"""Personal access tokens are made, listed and revoked by their owner."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import bindparam, select

from src.core.database import Database, Query
from src.core.tables import metadata
from tests.conftest import ClientFor
from tests.factories import StandingClock
from tests.personal_tokens.conftest import BearerOf, Create


def instant(clock: StandingClock, **ahead: float) -> str:
    return (clock.now + timedelta(**ahead)).isoformat().replace("+00:00", "Z")


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    response = await client.get("/api/me/tokens")
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_a_token_is_shown_once_and_known_by_its_end_afterwards(
    client: httpx.AsyncClient, create_token: Create, token_clock: StandingClock
) -> None:
    created = await create_token(name="  Backup ", scopes=["write"], expires_in_days=7)

    token = created.pop("token")
    assert await listed(client) == [created]
    assert created == {
        "id": created["id"],
        "name": "Backup",
        "scopes": ["read", "write"],
        "hint": f"todo_pat_…{token[-4:]}",
        "created_at": instant(token_clock),
        "expires_at": instant(token_clock, days=7),
        "last_used_at": None,
    }


async def test_where_nothing_is_said_a_token_reads_for_ninety_days(
    create_token: Create, token_clock: StandingClock
) -> None:
    created = await create_token()

    assert (created["scopes"], created["expires_at"]) == (["read"], instant(token_clock, days=90))


async def test_a_token_ends_at_the_instant_asked_for(
    create_token: Create, token_clock: StandingClock
) -> None:
    ends_at = token_clock.now.replace(microsecond=0) + timedelta(days=3)

    created = await create_token(expires_at=ends_at.isoformat())

    assert created["expires_at"] == ends_at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": None}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes.0"),
        ({"scopes": "read"}, "scopes"),
        ({"scopes": None}, "scopes"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 3651}, "expires_in_days"),
        ({"expires_in_days": True}, "expires_in_days"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-23:59"}, "expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+23:59"}, "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00Z", "expires_in_days": 1}, "expires_at"),
        ({"token": "todo_pat_mine"}, "token"),
    ],
)
async def test_what_makes_no_token_is_refused_by_its_field(
    client: httpx.AsyncClient, fields: dict[str, Any], field: str
) -> None:
    response = await client.post("/api/me/tokens", json={"name": "A script"} | fields)

    problem = response.json()
    assert (response.status_code, [each["field"] for each in problem["errors"]]) == (422, [field])
    assert await listed(client) == []


async def test_the_newest_comes_first(client: httpx.AsyncClient, create_token: Create) -> None:
    for name in ("one", "two", "three"):
        await create_token(name=name)

    assert [each["name"] for each in await listed(client)] == ["three", "two", "one"]


async def test_a_revoked_token_is_gone(client: httpx.AsyncClient, create_token: Create) -> None:
    created = await create_token()

    first = await client.delete(f"/api/me/tokens/{created['id']}")
    again = await client.delete(f"/api/me/tokens/{created['id']}")

    assert (first.status_code, first.content) == (204, b"")
    assert (again.status_code, again.json()["code"]) == (404, "personal_token_not_found")
    assert await listed(client) == []


async def test_nobody_else_sees_or_revokes_it(
    client: httpx.AsyncClient, client_for: ClientFor, create_token: Create, user_id: str
) -> None:
    created = await create_token()

    async with client_for(f"{user_id}-stranger") as stranger:
        seen = await listed(stranger)
        revoked = await stranger.delete(f"/api/me/tokens/{created['id']}")

    assert (seen, revoked.status_code) == ([], 404)
    assert len(await listed(client)) == 1


@pytest.mark.parametrize("scopes", [["read"], ["write"]])
async def test_a_token_makes_no_other_tokens(
    client: httpx.AsyncClient, create_token: Create, bearer_of: BearerOf, scopes: list[str]
) -> None:
    script = await bearer_of((await create_token(scopes=scopes))["token"])

    response = await script.post("/api/me/tokens", json={"name": "Another"})

    code = "personal_token_not_allowed" if scopes == ["write"] else "insufficient_scope"
    assert (response.status_code, response.json()["code"]) == (403, code)
    assert len(await listed(client)) == 1


async def test_a_token_may_revoke_itself(create_token: Create, bearer_of: BearerOf) -> None:
    created = await create_token(scopes=["write"])
    script = await bearer_of(created["token"])

    revoked = await script.delete(f"/api/me/tokens/{created['id']}")
    afterwards = await script.get("/api/me/tasks")

    assert (revoked.status_code, afterwards.status_code) == (204, 401)


async def test_fifty_are_the_most_even_when_many_are_asked_for_at_once(
    client: httpx.AsyncClient, create_token: Create
) -> None:
    for _ in range(45):
        await create_token()

    answers = await asyncio.gather(
        *(client.post("/api/me/tokens", json={"name": f"{number}"}) for number in range(12))
    )

    refused = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert refused == ["too_many_personal_tokens"] * 7
    assert len(await listed(client)) == 50
    await client.delete(f"/api/me/tokens/{(await listed(client))[0]['id']}")
    assert (await create_token())["id"]


async def test_the_database_holds_no_token(app: FastAPI, create_token: Create, user_id: str) -> None:
    token = (await create_token())["token"]
    database: Database = app.state.database
    table = metadata.tables["personal_token"]

    rows = await database.fetch_all(
        Query(select(table).where(table.c.user_id == bindparam("owner"))), owner=user_id
    )

    assert len(rows) == 1
    assert token[9:-4] not in str([dict(row) for row in rows])
