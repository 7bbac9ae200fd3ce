"""Deleting an account: everything of its user goes, whole or not at all, and nothing of others."""

import asyncio
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy import Text, bindparam, func, select, text

from src.accounts.erasure_repository import OWNER_COLUMN, ErasureRepository, erasures
from src.accounts.repository import AccountRepository
from src.core.database import Database, Query
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.tables import metadata
from tests.accounts.conftest import NEXT_PASSWORD, PASSWORD, Join, Person, SignIn, somebody_waits
from tests.factories import create_task

OWNED = [table for table in metadata.tables.values() if OWNER_COLUMN in table.c]


async def rows_of(database: Database, user_id: str) -> dict[str, int]:
    """How many rows of each table are a user's, where there are any."""
    counts = {}
    for table in OWNED:
        mine = table.c[OWNER_COLUMN] == bindparam("owner", type_=Text)
        row = await database.fetch_one(Query(select(func.count().label("count")).where(mine)), owner=user_id)
        assert row is not None
        counts[table.name] = row["count"]
    return {name: count for name, count in counts.items() if count}


async def live(person: Person) -> None:
    """Leave rows in as many tables as a day does."""
    task = await create_task(person.client, tags=["home", "garden"], recurrence="every friday")
    answers = [
        await person.client.post(f"/api/me/tasks/{task['id']}/complete", headers={"Idempotency-Key": "k"}),
        await person.client.post("/api/me/chat", json={"message": "Add a task to call mom"}),
        await person.client.patch("/api/me/settings", json={"timezone": "Europe/Berlin"}),
        await person.client.post("/api/me/tokens", json={"name": "A script"}),
    ]
    assert [answer.is_success for answer in answers] == [True] * 4


async def delete(person: Person, password: str = PASSWORD) -> Any:
    return await person.client.request("DELETE", "/api/auth/profile", json={"password": password})


async def test_everything_of_the_user_is_gone_and_nothing_of_others(
    join: Join, database: Database, sign_in: SignIn
) -> None:
    ada, grace = await join(), await join()
    await live(ada)
    await live(grace)
    before = await rows_of(database, grace.id)

    response = await delete(ada)

    assert response.status_code == 204
    assert {"account", "task", "task_change", "conversation", "personal_token", "idempotency_key"} <= set(
        before
    )
    assert await rows_of(database, ada.id) == {}
    assert await rows_of(database, grace.id) == before
    assert (await ada.client.get("/api/auth/profile")).status_code == 401
    assert [(await sign_in(each.email)).status_code for each in (ada, grace)] == [401, 200]


async def test_the_email_can_sign_up_again_as_somebody_new(ada: Person) -> None:
    await delete(ada)

    again = await ada.client.post("/api/auth/signup", json={"email": ada.email, "password": PASSWORD})

    assert again.status_code == 201
    assert again.json()["user"]["id"] != ada.id


async def test_a_wrong_password_deletes_nothing(ada: Person, database: Database) -> None:
    before = await rows_of(database, ada.id)

    response = await delete(ada, NEXT_PASSWORD)

    assert (response.status_code, response.json()["code"]) == (400, "wrong_password")
    assert response.json()["errors"][0]["field"] == "password"
    assert await rows_of(database, ada.id) == before


async def test_a_password_changed_since_it_was_checked_deletes_nothing(
    ada: Person, database: Database
) -> None:
    erased = await ErasureRepository(database, ada.id).erase("the hash of yesterday")

    assert erased is False
    assert (await ada.client.get("/api/auth/profile")).status_code == 200


async def test_where_a_table_cannot_be_emptied_nothing_is_deleted(
    ada: Person, database: Database, postgres: EmbeddedPostgres
) -> None:
    await live(ada)
    before = await rows_of(database, ada.id)
    administrator = await asyncpg.connect(postgres.url)
    await administrator.execute(REFUSING.format(user_id=ada.id))

    try:
        response = await delete(ada)
    finally:
        await administrator.execute("DROP TRIGGER refuse_to_die ON account; DROP FUNCTION refuse_to_die")
        await administrator.close()

    assert response.status_code == 500
    assert await rows_of(database, ada.id) == before


REFUSING = """
CREATE FUNCTION refuse_to_die() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
CREATE TRIGGER refuse_to_die BEFORE DELETE ON account FOR EACH ROW
WHEN (OLD.user_id = '{user_id}') EXECUTE FUNCTION refuse_to_die()
"""


async def test_a_request_that_locks_in_another_order_wins_and_then_the_erasure_goes_on(
    ada: Person, database: Database
) -> None:
    await create_task(ada.client, tags=["home"])
    account = await AccountRepository(database, ada.id).get()
    assert account is not None
    order = [table.name for table in reversed(metadata.sorted_tables) if table.name in ("task", "tag_usage")]

    async with database.transaction() as transaction:
        await transaction.fetch_all(LOCK[order[1]], owner=ada.id)
        erased = asyncio.create_task(ErasureRepository(database, ada.id).erase(account["password_hash"]))
        await somebody_waits(transaction)
        await transaction.fetch_all(LOCK[order[0]], owner=ada.id)

    assert await erased is True
    assert await rows_of(database, ada.id) == {}


async def test_an_erasure_that_others_never_let_in_says_so_and_deletes_nothing(
    ada: Person, database: Database
) -> None:
    await create_task(ada.client, tags=["home"])
    before = await rows_of(database, ada.id)

    async with database.transaction() as transaction:
        await transaction.fetch_all(LOCK["task"], owner=ada.id)
        response = await delete(ada)

    assert (response.status_code, response.json()["code"]) == (503, "account_busy")
    assert await rows_of(database, ada.id) == before


LOCK = {
    "task": Query(text("SELECT 1 FROM task WHERE user_id = :owner FOR UPDATE")),
    "tag_usage": Query(text("SELECT 1 FROM tag_usage WHERE user_id = :owner FOR UPDATE")),
}


async def test_no_table_that_knows_users_is_forgotten(app: FastAPI, database: Database) -> None:
    del app
    known = Query(
        text(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'user_id' AND table_name NOT LIKE 'pg_%'"
        )
    )

    rows = await database.fetch_all(known)

    assert {row["table_name"] for row in rows} == {table.name for table in OWNED}


@pytest.mark.parametrize("table", OWNED, ids=[table.name for table in OWNED])
def test_what_refers_to_a_users_rows_knows_the_user_and_is_emptied_before(table: Any) -> None:
    order = [query.text.split()[2] for query in erasures()]
    tables = [each for each in metadata.tables.values() if each is not table]
    referring = [each for each in tables if any(key.column.table is table for key in each.foreign_keys)]

    assert [each.name for each in referring if each not in OWNED] == []
    assert [each.name for each in referring if order.index(each.name) > order.index(table.name)] == []
