"""How much one user may say: in a minute, in an hour, at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.auth.context import Caller
from src.chat.limits import ChatLimits, message_limits
from src.chat.turns import ChatTurns
from src.chatkit.repository import ThreadRepository
from src.core.clock import system_clock
from src.core.config import Settings
from src.core.database import Database
from src.core.shared_limits import Limit, RateLimitExceeded, SharedLimits
from src.main import create_app
from tests.chat.conftest import AnswerWith
from tests.chat.factories import messages, never, rows_of, say, says
from tests.conftest import ClientFor, running
from tests.factories import NOW, StandingClock

A_MINUTE, AN_HOUR, AT_ONCE = 3, 5, 2
REAL = StandingClock()
HELLO = {"message": "hello"}
BEYOND_ALL_IDS = 2**62


@pytest.fixture(scope="module")
async def app(settings: Settings, shared_clock: StandingClock) -> AsyncIterator[FastAPI]:
    """A service of its own, with limits that a test can reach, and a clock for them that a test moves."""
    low = {
        "rate_limit_per_minute": A_MINUTE,
        "rate_limit_per_hour": AN_HOUR,
        "rate_limit_turns_at_once": AT_ONCE,
    }
    limited = create_app(settings.model_copy(update=low), clock=shared_clock)
    REAL.set(system_clock())  # Tokens live by this clock, too, and are made by the real one.
    limited.state.token_clock = REAL
    async with running(limited) as app:
        yield app


@pytest.fixture(autouse=True)
def real_clock() -> StandingClock:
    REAL.set(system_clock())
    return REAL


@pytest.fixture(autouse=True)
def _somebody_answers(answer_with: AnswerWith) -> None:
    answer_with(*says("Hello."))


async def test_answers_tell_what_is_left_and_the_next_message_is_refused(
    client: httpx.AsyncClient, database: Database, user_id: str
) -> None:
    told = [await client.post("/api/me/chat", json=HELLO) for _ in range(A_MINUTE + 1)]

    refused = told[-1]
    assert [each.status_code for each in told] == [200, 200, 200, 429]
    assert [each.headers["ratelimit"] for each in told] == [
        f'"minute";r={left};t=60' for left in (2, 1, 0, 0)
    ]
    assert {each.headers["ratelimit-policy"] for each in told} == {'"minute";q=3;w=60, "hour";q=5;w=3600'}
    assert (refused.json()["error"], refused.json()["code"]) == ("RateLimitExceeded", "rate_limited")
    assert (refused.json()["retry_after"], refused.headers["retry-after"]) == (60, "60")
    assert len(await rows_of(database, "conversation", user_id)) == A_MINUTE


async def test_who_comes_back_when_told_is_answered(
    client: httpx.AsyncClient, real_clock: StandingClock
) -> None:
    for _ in range(A_MINUTE):
        await say(client, "hello")
        real_clock.advance(seconds=7)
    refused = await client.post("/api/me/chat", json=HELLO)

    real_clock.advance(seconds=refused.json()["retry_after"])

    assert refused.json()["retry_after"] == 60 - 3 * 7
    assert (await client.post("/api/me/chat", json=HELLO)).status_code == 200
    assert (await client.post("/api/me/chat", json=HELLO)).status_code == 429


async def test_the_hour_is_counted_beside_the_minute(
    client: httpx.AsyncClient, real_clock: StandingClock
) -> None:
    for _ in range(AN_HOUR):
        await say(client, "hello")
        real_clock.advance(seconds=61)

    refused = await client.post("/api/me/chat", json=HELLO)

    assert refused.headers["ratelimit"] == f'"hour";r=0;t={3600 - 5 * 61}'
    assert refused.json()["message"] == "Too many requests: 5 in 1 hour."


async def test_limits_live_by_the_real_clock_while_the_services_stands(
    client: httpx.AsyncClient, clock: StandingClock, real_clock: StandingClock
) -> None:
    for _ in range(A_MINUTE):
        await say(client, "hello")

    real_clock.advance(seconds=60)

    assert clock() == NOW
    assert (await client.post("/api/me/chat", json=HELLO)).status_code == 200


async def test_one_user_does_not_use_up_what_is_anothers(client_for: ClientFor, user_id: str) -> None:
    async with client_for(f"{user_id}-a") as one, client_for(f"{user_id}-b") as other:
        for _ in range(A_MINUTE):
            await say(one, "hello")

        assert (await one.post("/api/me/chat", json=HELLO)).status_code == 429
        assert (await other.post("/api/me/chat", json=HELLO)).status_code == 200


async def test_a_retry_gets_its_answer_again_and_does_not_count(client: httpx.AsyncClient) -> None:
    retried = [
        await client.post("/api/me/chat", json=HELLO, headers={"Idempotency-Key": "once"})
        for _ in range(A_MINUTE + 2)
    ]
    following = await client.post("/api/me/chat", json=HELLO)

    assert {each.text for each in retried} == {retried[0].text}
    assert following.headers["ratelimit"] == '"minute";r=1;t=60'


async def test_a_key_that_was_refused_by_the_limit_can_be_used_again(
    client: httpx.AsyncClient, real_clock: StandingClock
) -> None:
    for _ in range(A_MINUTE):
        await say(client, "hello")
    keyed = {"Idempotency-Key": "again"}
    refused = await client.post("/api/me/chat", json=HELLO, headers=keyed)

    real_clock.advance(seconds=60)
    answered = await client.post("/api/me/chat", json=HELLO, headers=keyed)

    assert (refused.status_code, answered.status_code) == (429, 200)


async def test_what_cannot_be_said_does_not_count(client: httpx.AsyncClient) -> None:
    for _ in range(A_MINUTE + 1):
        assert (await client.post("/api/me/chat", json={"message": ""})).status_code == 400

    assert (await client.post("/api/me/chat", json=HELLO)).headers["ratelimit"] == '"minute";r=2;t=60'


def created(text: str = "hello") -> dict[str, Any]:
    options: dict[str, Any] = {}
    content = [{"type": "input_text", "text": text}]
    message = {"content": content, "attachments": [], "inference_options": options}
    return {"type": "threads.create", "params": {"input": message}}


DOORS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("/api/me/chat", HELLO),
    "chat, streamed": ("/api/me/chat?stream=true", HELLO),
    "ChatKit": ("/api/chatkit", created()),
    "messages": ("/api/chatkit", {"messages": [{"role": "user", "content": "hello"}]}),
    "messages, streamed": (
        "/api/chatkit?stream=true",
        {"messages": [{"role": "user", "content": "hello"}]},
    ),
}


@pytest.mark.parametrize("door", DOORS)
async def test_every_door_counts_the_same_messages_and_refuses_with_a_status(
    client: httpx.AsyncClient, database: Database, user_id: str, door: str
) -> None:
    path, body = DOORS[door]
    for _ in range(A_MINUTE - 1):
        await say(client, "hello")

    last, refused = await client.post(path, json=body), await client.post(path, json=body)

    assert (last.status_code, last.headers["ratelimit"]) == (200, '"minute";r=0;t=60')
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["ratelimit"] == '"minute";r=0;t=60'
    assert refused.headers["retry-after"] == "60"
    assert len(await rows_of(database, "conversation", user_id)) == A_MINUTE


async def test_reading_in_chatkit_is_no_message(client: httpx.AsyncClient) -> None:
    for _ in range(A_MINUTE + 1):
        listed = await client.post("/api/chatkit", json={"type": "threads.list", "params": {}})

        assert listed.status_code == 200
        assert "ratelimit" not in listed.headers


async def test_two_instances_let_through_no_more_than_one(
    app: FastAPI, database: Database, user_id: str
) -> None:
    del app
    rates = message_limits(20, 100)
    instances = [
        ChatTurns(
            database, REAL, history_limit=10, limits=ChatLimits(SharedLimits(database), REAL, messages=rates)
        )
        for _ in range(2)
    ]

    async def is_admitted(turns: ChatTurns) -> bool:
        try:
            await turns.open(Caller(user_id), "hello", None)
        except RateLimitExceeded:
            return False
        return True

    outcomes = await asyncio.gather(*(is_admitted(turns) for _ in range(20) for turns in instances))

    assert outcomes.count(True) == 20
    assert len(await rows_of(database, "conversation", user_id)) == 20


async def test_a_message_that_is_refused_leaves_its_conversation_as_it_is(
    client: httpx.AsyncClient, database: Database, user_id: str
) -> None:
    conversation_id = (await say(client, "hello"))["conversation_id"]
    for _ in range(A_MINUTE - 1):
        await say(client, "hello", conversation_id)
    (before,) = await rows_of(database, "conversation", user_id)
    said = await messages(client, conversation_id)

    refused = await client.post("/api/me/chat", json=HELLO | {"conversation_id": conversation_id})

    assert refused.status_code == 429
    assert await rows_of(database, "conversation", user_id) == [before]
    assert await messages(client, conversation_id) == said


async def test_who_has_said_too_much_is_not_left_waiting_for_a_conversation(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    conversation_id = (await say(client, "hello"))["conversation_id"]
    body = HELLO | {"conversation_id": conversation_id}
    for _ in range(A_MINUTE - 2):
        await say(client, "hello")
    responder = answer_with(never(), *says("Never."))
    under_way = asyncio.create_task(client.post("/api/me/chat", json=body))
    await responder.is_waiting.wait()

    refused = await client.post("/api/me/chat", json=body)

    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert not under_way.done()
    under_way.cancel()
    await asyncio.wait([under_way])


def test_zero_is_no_limit() -> None:
    assert message_limits(20, 100) == [Limit(20, 60), Limit(100, 3600)]
    assert message_limits(0, 100) == [Limit(100, 3600)]
    assert message_limits(0, 0) == []


async def test_without_limits_nobody_is_told_of_any(database: Database, user_id: str) -> None:
    limits = ChatLimits(SharedLimits(database), REAL)

    admitted = [await limits.admit(Caller(user_id), NOW) for _ in range(50)]

    assert {admission.quota for admission in admitted} == {None}


async def test_only_so_many_turns_of_a_user_are_under_way_and_the_next_comes_when_one_is_done(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    go_on = asyncio.Event()
    answer_with(go_on, *says("At last."))

    asked = [asyncio.create_task(client.post("/api/me/chat", json=HELLO)) for _ in range(AT_ONCE + 1)]
    done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    go_on.set()
    answers = await asyncio.gather(*waiting)
    following = await client.post("/api/me/chat", json=HELLO)

    (refused,) = [task.result() for task in done]
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_turns")
    assert refused.headers["retry-after"] == str(refused.json()["retry_after"])
    assert "ratelimit" not in refused.headers
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert following.headers["ratelimit"].startswith('"minute";r=0')


async def test_turns_that_wait_for_a_conversation_are_among_those_at_once(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    conversation_id = (await say(client, "hello"))["conversation_id"]
    body = HELLO | {"conversation_id": conversation_id}
    answer_with(never(), *says("Never."))

    under_way = [asyncio.create_task(client.post("/api/me/chat", json=body)) for _ in range(AT_ONCE + 1)]
    done, waiting = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)

    (refused,) = [task.result() for task in done]
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_turns")


@pytest.mark.parametrize("ending", ["answered", "failed", "not found", "closed", "cancelled", "left"])
async def test_however_a_turn_ends_its_place_is_free(
    app: FastAPI, client: httpx.AsyncClient, user_id: str, answer_with: AnswerWith, ending: str
) -> None:
    limits = ChatLimits(SharedLimits(app.state.database), REAL, turns_at_once=1)
    turns = ChatTurns(app.state.database, app.state.clock, history_limit=10, limits=limits)
    conversation_id = (await say(client, "hello"))["conversation_id"]
    caller = Caller(user_id)

    for _ in range(3):
        await ENDINGS[ending](turns, caller, conversation_id, app, answer_with)
        await turns.settle()

    assert not limits._under_way
    await limits.admit(caller, NOW)


async def _answered(turns: ChatTurns, caller: Caller, conversation_id: int, app: FastAPI, _: Any) -> None:
    turns.start(await turns.open(caller, "hello", conversation_id), app.state.assistant)


async def _failed(
    turns: ChatTurns, caller: Caller, conversation_id: int, app: FastAPI, answer_with: AnswerWith
) -> None:
    answer_with(ValueError("a fault"))
    turns.start(await turns.open(caller, "hello", conversation_id), app.state.assistant)


async def _not_found(turns: ChatTurns, caller: Caller, *_: Any) -> None:
    with pytest.raises(Exception, match="No conversation"):
        await turns.open(caller, "hello", BEYOND_ALL_IDS)


async def _closed(turns: ChatTurns, caller: Caller, conversation_id: int, app: FastAPI, _: Any) -> None:
    threads = ThreadRepository(app.state.database, caller.user_id)
    await threads.save(conversation_id, "Closed", {"status": {"type": "closed"}}, NOW)
    with pytest.raises(Exception, match="is closed"):
        await turns.open(caller, "hello", conversation_id)


async def _cancelled(turns: ChatTurns, caller: Caller, *_: Any) -> None:
    opening = asyncio.create_task(turns.open(caller, "hello", None))
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait([opening])


async def _left(turns: ChatTurns, caller: Caller, conversation_id: int, *_: Any) -> None:
    turn = await turns.open(caller, "hello", conversation_id)
    turns.leave(turn)
    turns.leave(turn)


ENDINGS = {
    "answered": _answered,
    "failed": _failed,
    "not found": _not_found,
    "closed": _closed,
    "cancelled": _cancelled,
    "left": _left,
}
