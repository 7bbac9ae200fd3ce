"""The whole way with a model behind HTTP: an OpenAI-compatible server whose stream comes in pieces."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import orjson
import pytest
from aiohttp import web
from pydantic import SecretStr

from src.core.config import Settings
from src.main import create_app
from tests.assistant.scripted_provider import (
    ScriptedProvider,
    Step,
    breaks_off,
    call,
    calls,
    more,
    refuses,
    says,
    scripted_provider,
    sends_bytes,
    streams,
)
from tests.chat.factories import events_of, messages, only_conversation, rows_of, say
from tests.conftest import client_of, running
from tests.factories import StandingClock, create_task, titles, token_for

ADDS_MOM = calls(
    call("add_task", '{"title": "Ca'), more('ll mom", "due_'), more('date": "tomor'), more('row"}')
)


@asynccontextmanager
async def talking_to(
    settings: Settings, clock: StandingClock, user_id: str, *steps: Step
) -> AsyncIterator[tuple[httpx.AsyncClient, ScriptedProvider]]:
    """A client of a service whose model is the scripted provider."""
    async with scripted_provider(*steps) as provider:
        reached = {
            "llm_provider": "openai",
            "openai_api_key": SecretStr("sk-test"),
            "openai_base_url": provider.base_url,
            "openai_model": "scripted",
            "llm_timeout_seconds": 5,
            "agent_max_turns": 3,
        }
        async with (
            running(create_app(settings.model_copy(update=reached), clock=clock)) as app,
            client_of(app, token_for(user_id)) as client,
        ):
            yield client, provider


async def test_a_tool_call_in_pieces_creates_the_task_as_json(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    async with talking_to(settings, clock, user_id, ADDS_MOM, says("I added", " it.")) as (client, provider):
        answer = await say(client, "Add a task to call mom tomorrow")
        (task,) = (await client.get("/api/me/tasks")).json()["items"]

    (used,) = answer["tool_calls"]
    asked, told = provider.requests[0]["messages"], provider.requests[1]["messages"]
    assert (task["title"], task["due_date"]) == ("Call mom", "2026-11-22")
    assert (used["tool"], used["result"]["task"]["id"]) == ("add_task", task["id"])
    assert used["arguments"] == {"title": "Call mom", "due_date": "tomorrow"}
    assert answer["response"] == "I added it."
    assert asked[-1] == {"role": "user", "content": "Add a task to call mom tomorrow"}
    assert told[-1]["role"] == "tool"
    assert orjson.loads(told[-1]["content"])["task"]["id"] == task["id"]


async def test_a_tool_call_in_pieces_creates_the_task_as_events(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    async with talking_to(settings, clock, user_id, ADDS_MOM, says("I added", " it.")) as (client, _):
        response = await client.post(
            "/api/me/chat?stream=true",
            json={"message": "Add a task to call mom tomorrow"},
            headers={"X-Timezone": "Pacific/Kiritimati"},
        )
        (task,) = (await client.get("/api/me/tasks")).json()["items"]

    *events, whole = events_of(response.text)
    # Pieces of text that come in one read are told as one.
    assert list(dict.fromkeys(event["type"] for event in events)) == [
        "tool_call",
        "tool_result",
        "text_delta",
    ]
    assert whole["response"] == "I added it."
    assert (task["title"], task["due_date"]) == ("Call mom", "2026-11-23")


async def test_a_call_is_read_by_the_clock_that_its_model_was_told(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    async def moves_while_it_thinks(request: web.Request) -> web.StreamResponse:
        # At 10:00 UTC it is already 22 November on Kiritimati, 14 hours ahead.
        await client.patch("/api/me/settings", json={"timezone": "Pacific/Kiritimati"})
        return await ADDS_MOM(request)

    said = (moves_while_it_thinks, says("Done."), ADDS_MOM, says("Done."))
    async with talking_to(settings, clock, user_id, *said) as (client, provider):
        due = []
        for _ in range(2):
            answer = await say(client, "Add a task to call mom tomorrow")
            due.append(answer["tool_calls"][0]["result"]["task"]["due_date"])

    assert "Local time: 2026-11-21T10:00:00+00:00" in provider.requests[0]["messages"][0]["content"]
    assert due == ["2026-11-22", "2026-11-23"]


async def test_two_calls_of_one_response_whose_pieces_are_mixed_are_both_done(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    both = calls(
        call("add_task", '{"title":', index=0, call_id="call_a"),
        call("add_task", '{"title":', index=1, call_id="call_b"),
        more('"Milk"}', index=0),
        more('"Bread"}', index=1),
    )
    async with talking_to(settings, clock, user_id, both, says("Both.")) as (client, _):
        answer = await say(client, "milk and bread")

        assert sorted(await titles(client)) == ["Bread", "Milk"]
        assert len(answer["tool_calls"]) == 2


async def test_the_model_cannot_choose_whose_task_it_is(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    intrudes = calls(call("add_task", '{"title": "Milk", "user_id": "bob"}'))
    async with talking_to(settings, clock, user_id, intrudes, says("Sorry.")) as (client, provider):
        answer = await say(client, "add milk for bob")

        assert "user_id" in answer["tool_calls"][0]["result"]
        assert await titles(client) == []
        assert "unknown_argument" in provider.requests[1]["messages"][-1]["content"]


async def test_earlier_results_are_sent_again_in_the_next_turn(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    lists = calls(call("list_tasks", "{}"))
    async with talking_to(settings, clock, user_id, lists, says("One task."), says("Which?")) as (
        client,
        provider,
    ):
        task = await create_task(client, "Water the plants")
        first = await say(client, "what is there?")
        await say(client, "mark it done", first["conversation_id"])

    system, *sent = provider.requests[2]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "tool", "assistant", "user"]
    assert system["role"] == "system"
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"]
    assert orjson.loads(sent[2]["content"])["items"][0]["id"] == task["id"]


async def test_tokens_of_all_requests_are_kept_with_the_turn(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    lists = streams({"tool_calls": [call("list_tasks", "{}")]}, finish="tool_calls", tokens=(100, 20))
    none = streams({"content": "None."}, finish="stop", tokens=(140, 3))
    async with talking_to(settings, clock, user_id, lists, none) as (client, _):
        await say(client, "what is there?")
        app = client._transport.app  # type: ignore[attr-defined]
        (turn,) = await rows_of(app.state.database, "chat_turn", user_id)

    assert (turn["provider"], turn["model"], turn["outcome"]) == ("openai", "scripted", "answered")
    assert (turn["requests"], turn["input_tokens"], turn["output_tokens"]) == (2, 240, 23)


UNANSWERED = {
    "wrong key": (refuses(401), "model_refused_key"),
    "no quota": (refuses(429, code="insufficient_quota"), "model_quota"),
    "provider down": (refuses(503), "model_unavailable"),
    "connection lost": (breaks_off({"content": "I"}), None),
    "not a stream": (sends_bytes(b"data: <html>busy</html>\n\n"), None),
    "endless tools": (calls(call("list_tasks", "{}")), "model_turns_exceeded"),
}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("failure", UNANSWERED)
async def test_a_provider_that_fails_is_told_plainly_and_the_message_is_kept(
    settings: Settings, clock: StandingClock, user_id: str, failure: str, accept: str
) -> None:
    step, code = UNANSWERED[failure]
    async with talking_to(settings, clock, user_id, step) as (client, _):
        response = await client.post("/api/me/chat", json={"message": "hi"}, headers={"Accept": accept})
        stored = await messages(client, await only_conversation(client))

    told = response.json() if accept == "application/json" else events_of(response.text)[-1]
    assert (told["status"], told["error"]) == (502, "ModelUnavailable")
    assert code in (None, told["code"])
    assert "sk-" not in response.text
    assert stored[0] == ("user", "hi")


async def test_arguments_that_are_no_json_are_told_to_the_model_which_tries_again(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    broken = calls(call("add_task", '{"title": "Call'), more(" mom"))
    async with talking_to(settings, clock, user_id, broken, ADDS_MOM, says("Done.")) as (client, _):
        answer = await say(client, "Add a task to call mom tomorrow")

        assert answer["response"] == "Done."
        assert await titles(client) == ["Call mom"]
