"""A database that only reads for a while, as in a failover, and one whose disk is full."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.factories import create_task, titles
from tests.faults.answers import assert_told_to_come_again
from tests.faults.postgres import Server
from tests.faults.waiting import awaited

SERIES_WITHOUT_TASKS = (
    "SELECT count(*) FROM task_series s "
    "WHERE NOT EXISTS (SELECT FROM task t WHERE (t.user_id, t.series_id) = (s.user_id, s.id))"
)
LONG = "x" * 2000


@asynccontextmanager
async def administrator_of(server: Server) -> AsyncIterator[asyncpg.Connection]:
    administrator = await server.direct()
    await administrator.execute("SET default_transaction_read_only = off")
    yield administrator
    await administrator.close()


async def set_read_only(server: Server, administrator: asyncpg.Connection, word: str) -> None:
    await administrator.execute(f"ALTER SYSTEM SET default_transaction_read_only = {word}")
    await administrator.execute("SELECT pg_reload_conf()")

    async def is_so() -> bool:
        newcomer = await server.direct()
        found = await newcomer.fetchval("SELECT current_setting('default_transaction_read_only')")
        await newcomer.close()
        return bool(found == word)

    await awaited(is_so, f"the database has default_transaction_read_only = {word}")


async def test_in_a_failover_changes_are_refused_reads_go_on_and_then_all_is_well(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    task = await create_task(faulty_client, "Before")
    path = f"/api/me/tasks/{task['id']}"
    async with administrator_of(server) as administrator:
        await set_read_only(server, administrator, "on")
        try:
            refused = [
                await faulty_client.post("/api/me/tasks", json={"title": "Never stored"}),
                await faulty_client.patch(path, json={"title": "Never stored"}),
                await faulty_client.post(f"{path}/complete"),
                await faulty_client.post("/api/me/chat", json={"message": "add a task to call mom"}),
            ]
            read = await titles(faulty_client)
        finally:
            await set_read_only(server, administrator, "off")
    after = await faulty_client.post(f"{path}/complete")

    for answer in refused:
        assert_told_to_come_again(answer)
    assert read == ["Before"]
    assert after.status_code == 200


def mounted(owner: os.stat_result) -> Path | None:
    """A disk of two megabytes; None where we may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="todo-disk-"))
    options = f"size=2m,mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return folder
    folder.rmdir()
    return None


def unmount(disk: Path) -> None:
    subprocess.run(["umount", str(disk)], check=True)
    disk.rmdir()


@pytest.fixture
async def small_disk(server: Server) -> AsyncIterator[Path]:
    """A disk with the table of tasks and little room on it."""
    await server.start()
    disk = mounted(server.data_folder.stat())
    if disk is None:
        pytest.skip("Only root can mount a small disk.")
    async with administrator_of(server) as administrator:
        await administrator.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
        await administrator.execute("ALTER TABLE task SET TABLESPACE small")
        yield disk
        await administrator.execute("ALTER TABLE task SET TABLESPACE pg_default")
        await administrator.execute("DROP TABLESPACE small")
    unmount(disk)


def fill(disk: Path) -> Path:
    """Leave no room for another page of the table."""
    filling = disk / "filling"
    with filling.open("wb") as file:
        file.write(bytes(shutil.disk_usage(disk).free))
    return filling


async def test_on_a_full_disk_nothing_is_half_written_and_room_is_all_that_it_takes(
    server: Server, faulty_client: httpx.AsyncClient, small_disk: Path
) -> None:
    stored = ["Before"]
    await create_task(faulty_client, "Before")

    filling = fill(small_disk)
    for number in range(50):
        body = {"title": f"Task {number}", "description": LONG, "recurrence": "every day"}
        answer = await faulty_client.post("/api/me/tasks", json=body)
        if answer.status_code != 201:
            break
        stored.append(body["title"])
    read = await titles(faulty_client, limit=100)
    filling.unlink()
    await create_task(faulty_client, "After", description=LONG)

    assert_told_to_come_again(answer)
    assert sorted(read) == sorted(stored)
    async with administrator_of(server) as administrator:
        assert await administrator.fetchval(SERIES_WITHOUT_TASKS) == 0
    assert sorted(await titles(faulty_client, limit=100)) == sorted([*stored, "After"])
