"""Two instances on one database behind a plain proxy that knows nothing of sessions."""

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import asyncpg
import httpx
import pytest

from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from tests.factories import create_task, titles, token_for
from tests.faults.processes import Service, service

AT_ONCE = 12


@dataclass
class RoundRobin:
    """Hands each connection to the next instance."""

    services: Sequence[Service]
    url: str = ""
    served: Counter[int] = field(default_factory=Counter)

    async def listen(self) -> asyncio.Server:
        turns = itertools.cycle(self.services)
        listener = await asyncio.start_server(lambda *ends: self._relay(next(turns), *ends), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        return listener

    async def _relay(
        self, chosen: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.served[chosen.port] += 1
        upstream = await asyncio.open_connection("127.0.0.1", chosen.port)
        await asyncio.gather(_pass(reader, upstream[1]), _pass(upstream[0], writer))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


@pytest.fixture(scope="module")
async def proxy(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RoundRobin]:
    """Two instances that were started at once on an empty database."""
    administrator = await asyncpg.connect(postgres.url)
    await administrator.execute("CREATE DATABASE several")
    address = parse_database_url(postgres.url.replace("/postgres?", "/several?"))
    async with contextlib.AsyncExitStack() as stack:
        starting = (service(address, tmp_path_factory.mktemp("instance")) for _ in range(2))
        services = await asyncio.gather(*(stack.enter_async_context(each) for each in starting))
        proxy = RoundRobin(services)
        await stack.enter_async_context(await proxy.listen())
        yield proxy
    await administrator.execute("DROP DATABASE several WITH (FORCE)")
    await administrator.close()


@pytest.fixture
async def client(proxy: RoundRobin, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    """Every request goes to the instance that is next."""
    headers = {"Authorization": f"Bearer {token_for(user_id)}"}
    unkept = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=proxy.url, headers=headers, limits=unkept, timeout=30) as client:
        yield client


async def say(client: httpx.AsyncClient, message: str, conversation_id: int | None = None) -> int:
    body = {"message": message} | ({"conversation_id": conversation_id} if conversation_id else {})
    answer = await client.post("/api/me/chat", json=body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["conversation_id"])


async def roles(client: httpx.AsyncClient, conversation_id: int) -> list[str]:
    page = await client.get(f"/api/me/conversations/{conversation_id}/messages", params={"limit": 100})
    return [message["role"] for message in page.json()["items"]]


async def test_a_conversation_goes_on_wherever_its_next_turn_arrives(
    proxy: RoundRobin, client: httpx.AsyncClient
) -> None:
    before = Counter(proxy.served)
    conversation_id = await say(client, "add a task to call mom")

    for message in ("add a task to buy milk", "what are my tasks?", "complete the task call mom"):
        await say(client, message, conversation_id)

    assert await roles(client, conversation_id) == ["user", "assistant"] * 4
    assert await titles(client, status="pending") == ["buy milk"]
    assert min((proxy.served - before).values()) >= 2
    assert len(proxy.served - before) == 2


async def test_turns_of_a_conversation_take_turns_across_instances(client: httpx.AsyncClient) -> None:
    conversation_id = await say(client, "add a task to feed cat 0")

    await asyncio.gather(*(say(client, f"add a task to feed cat {n}", conversation_id) for n in range(1, 7)))

    assert await roles(client, conversation_id) == ["user", "assistant"] * 7
    assert len(await titles(client)) == 7


async def test_a_key_lets_a_request_be_made_once_by_both_together(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "only once"}

    answers = await asyncio.gather(
        *(client.post("/api/me/tasks", json={"title": "Once"}, headers=key) for _ in range(AT_ONCE))
    )

    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await titles(client) == ["Once"]


async def test_an_occurrence_completed_through_both_at_once_has_one_successor(
    client: httpx.AsyncClient,
) -> None:
    task = await create_task(client, "Water plants", due_date="tomorrow", recurrence="every day")

    answers = await asyncio.gather(
        *(client.post(f"/api/me/tasks/{task['id']}/complete") for _ in range(AT_ONCE))
    )

    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len({answer.json()["next_occurrence"]["id"] for answer in answers}) == 1
    assert await titles(client, status="pending") == ["Water plants"]
    assert len(await titles(client, status="all")) == 2
