"""A client that is killed in the middle of an answer: everything stays readable, nothing stays behind."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from src.assistant.events import TextDelta, ToolCallStarted
from src.chat.turns import ChatTurns
from src.core.database import Database
from tests.chat.conftest import AnswerWith
from tests.chat.factories import never, rows_of, says, uses
from tests.chat.test_hangup import ended, served
from tests.chatkit.client import EVENT, ChatKitClient, add_message
from tests.factories import StandingClock, token_for

KILLED = 100
LINES = 37
"""Fewer than come before the model stalls: those of the head, and four of each event and its chunk."""


def connections_in_use(database: Database) -> int:
    return database.pool_state().used


async def kill_after(address: str, headers: dict[str, str], body: str, lines: int) -> None:
    """Send a request over a socket of its own, read so many lines of the answer and tear the socket down."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = {"Host": host, "Content-Length": str(len(body)), "Content-Type": "application/json", **headers}
    told = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"POST /api/chatkit HTTP/1.1\r\n{told}\r\n{body}".encode())
    await writer.drain()
    for _ in range(lines):
        await reader.readline()
    writer.transport.abort()


async def test_a_hundred_clients_killed_in_mid_stream_leave_nothing_behind(
    app: FastAPI,
    clock: StandingClock,
    chatkit: ChatKitClient,
    turns: ChatTurns,
    answer_with: AnswerWith,
    database: Database,
    user_id: str,
) -> None:
    del clock
    answer_with(*says("Hello."))
    threads = [(await chatkit.create("hi")).thread_id for _ in range(5)]
    answer_with(*uses("list_tasks", {"items": []}), TextDelta("Half an"), TextDelta(" answer"), never())
    headers = {"Authorization": f"Bearer {token_for(user_id)}"}
    before = asyncio.all_tasks()

    async with served(app) as address:
        for number in range(KILLED):
            body = add_message(threads[number % 5], "go on").model_dump_json()
            # Before the head, in the head, between events, in the middle of the answer.
            await kill_after(address, headers, body, lines=number % LINES)
            if number % 5 == 4:
                await turns.settle()
    await asyncio.wait_for(turns.settle(), timeout=10)

    assert asyncio.all_tasks() - before == set()
    assert connections_in_use(database) == 0
    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [None] * 5
    outcomes = [turn["outcome"] for turn in await rows_of(database, "chat_turn", user_id)]
    assert set(outcomes) == {"answered", "cancelled"}
    assert outcomes.count("cancelled") > KILLED / 2
    answer_with(*says("Whole."))
    for thread_id in threads:
        assert (await chatkit.say(thread_id, "and now?")).text == "Whole."
        spoken = await chatkit.spoken(thread_id)
        assert (spoken[:2], spoken[-2:]) == (["hi", "Hello."], ["and now?", "Whole."])
        assert {"go on", "Half an answer"} <= set(spoken[2:-2]) <= {"go on", "Half an", "Half an answer"}


async def test_a_client_that_cancels_keeps_what_was_said_and_the_next_turn_knows_it(
    app: FastAPI,
    clock: StandingClock,
    chatkit: ChatKitClient,
    turns: ChatTurns,
    answer_with: AnswerWith,
    user_id: str,
) -> None:
    del clock
    answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id
    stalled = answer_with(
        TextDelta("Half an"), ToolCallStarted("call_1", "add_task", {"title": "Milk"}), never()
    )
    headers = {"Authorization": f"Bearer {token_for(user_id)}", "Content-Type": "application/json"}

    async with served(app) as address, httpx.AsyncClient(base_url=address, headers=headers) as real:
        body = add_message(thread_id, "go on").model_dump_json()
        async with real.stream("POST", "/api/chatkit", content=body) as response:
            seen = []
            async for line in response.aiter_lines():
                seen += [EVENT.validate_json(line.removeprefix("data: "))] if line else []
                if seen and seen[-1].type == "progress_update":
                    break
        await asyncio.wait_for(stalled.was_stopped.wait(), timeout=10)
    await turns.settle()

    following = answer_with(*says("Whole."))
    await chatkit.say(thread_id, "again")
    assert await chatkit.spoken(thread_id) == ["hi", "Hello.", "go on", "Half an", "again", "Whole."]
    assert "not known" in str(following.histories[0])


async def test_a_server_that_is_told_only_when_it_writes_lets_go_too(
    chatkit: ChatKitClient, turns: ChatTurns, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    go_on = asyncio.Event()
    responder = answer_with(TextDelta("Half an"), go_on, TextDelta(" answer"), never())
    request = asyncio.create_task(chatkit.create("hi"))
    await responder.is_waiting.wait()

    request.cancel()
    await asyncio.wait([request])
    await turns.settle()

    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [None]
    (thread,) = (await chatkit.threads()).data
    assert await chatkit.spoken(thread.id) == ["hi", "Half an"]


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233])
async def test_a_request_that_is_aborted_anywhere_leaves_no_lease_and_no_empty_thread(
    chatkit: ChatKitClient,
    turns: ChatTurns,
    answer_with: AnswerWith,
    database: Database,
    user_id: str,
    steps: int,
) -> None:
    answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id

    requests = [
        asyncio.create_task(chatkit.say(thread_id, "again")),
        asyncio.create_task(chatkit.create("new")),
    ]
    for _ in range(steps):
        await asyncio.sleep(0)
    for request in requests:
        request.cancel()
        await ended(request)
    await turns.settle()

    assert {row["turn_id"] for row in await rows_of(database, "conversation", user_id)} == {None}
    assert all([await chatkit.spoken(thread.id) for thread in (await chatkit.threads()).data])
    answer = await asyncio.wait_for(chatkit.say(thread_id, "and now?"), timeout=5)
    assert answer.text == "Hello."
