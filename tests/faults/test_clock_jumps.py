"""The wall clock of an instance jumps, an hour back or a day ahead, while something runs."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from src.core.shared_limits import Limit, RateLimitExceeded, SharedLimits, limit_key
from tests.chat.factories import ScriptedResponder, messages, say, says
from tests.factories import NOW, StandingClock, create_task, titles

JUMPS = {"back": timedelta(hours=-1), "ahead": timedelta(days=1)}


@pytest.fixture(params=JUMPS)
def jump(request: pytest.FixtureRequest) -> timedelta:
    return JUMPS[request.param]


async def test_a_turn_keeps_its_conversation_to_itself(
    app: FastAPI, client: httpx.AsyncClient, clock: StandingClock, jump: timedelta
) -> None:
    assistant, go_on = app.state.assistant, asyncio.Event()
    responder = ScriptedResponder(says("Hello."))
    app.state.assistant = responder.get
    conversation_id = (await say(client, "hello"))["conversation_id"]
    responder = ScriptedResponder([go_on, *says("First.")])
    app.state.assistant = responder.get
    first = asyncio.create_task(say(client, "one", conversation_id))
    await responder.is_waiting.wait()
    app.state.assistant = ScriptedResponder(says("Second.")).get

    clock.set(NOW + jump)
    second = asyncio.create_task(say(client, "two", conversation_id))
    await titles(client)  # Time for it to push in, if it could.
    said_meanwhile = await messages(client, conversation_id)
    go_on.set()
    await asyncio.gather(first, second)
    app.state.assistant = assistant

    assert said_meanwhile[2:] == [("user", "one")]
    assert (await messages(client, conversation_id))[2:] == [
        ("user", "one"),
        ("assistant", "First."),
        ("user", "two"),
        ("assistant", "Second."),
    ]


async def test_a_key_still_answers_the_same(
    client: httpx.AsyncClient, clock: StandingClock, jump: timedelta
) -> None:
    key = {"Idempotency-Key": "jump"}
    first = await client.post("/api/me/tasks", json={"title": "Once"}, headers=key)

    clock.set(NOW + jump - timedelta(minutes=1))
    again = await client.post("/api/me/tasks", json={"title": "Once"}, headers=key)

    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()


async def test_what_was_created_can_be_completed(
    client: httpx.AsyncClient, clock: StandingClock, jump: timedelta
) -> None:
    task = await create_task(client, due_date="2026-11-22", recurrence="every day")

    clock.set(NOW + jump)
    done = await client.post(f"/api/me/tasks/{task['id']}/complete")

    assert done.status_code == 200, done.text
    assert done.json()["next_occurrence"] is not None


async def test_a_limit_neither_lets_more_through_nor_locks_out_for_longer_than_the_jump(
    app: FastAPI, user_id: str, jump: timedelta
) -> None:
    limits, key, limit = SharedLimits(app.state.database), limit_key("jump", user_id), [Limit(2, 60)]
    for _ in range(2):
        await limits.take(key, limit, NOW)

    if jump > timedelta(0):
        assert (await limits.take(key, limit, NOW + jump)).remaining == 1
        return
    with pytest.raises(RateLimitExceeded) as refused:
        await limits.take(key, limit, NOW + jump)

    assert refused.value.retry_after is not None
    assert refused.value.retry_after <= 60 - jump.total_seconds()
    assert (await limits.take(key, limit, NOW + timedelta(seconds=61))).remaining == 1
