"""Real chat completions, over a scripted provider: the second turn works, whichever door it comes in by."""

import json

import pytest

from src.core.config import Settings
from tests.assistant.scripted_provider import Step, call, calls, refuses
from tests.assistant.scripted_provider import says as provider_says
from tests.chat.factories import say
from tests.chat.test_providers import talking_to
from tests.chatkit.client import ChatKitClient
from tests.factories import StandingClock, titles

ADDED: tuple[Step, ...] = (
    calls(call("add_task", '{"title": "Buy milk"}', call_id="")),
    provider_says("Added."),
    provider_says("Yes, milk."),
)


@pytest.mark.parametrize(
    ("begins", "goes_on"), [("chat", "chatkit"), ("chatkit", "chat"), ("chatkit", "chatkit")]
)
async def test_the_second_turn_knows_what_the_first_one_did(
    settings: Settings, clock: StandingClock, user_id: str, begins: str, goes_on: str
) -> None:
    async with talking_to(settings, clock, user_id, *ADDED) as (http, provider):
        chatkit = ChatKitClient(http)
        if begins == "chat":
            thread_id = str((await say(http, "add milk"))["conversation_id"])
        else:
            thread_id = (await chatkit.create("add milk")).thread_id
        if goes_on == "chat":
            second = (await say(http, "did you?", int(thread_id)))["response"]
        else:
            second = (await chatkit.say(thread_id, "did you?")).text
        kept = await titles(http)

    assert second == "Yes, milk."
    assert kept == ["Buy milk"]
    _, *said = provider.requests[-1]["messages"]
    assert [message["role"] for message in said] == ["user", "assistant", "tool", "assistant", "user"]
    (remembered,) = said[1]["tool_calls"]
    assert remembered["function"]["name"] == "add_task"
    assert said[2]["tool_call_id"] == remembered["id"]
    assert "Buy milk" in json.dumps(said[2]["content"])


async def test_a_provider_that_fails_is_told_in_the_stream_and_a_retry_answers(
    settings: Settings, clock: StandingClock, user_id: str
) -> None:
    steps = (refuses(401), provider_says("Here I am."))
    async with talking_to(settings, clock, user_id, *steps) as (http, provider):
        chatkit = ChatKitClient(http)
        failed = await chatkit.create("hi")
        again = await chatkit.retry(failed.thread_id, failed.user_message.id)

    assert "openai" in (failed.error.message or "")
    assert "sk-" not in failed.error.model_dump_json()
    assert failed.error.allow_retry
    assert again.text == "Here I am."
    assert [message["role"] for message in provider.requests[-1]["messages"]] == ["system", "user"]
