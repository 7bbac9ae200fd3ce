"""PostgreSQL goes away and comes back: clients are told to come again, and the service recovers by itself."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from src.core.embedded_postgres import EmbeddedPostgres
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, create_task, titles, token_for

PATIENCE_SECONDS = 30


class Server:
    """A durable PostgreSQL behind one lasting address: each start of the embedded one has another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embedded: EmbeddedPostgres | None = None
        self._waiting_for_bytes: asyncio.Event | None = None
        self.url = ""

    async def listen(self) -> asyncio.Server:
        listener = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        return listener

    async def start(self) -> None:
        if self._embedded is None:
            self._embedded = await asyncio.to_thread(EmbeddedPostgres, self._folder)

    async def stop(self) -> None:
        """End as a restart of PostgreSQL does, telling every client so."""
        embedded, self._embedded = self._embedded, None
        if embedded is not None:
            await asyncio.to_thread(embedded.close)

    async def kill(self) -> None:
        """End as a crash does, telling nobody."""
        process_id = int((self._folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(process_id, signal.SIGKILL)
        await self.stop()

    async def next_bytes(self) -> None:
        """Wait until somebody says something to PostgreSQL."""
        self._waiting_for_bytes = asyncio.Event()
        await self._waiting_for_bytes.wait()

    async def direct(self) -> asyncpg.Connection:
        assert self._embedded is not None
        return await asyncpg.connect(self._embedded.url)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream = await asyncio.open_unix_connection(self._socket())
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            self._pass(reader, upstream[1], is_request=True), self._pass(upstream[0], writer)
        )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_request: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
                if is_request and self._waiting_for_bytes is not None:
                    self._waiting_for_bytes.set()
        writer.close()

    def _socket(self) -> str:
        if self._embedded is None:
            raise ConnectionRefusedError
        where = parse_qs(urlsplit(self._embedded.url).query)
        return f"{where['host'][0]}/.s.PGSQL.{where['port'][0]}"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    server = Server(tmp_path_factory.mktemp("faulty"))
    async with await server.listen():
        yield server
        await server.stop()


@pytest.fixture
async def faulty_app(server: Server, tmp_path: Path) -> AsyncIterator[FastAPI]:
    await server.start()
    async with running(create_app(settings_for(server.url, tmp_path), clock=StandingClock())) as app:
        yield app


@pytest.fixture
async def faulty_client(faulty_app: FastAPI, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(faulty_app, token_for(user_id)) as client:
        yield client


def assert_told_to_come_again(response: httpx.Response) -> None:
    problem = response.json()
    assert (response.status_code, problem["error"], problem["code"]) == (
        503,
        "ServiceUnavailable",
        "database_unavailable",
    )
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) == problem["retry_after"] > 0


async def once_ready(client: httpx.AsyncClient) -> None:
    """Come again as a client would, only sooner."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (answer := await client.get("/api/me/tasks")).status_code != 200:
            assert_told_to_come_again(answer)
            await asyncio.sleep(0.02)


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


async def test_connections_that_were_ended_behind_the_pool_are_replaced(
    server: Server, faulty_client: httpx.AsyncClient
) -> None:
    await create_task(faulty_client)
    administrator = await server.direct()

    await administrator.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    answers = [await faulty_client.get("/api/me/tasks") for _ in range(10)]
    await administrator.close()

    assert {answer.status_code for answer in answers} <= {200, 503}
    assert answers[-1].status_code == 200


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
