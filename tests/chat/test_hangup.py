"""A client that hangs up: what was said is kept, the model stops, the conversation is free."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from fastapi import FastAPI

from src.assistant.events import TextDelta
from src.chat.turns import ChatTurns
from src.core.database import Database
from tests.chat.conftest import AnswerWith
from tests.chat.factories import ScriptedResponder, messages, never, only_conversation, rows_of, say, says
from tests.factories import StandingClock, token_for


@dataclass
class Connection:
    """A server's side of a request whose client can hang up at any moment."""

    body: bytes
    has_hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    has_read: asyncio.Event = field(default_factory=asyncio.Event)
    has_sent_body: bool = False

    async def receive(self) -> dict[str, Any]:
        if not self.has_sent_body:
            self.has_sent_body = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.has_hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self.has_hung_up.is_set():
            raise OSError("the client is gone")
        if message["type"] == "http.response.body" and message.get("body"):
            self.has_read.set()


def scope_of(user_id: str, accept: str, spec_version: str) -> dict[str, Any]:
    headers = {
        "host": "todo.test",
        "authorization": f"Bearer {token_for(user_id)}",
        "content-type": "application/json",
        "accept": accept,
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": spec_version},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/me/chat",
        "raw_path": b"/api/me/chat",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("todo.test", 80),
    }


async def ended(request: "asyncio.Task[Any]") -> None:
    """Servers only log what a request of a client that is gone ends with."""
    await asyncio.wait([request])
    request.cancelled() or request.exception()


async def assert_all_is_kept(
    client: httpx.AsyncClient, turns: ChatTurns, responder: ScriptedResponder, answer_with: AnswerWith
) -> None:
    await responder.was_stopped.wait()
    await turns.settle()
    conversation_id = await only_conversation(client)
    assert await messages(client, conversation_id) == [("user", "hi"), ("assistant", "Half an")]

    answer_with(*says("Whole."))
    assert (await say(client, "again", conversation_id))["response"] == "Whole."


@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
async def test_a_hangup_in_the_middle_of_a_stream_keeps_what_was_said(
    app: FastAPI,
    client: httpx.AsyncClient,
    turns: ChatTurns,
    answer_with: AnswerWith,
    user_id: str,
    spec_version: str,
) -> None:
    more = asyncio.Event()
    responder = answer_with(TextDelta("Half an"), more, TextDelta(""), never())
    connection = Connection(b'{"message":"hi"}')
    scope = scope_of(user_id, "text/event-stream", spec_version)
    request = asyncio.create_task(app(scope, connection.receive, connection.send))
    await connection.has_read.wait()

    connection.has_hung_up.set()
    more.set()  # A server of the newer kind tells of it when something is sent.
    await ended(request)

    await assert_all_is_kept(client, turns, responder, answer_with)


async def test_a_hangup_while_the_whole_answer_is_awaited_stops_the_model(
    app: FastAPI, client: httpx.AsyncClient, turns: ChatTurns, answer_with: AnswerWith, user_id: str
) -> None:
    responder = answer_with(TextDelta("Half an"), never())
    connection = Connection(b'{"message":"hi"}')
    scope = scope_of(user_id, "application/json", "2.3")
    request = asyncio.create_task(app(scope, connection.receive, connection.send))
    await responder.is_waiting.wait()

    connection.has_hung_up.set()
    await ended(request)

    await assert_all_is_kept(client, turns, responder, answer_with)


async def test_a_hangup_before_the_first_event_stops_the_model(
    app: FastAPI, client: httpx.AsyncClient, turns: ChatTurns, answer_with: AnswerWith, user_id: str
) -> None:
    responder = answer_with(never())
    connection = Connection(b'{"message":"hi"}')
    connection.has_hung_up.set()
    scope = scope_of(user_id, "text/event-stream", "2.3")

    await ended(asyncio.create_task(app(scope, connection.receive, connection.send)))
    await turns.settle()

    assert await messages(client, await only_conversation(client)) == [("user", "hi")]
    answer_with(*says("Whole."))
    assert (await say(client, "again", await only_conversation(client)))["response"] == "Whole."
    assert not responder.histories or responder.was_stopped.is_set()


async def test_a_request_aborted_by_its_server_leaves_the_conversation_free(
    app: FastAPI, client: httpx.AsyncClient, turns: ChatTurns, answer_with: AnswerWith, user_id: str
) -> None:
    responder = answer_with(TextDelta("Half an"), never())
    connection = Connection(b'{"message":"hi"}')
    scope = scope_of(user_id, "text/event-stream", "2.3")
    request = asyncio.create_task(app(scope, connection.receive, connection.send))
    await responder.is_waiting.wait()

    request.cancel()
    await ended(request)

    await assert_all_is_kept(client, turns, responder, answer_with)


async def test_a_real_client_that_closes_its_socket_stops_the_model(
    app: FastAPI,
    clock: StandingClock,
    client: httpx.AsyncClient,
    turns: ChatTurns,
    answer_with: AnswerWith,
    database: Database,
    user_id: str,
) -> None:
    del clock
    responder = answer_with(TextDelta("Half an"), never())
    headers = {"Authorization": f"Bearer {token_for(user_id)}", "Accept": "text/event-stream"}

    async with served(app) as address, httpx.AsyncClient(base_url=address, headers=headers) as real:
        async with real.stream("POST", "/api/me/chat", json={"message": "hi"}) as response:
            line = await anext(response.aiter_lines())
        await asyncio.wait_for(responder.was_stopped.wait(), timeout=10)

    assert orjson.loads(line.removeprefix("data: ")) == {"type": "text_delta", "text": "Half an"}
    await assert_all_is_kept(client, turns, responder, answer_with)
    outcomes = {turn["outcome"] for turn in await rows_of(database, "chat_turn", user_id)}
    assert outcomes == {"cancelled", "answered"}


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The application behind a real server on loopback."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    sockets = [config.bind_socket()]
    sockets[0].listen()  # Whoever connects before the server runs waits for it.
    serving = asyncio.create_task(server.serve(sockets=sockets))
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        sockets[0].close()
