"""The embedded PostgreSQL: shared by folder, stopped by the last, and unimpressed by crashes."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from src.core import postgres_account
from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.postgres_account import EmbeddedPostgresFailed

ROOT = Path(__file__).resolve().parents[2]
SERVICE = """
import sys, pathlib
from src.core.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an unprivileged user can reach, too, and that does not outlive its test."""
    path = Path(tempfile.mkdtemp(prefix="todo-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def asked(url: str, statement: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(**parse_database_url(url).asyncpg_arguments())
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def postmaster_id(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def is_stopped(folder: Path) -> bool:
    return not (folder / "postgres" / "postmaster.pid").exists()


def start_service(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(service: subprocess.Popen[str]) -> str:
    assert service.stdout is not None
    return service.stdout.readline().strip()


def test_the_data_survive_from_one_start_to_the_next(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as server:
        asked(server.url, "CREATE TABLE kept AS SELECT 42 AS number")

    with EmbeddedPostgres(folder, durable=False) as server:
        kept = asked(server.url, "SELECT number FROM kept")

    assert kept == 42
    assert is_stopped(folder)


def test_data_are_synced_to_disk_unless_told_otherwise(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        durable = asked(server.url, "SELECT current_setting('fsync')")
    with EmbeddedPostgres(folder, durable=False) as server:
        fast = asked(server.url, "SELECT current_setting('fsync')")

    assert (durable, fast) == ("on", "off")


def test_services_on_one_folder_share_the_server_until_the_last_leaves(folder: Path) -> None:
    first = EmbeddedPostgres(folder, durable=False)
    second = EmbeddedPostgres(folder, durable=False)
    first.close()
    first.close()

    answer = asked(second.url, "SELECT 1")
    was_stopped_early = is_stopped(folder)
    second.close()

    assert (first.url, answer, was_stopped_early) == (second.url, 1, False)
    assert is_stopped(folder)


def test_services_that_start_at_once_agree_on_one_server(folder: Path) -> None:
    services = [start_service(folder) for _ in range(3)]

    urls = {first_line(service) for service in services}
    for service in services:
        service.communicate()

    assert len(urls) == 1
    assert urls != {""}
    assert is_stopped(folder)


def test_a_killed_service_is_no_longer_counted(folder: Path) -> None:
    service = start_service(folder)
    url = first_line(service)
    service.kill()
    service.communicate()

    with EmbeddedPostgres(folder, durable=False) as server:
        answer = asked(server.url, "SELECT 1")

    assert (server.url, answer) == (url, 1)
    assert is_stopped(folder)


def test_a_killed_server_is_started_again(folder: Path) -> None:
    killed = EmbeddedPostgres(folder, durable=False)
    os.kill(postmaster_id(folder), signal.SIGKILL)

    with EmbeddedPostgres(folder, durable=False) as server:
        answer = asked(server.url, "SELECT 1")
        killed.close()
        still = asked(server.url, "SELECT 2")

    assert (answer, still) == (1, 2)
    assert is_stopped(folder)


def test_a_stranger_with_the_dead_servers_process_id_does_not_block_the_start(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False):
        left_behind = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
    left_behind[0] = str(os.getppid())
    (folder / "postgres" / "postmaster.pid").write_text("\n".join(left_behind) + "\n")

    with EmbeddedPostgres(folder, durable=False) as server:
        answer = asked(server.url, "SELECT 1")

    assert answer == 1


def test_an_interrupted_first_start_leaves_nothing_in_the_way(folder: Path) -> None:
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(folder, durable=False) as server:
        answer = asked(server.url, "SELECT 1")

    assert answer == 1


@pytest.mark.parametrize("name", ["with 'a quote', a comma and an ö", "x" * 120])
def test_any_folder_name_will_do(folder: Path, name: str) -> None:
    with EmbeddedPostgres(folder / name, durable=False) as server:
        answer = asked(server.url, "SELECT 1")

    socket_folder = Path(parse_database_url(server.url).host)
    assert answer == 1
    assert not socket_folder.exists()


def test_a_removed_folder_is_no_reason_to_fail_at_the_end(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "gone", durable=False)
    process = postmaster_id(folder / "gone")
    shutil.rmtree(folder / "gone")

    server.close()

    os.kill(process, signal.SIGQUIT)


def test_data_of_another_version_are_left_alone(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedPostgresFailed, match=r"made by PostgreSQL 17, this is 18"):
        EmbeddedPostgres(folder)


def test_a_missing_package_is_told_with_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_account, "PACKAGE", "no_such_package")

    with pytest.raises(EmbeddedPostgresFailed, match=r"set DATABASE_URL, or install"):
        EmbeddedPostgres(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL to another user")
def test_a_folder_out_of_reach_gets_its_data_elsewhere(folder: Path) -> None:
    folder.chmod(0o700)
    with EmbeddedPostgres(folder, durable=False) as server:
        asked(server.url, "CREATE TABLE kept AS SELECT 42 AS number")
    with EmbeddedPostgres(folder, durable=False) as server:
        kept = asked(server.url, "SELECT number FROM kept")
    place = (folder / "postgres").readlink()

    (folder / "postgres").unlink()
    EmbeddedPostgres(folder, durable=False).close()

    assert kept == 42
    assert not place.exists()
    shutil.rmtree((folder / "postgres").readlink().parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_data_that_root_copied_are_adopted(folder: Path) -> None:
    EmbeddedPostgres(folder, durable=False).close()
    for path in (folder / "postgres", *(folder / "postgres").rglob("*")):
        os.chown(path, 0, 0)

    with EmbeddedPostgres(folder, durable=False) as server:
        answer = asked(server.url, "SELECT 1")

    assert answer == 1


def test_a_second_start_is_quick(folder: Path) -> None:
    EmbeddedPostgres(folder).close()

    began = time.monotonic()
    EmbeddedPostgres(folder).close()

    assert time.monotonic() - began < 2.5
