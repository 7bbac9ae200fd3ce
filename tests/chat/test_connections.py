"""No database connection is held while a model thinks."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from src.core.config import Settings
from src.main import create_app
from tests.chat.factories import ScriptedResponder, messages, only_conversation, say, says
from tests.conftest import client_of, running
from tests.factories import StandingClock, create_task, titles, token_for


@pytest.fixture
async def narrow_app(settings: Settings, clock: StandingClock) -> AsyncIterator[FastAPI]:
    """A service with one database connection."""
    narrow = settings.model_copy(update={"database_pool_size": 1})
    async with running(create_app(narrow, clock=clock)) as app:
        yield app


async def test_others_are_served_by_the_only_connection_while_models_think(
    narrow_app: FastAPI, user_id: str
) -> None:
    go_on = asyncio.Event()
    responder = ScriptedResponder([go_on, *says("At last.")])
    narrow_app.state.assistant = responder.get

    async with client_of(narrow_app, token_for(user_id)) as client:
        turns = [asyncio.create_task(say(client, f"message {number}")) for number in range(5)]
        await responder.is_waiting.wait()
        await create_task(client, "Water the plants")
        seen = await titles(client)
        go_on.set()
        answers = await asyncio.gather(*turns)

    assert seen == ["Water the plants"]
    assert [answer["response"] for answer in answers] == ["At last."] * 5


async def test_who_waits_for_a_conversation_holds_no_connection(narrow_app: FastAPI, user_id: str) -> None:
    go_on = asyncio.Event()
    responder = ScriptedResponder([go_on, *says("Yes.")])
    narrow_app.state.assistant = responder.get

    async with client_of(narrow_app, token_for(user_id)) as client:
        first = asyncio.create_task(say(client, "one"))
        await responder.is_waiting.wait()
        conversation_id = await only_conversation(client)
        second = asyncio.create_task(say(client, "two", conversation_id))
        seen = [await messages(client, conversation_id) for _ in range(3)]
        go_on.set()
        await asyncio.gather(first, second)

    assert seen == [[("user", "one")]] * 3


async def test_a_service_that_stops_in_the_middle_of_a_turn_keeps_it(
    settings: Settings, clock: StandingClock, client: httpx.AsyncClient, user_id: str
) -> None:
    responder = ScriptedResponder([*says("Half an")[:1], asyncio.Event()])

    async with running(create_app(settings, clock=clock)) as app:
        app.state.assistant = responder.get
        async with client_of(app, token_for(user_id)) as leaving:
            turn = asyncio.create_task(leaving.post("/api/me/chat", json={"message": "hi"}))
            await responder.is_waiting.wait()
            await app.state.turns.close()
            response = await turn

    assert (response.status_code, response.json()["code"]) == (503, "turn_interrupted")
    assert await messages(client, await only_conversation(client)) == [
        ("user", "hi"),
        ("assistant", "Half an"),
    ]
