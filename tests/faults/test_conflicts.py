"""Transactions that PostgreSQL undoes for the sake of others."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from sqlalchemy import bindparam, text

from src.core.database import Database, Query
from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.outages import DatabaseConflict, ZoneUnknownToDatabase, rerun_on_conflict
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, create_task, token_for
from tests.faults.waiting import awaited

AT_ONCE = 3
WAITING = """
WITH RECURSIVE blocked AS (
    SELECT pid FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))
    UNION
    SELECT a.pid FROM pg_stat_activity a JOIN blocked b ON b.pid = ANY (pg_blocking_pids(a.pid))
)
SELECT count(*) FROM blocked
"""
SERIALIZABLE = "options=-c%20default_transaction_isolation%3Dserializable"
LOCK = Query(text("SELECT pg_advisory_xact_lock(:key)").bindparams(bindparam("key")))


@pytest.fixture
async def strict_client(
    postgres: EmbeddedPostgres, tmp_path: Path, user_id: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A service whose database lets nothing pass that could not have happened one after the other."""
    app = create_app(settings_for(f"{postgres.url}&{SERIALIZABLE}", tmp_path), clock=StandingClock())
    async with running(app), client_of(app, token_for(user_id)) as client:
        yield client


@pytest.fixture
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    database = Database(parse_database_url(postgres.url), pool_size=4)
    await database.open()
    yield database
    await database.close()


async def test_a_single_change_is_made_again_until_it_goes_through(
    strict_client: httpx.AsyncClient, postgres: EmbeddedPostgres
) -> None:
    task = await create_task(strict_client)
    path = f"/api/me/tasks/{task['id']}"
    other, onlooker = await asyncpg.connect(postgres.url), await asyncpg.connect(postgres.url)

    async def all_wait() -> bool:
        return bool(await onlooker.fetchval(WAITING, other.get_server_pid()) == AT_ONCE)

    async with other.transaction():
        await other.execute("UPDATE task SET description = 'Theirs' WHERE id = $1", task["id"])
        changes = [
            asyncio.create_task(strict_client.patch(path, json={"title": f"Title {n}"}))
            for n in range(AT_ONCE)
        ]
        await awaited(all_wait, "every change waits for the other's")
    answers = await asyncio.gather(*changes)
    await other.close()
    await onlooker.close()

    assert [answer.status_code for answer in answers] == [200] * AT_ONCE, [a.text for a in answers]
    assert (await strict_client.get(path)).json()["description"] == "Theirs"


async def test_a_deadlock_is_resolved_by_running_one_of_the_two_again(database: Database) -> None:
    both_hold_one = asyncio.Barrier(2)
    runs: list[int] = []

    async def transfer(first: int, second: int) -> int:
        runs.append(first)
        async with database.transaction() as transaction:
            await transaction.fetch_all(LOCK, key=first)
            if len(runs) <= 2:
                await both_hold_one.wait()
            await transaction.fetch_all(LOCK, key=second)
        return first

    done = await asyncio.gather(
        rerun_on_conflict(lambda: transfer(81, 82)), rerun_on_conflict(lambda: transfer(82, 81))
    )

    assert list(done) == [81, 82]
    assert len(runs) == 3


async def test_what_is_undone_every_time_is_told_in_the_end() -> None:
    runs = 0

    async def undone() -> None:
        nonlocal runs
        runs += 1
        raise DatabaseConflict("undone", retry_after=1)

    with pytest.raises(DatabaseConflict):
        await rerun_on_conflict(undone)

    assert runs == 6


async def test_a_zone_that_the_database_does_not_know_is_a_fault_of_the_input(database: Database) -> None:
    query = Query(text("SELECT timezone('Mars/Olympus_Mons', now())"))

    with pytest.raises(ZoneUnknownToDatabase, match="Mars/Olympus_Mons") as caught:
        await database.fetch_one(query)

    assert (caught.value.code, caught.value.errors[0].field) == ("unknown_timezone", "timezone")
