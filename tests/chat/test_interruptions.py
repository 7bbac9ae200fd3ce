"""What interrupts a turn from below and from outside leaves the conversation whole and free."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Integer, bindparam, func, select
from starlette.types import Message

from src.assistant.events import TextDelta
from src.auth.context import Caller
from src.chat import sse
from src.chat.leases import LEASE_SECONDS
from src.chat.limits import Admission
from src.chat.schemas import ChatRequest
from src.chat.sse import EventStream
from src.chat.turn import Turn
from src.chat.turn_repository import Beginning, TurnRepository
from src.chat.turns import ChatTurns
from src.core.config import Settings
from src.core.database import Database, Query
from src.core.database_url import DatabaseAddress, parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.main import create_app
from tests.chat.factories import ScriptedResponder, messages, only_conversation, rows_of, say, says, uses
from tests.conftest import client_of, running
from tests.factories import NOW, StandingClock, token_for

_OWN_PROCESS = Query(select(func.pg_backend_pid().label("process")))
# Waits until the process is gone.
_END_PROCESS = Query(select(func.pg_terminate_backend(bindparam("process", type_=Integer), 5000)))


async def process_behind(app: FastAPI) -> int:
    """The server process of a service's only database connection."""
    row = await app.state.database.fetch_one(_OWN_PROCESS)
    return int(row["process"])


class Door:
    """A way to PostgreSQL that a test can close."""

    def __init__(self, path: Path, server: DatabaseAddress) -> None:
        self._path = path
        self._server = server
        self.open()

    @property
    def url(self) -> SecretStr:
        return SecretStr(f"postgresql://postgres@/postgres?host={self._path}&port={self._server.port}")

    def open(self) -> None:
        self._path.symlink_to(self._server.host)

    def close(self) -> None:
        self._path.unlink()


