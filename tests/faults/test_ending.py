"""A service that is asked to end: nothing new is begun, what runs may finish, and soon it is gone."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson

from src.core.database_url import DatabaseAddress
from tests.assistant.scripted_provider import ScriptedProvider, says, scripted_provider, stalls
from tests.factories import create_task, token_for
from tests.faults.processes import SERVE, UVICORN, Service, service
from tests.faults.waiting import awaited

TERMINATED = -signal.SIGTERM
COMMANDS: dict[str, tuple[list[str], dict[str, str], int]] = {
    "todo": (SERVE, {}, 0),
    "todo with workers": (SERVE, {"WEB_CONCURRENCY": "2"}, 0),
    "uvicorn": (UVICORN, {}, TERMINATED),  # Its command line raises the signal once more.
    "uvicorn with workers": ([*UVICORN, "--workers", "2"], {}, 0),
}
NEVER_READ = 20
SESSIONS = """
SELECT count(*) AS every, count(*) FILTER (WHERE state <> 'idle') AS busy,
    count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@asynccontextmanager
async def asked(service: Service, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {token_for(user_id)}"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
        yield client


@asynccontextmanager
async def connected(database: DatabaseAddress) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    yield connection
    await connection.close()


def scripted(provider: ScriptedProvider) -> dict[str, str]:
    return {"LLM_PROVIDER": "openai", "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": provider.base_url}


async def refuses_newcomers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        return False  # It knocked in the moment in which the door was closed; the next is refused.
    writer.close()
    return False


async def waits_for_a_lock(connection: asyncpg.Connection) -> bool:
    return bool((await connection.fetchrow(SESSIONS))["waiting"])


async def all_have_left(connection: asyncpg.Connection) -> bool:
    """Whether nobody else is connected; PostgreSQL lets a session go a moment after its goodbye."""
    return bool((await connection.fetchrow(SESSIONS))["every"] == 0)


async def test_requests_under_way_are_answered_while_newcomers_are_refused(
    empty: DatabaseAddress, tmp_path: Path, user_id: str
) -> None:
    async with service(empty, tmp_path) as todo, asked(todo, user_id) as client, connected(empty) as blocker:
        await create_task(client, "Before")
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", todo.port)
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE task IN ACCESS EXCLUSIVE MODE")
            under_way = asyncio.create_task(client.post("/api/me/tasks", json={"title": "Under way"}))
            async with connected(empty) as onlooker:
                await awaited(lambda: waits_for_a_lock(onlooker), "the request is under way")

            todo.process.terminate()
            await awaited(lambda: refuses_newcomers(todo.port), "newcomers are refused")
            left = await idle_reader.read()
        answer = await under_way
        code = await todo.ended()
        stored = await blocker.fetchval("SELECT count(*) FROM task")
        await awaited(lambda: all_have_left(blocker), "no session is left")
        sessions = await blocker.fetchrow(SESSIONS)
        idle_writer.close()

    assert left == b""
    assert (answer.status_code, answer.headers["connection"]) == (201, "close")
    assert (code, stored, sessions["every"]) == (0, 2, 0)


async def test_streams_are_cut_with_a_word_about_it_and_what_was_said_is_kept(
    empty: DatabaseAddress, tmp_path: Path, user_id: str
) -> None:
    users = {name: f"{user_id} of {name}" for name in COMMANDS}

    async with scripted_provider(stalls("Half an")) as provider, connected(empty) as onlooker:
        streams = (
            cut_stream(empty, tmp_path, users[name], command, scripted(provider) | settings)
            for name, (command, settings, _) in COMMANDS.items()
        )
        ends = dict(zip(COMMANDS, await asyncio.gather(*streams), strict=True))
        kept = await onlooker.fetch("SELECT user_id, item::text AS item FROM conversation_item")
        leased = await onlooker.fetchval("SELECT count(*) FROM conversation WHERE turn_id IS NOT NULL")

    for first, last, _ in ends.values():
        assert first == {"type": "text_delta", "text": "Half an"}
        assert (last["type"], last["code"]) == ("error", "turn_interrupted")
    assert {name: code for name, (*_, code) in ends.items()} == {
        name: code for name, (*_, code) in COMMANDS.items()
    }
    assert {row["user_id"] for row in kept if "Half an" in row["item"]} == set(users.values())
    assert leased == 0


async def cut_stream(
    database: DatabaseAddress, folder: Path, user_id: str, command: list[str], settings: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any], int]:
    """The first and the last event of a stream whose service is asked to end, and its exit code."""
    events: list[dict[str, Any]] = []
    async with service(database, folder, command, **settings) as todo, asked(todo, user_id) as client:
        headers = {"Accept": "text/event-stream"}
        async with client.stream("POST", "/api/me/chat", json={"message": "hi"}, headers=headers) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    events.append(orjson.loads(line.removeprefix("data: ")))
                    if len(events) == 1:
                        todo.process.terminate()
        return events[0], events[-1], await todo.ended()


async def test_clients_that_never_read_hold_nothing_and_keep_no_service_alive(
    empty: DatabaseAddress, tmp_path: Path, user_id: str
) -> None:
    async with (
        scripted_provider(says(*["word " * 1000] * 50)) as provider,
        service(empty, tmp_path, UVICORN, **scripted(provider)) as todo,
        asked(todo, user_id) as client,
        connected(empty) as onlooker,
    ):
        for number in range(50):
            await create_task(client, f"Task {number}", description="x" * 2000)
        lists = head("GET /api/me/tasks?limit=50", user_id) * 100
        body = b'{"message":"hi"}'
        said = head("POST /api/me/chat", user_id, Accept="text/event-stream", Content_Length=len(body)) + body
        deaf = [deaf_client(todo.port, said if number % 4 == 0 else lists) for number in range(NEVER_READ)]

        async def turns_are_over() -> bool:
            done = await onlooker.fetchval("SELECT count(*) FROM chat_turn WHERE outcome = 'answered'")
            return bool(done == NEVER_READ // 4)

        await awaited(turns_are_over, "the answers that nobody reads are stored")
        answer = await asyncio.wait_for(client.get("/api/me/tasks"), 10)
        sessions = await onlooker.fetchrow(SESSIONS)
        memory = resident_megabytes(todo.process.pid)
        todo.process.terminate()
        code = await todo.ended()
        for each in deaf:
            each.close()

    assert answer.status_code == 200
    assert sessions["busy"] == 0
    assert memory < 400
    assert code == TERMINATED


def head(request: str, user_id: str, **fields: object) -> bytes:
    given = {"Host": "t", "Authorization": f"Bearer {token_for(user_id)}", "Content-Type": "application/json"}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (given | fields).items()]
    return "\r\n".join([f"{request} HTTP/1.1", *lines, "", ""]).encode()


def deaf_client(port: int, requests: bytes) -> socket.socket:
    """Asks and never reads."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", port))
    deaf.setblocking(False)
    deaf.send(requests)
    return deaf


def resident_megabytes(process_id: int) -> int:
    (line,) = (
        line
        for line in Path(f"/proc/{process_id}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )
    return int(line.split()[1]) // 1024