@pytest.fixture
def door(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Door:
    # A socket's path has to be short.
    return Door(tmp_path_factory.mktemp("d") / "s", parse_database_url(postgres.url))


@pytest.mark.parametrize("steps", range(12))
async def test_a_beginning_that_is_aborted_anywhere_leaves_no_lease(
    database: Database, clock: StandingClock, user_id: str, steps: int
) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    hello = ScriptedResponder(says("Hello."))
    first = await turns.begin(Caller(user_id), ChatRequest.of(message="hi"), hello.get)
    await turns.settle()
    again = ChatRequest.of(message="again", conversation_id=first.conversation_id)

    beginning = asyncio.create_task(turns.begin(Caller(user_id), again, hello.get))
    for _ in range(steps):
        await asyncio.sleep(0)
    beginning.cancel()
    await asyncio.wait([beginning])
    await turns.settle()

    (conversation,) = await rows_of(database, "conversation", user_id)
    assert conversation["turn_id"] is None
    third = await asyncio.wait_for(turns.begin(Caller(user_id), again, hello.get), timeout=5)
    await turns.settle()
    assert third.text == "Hello."


@pytest.mark.parametrize("steps", range(12))
async def test_a_new_conversation_that_is_aborted_anywhere_is_free_if_it_is_there(
    database: Database, clock: StandingClock, client: httpx.AsyncClient, user_id: str, steps: int
) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    hello = ScriptedResponder(says("Hello."))

    beginning = asyncio.create_task(turns.begin(Caller(user_id), ChatRequest.of(message="hi"), hello.get))
    for _ in range(steps):
        await asyncio.sleep(0)
    beginning.cancel()
    await asyncio.wait([beginning])
    await turns.settle()

    for conversation in await rows_of(database, "conversation", user_id):
        assert conversation["turn_id"] is None
        assert (await messages(client, conversation["id"]))[0] == ("user", "hi")


async def test_a_beginning_whose_answer_is_lost_leaves_no_lease(database: Database, user_id: str) -> None:
    """The conversation was created, but nobody heard its id."""
    turn = Beginning(uuid4(), NOW, Admission(user_id, Counter()))
    await TurnRepository(database, user_id).begin_new("A talk", turn, LEASE_SECONDS)

    await TurnRepository(database, user_id).abandon_new(turn.id)

    assert await rows_of(database, "conversation", user_id) == []


async def test_a_connection_that_dies_while_the_model_thinks_is_replaced(
    settings: Settings, clock: StandingClock, database: Database, user_id: str
) -> None:
    go_on = asyncio.Event()
    responder = ScriptedResponder([go_on, *uses("list_tasks", {"items": []}), *says("Nothing.")])
    narrow = settings.model_copy(update={"database_pool_size": 1})

    async with running(create_app(narrow, clock=clock)) as app:
        app.state.assistant = responder.get
        async with client_of(app, token_for(user_id)) as client:
            turn = asyncio.create_task(say(client, "what is there?"))
            await responder.is_waiting.wait()
            await database.fetch_one(_END_PROCESS, process=await process_behind(app))
            go_on.set()
            answer = await turn

            assert await messages(client, answer["conversation_id"]) == [
                ("user", "what is there?"),
                ("assistant", "Nothing."),
            ]


async def test_a_database_that_goes_away_is_a_503_and_the_conversation_goes_on_later(
    settings: Settings, clock: StandingClock, database: Database, door: Door, user_id: str
) -> None:
    go_on = asyncio.Event()
    responder = ScriptedResponder([go_on, *says("Whole.")])
    narrow = settings.model_copy(update={"database_pool_size": 1, "database_url": door.url})

    async with running(create_app(narrow, clock=clock)) as app, client_of(app, token_for(user_id)) as client:
        app.state.assistant = responder.get
        turn = asyncio.create_task(client.post("/api/me/chat", json={"message": "hi"}))
        await responder.is_waiting.wait()
        process = await process_behind(app)
        door.close()
        await database.fetch_one(_END_PROCESS, process=process)
        go_on.set()
        failed = await turn
        door.open()
        await app.state.turns.settle()
        conversation_id = await only_conversation(client)
        answer = await say(client, "and now?", conversation_id)

        assert (failed.status_code, failed.json()["code"]) == (503, "database_unavailable")
        assert "retry-after" in failed.headers
        assert answer["response"] == "Whole."
        assert await messages(client, conversation_id) == [
            ("user", "hi"),
            ("user", "and now?"),
            ("assistant", "Whole."),
        ]


async def sent(turn: Turn) -> AsyncIterator[bytes]:
    """What goes over the wire for a turn, as it goes."""
    bodies: asyncio.Queue[Message] = asyncio.Queue()

    async def receive() -> Message:
        return await asyncio.Future()

    sending = asyncio.create_task(EventStream(turn, "request-1")({}, receive, bodies.put))
    is_over = False
    while not is_over:
        message = await bodies.get()
        is_over = not message.get("more_body", True)
        if "body" in message:
            yield message["body"]
    await sending


async def test_a_silent_stream_is_kept_open_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "PING_SECONDS", 0.001)
    turn = Turn(Caller("anna"), 1, "hi", NOW)
    stream = sent(turn)

    first = await anext(stream)
    turn.tell(TextDelta("Hello."))
    turn.let_go()
    rest = [line async for line in stream if not line.startswith(b":")]

    assert first == b": ping\n\n"
    assert rest[0] == b'data: {"type":"text_delta","text":"Hello."}\n\n'
    assert len(rest) == 2


async def test_what_happened_together_is_sent_together_and_the_whole_answer_by_itself() -> None:
    turn = Turn(Caller("anna"), 1, "hi", NOW)
    for piece in ("Hel", "lo."):
        turn.tell(TextDelta(piece))
    turn.let_go()

    told, whole = [chunk async for chunk in sent(turn)]

    assert told == b'data: {"type":"text_delta","text":"Hel"}\n\ndata: {"type":"text_delta","text":"lo."}\n\n'
    assert whole.startswith(b'data: {"conversation_id":1,')
