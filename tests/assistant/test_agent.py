import asyncio
import gc
from typing import Any

import pytest
from agents import RunResultStreaming
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

from src.assistant.events import (
    AssistantSaid,
    TextDelta,
    ToolCallFinished,
    ToolCallStarted,
    ToolUsed,
    TurnFinished,
    UserSaid,
)
from src.auth.context import Actor, ActorKind, Caller
from tests.assistant.factories import (
    NOON_IN_BERLIN,
    Shelf,
    assistant_of,
    failed_turn,
    provider_of,
    turn,
)

NOTED = assistant_message("Noted.")


def adds(text: str, call_id: str = "c1") -> Any:
    return function_call("add_note", {"text": text}, call_id=call_id)


async def test_a_turn_tells_the_call_its_result_and_the_answer() -> None:
    shelf = Shelf()
    model = ScriptedModel([[adds("milk")], [assistant_message("Noted.")]])

    async with assistant_of(provider_of(model), tools=shelf) as assistant:
        called, returned, *said, finished = await turn(assistant, UserSaid("note milk"))

    assert isinstance(called, ToolCallStarted)
    assert (called.tool, called.arguments) == ("add_note", {"text": "milk"})
    assert returned == ToolCallFinished(
        ToolUsed(called.call_id, "add_note", {"text": "milk"}, {"id": 1, "text": "milk"})
    )
    assert isinstance(finished, TurnFinished)
    assert finished.text == "Noted."
    assert (finished.provider, finished.model) == ("scripted", "scripted-model")
    assert finished.usage.requests == 2
    assert "".join(each.text for each in said if isinstance(each, TextDelta)) == finished.text
    assert shelf.notes == ["milk"]


async def test_a_run_that_is_over_is_not_kept_until_the_garbage_collector_comes_by() -> None:
    model = ScriptedModel([[adds("milk")], [NOTED]])
    async with assistant_of(provider_of(model), tools=Shelf()) as assistant:
        gc.collect()
        gc.disable()
        try:
            await turn(assistant)
            left = [each for each in gc.get_objects() if isinstance(each, RunResultStreaming)]
        finally:
            gc.enable()

    assert left == []


async def test_tools_act_for_the_caller_by_the_hand_of_the_model() -> None:
    shelf = Shelf()
    model = ScriptedModel([[adds("milk")], [assistant_message("Noted.")]])

    async with assistant_of(provider_of(model), tools=shelf) as assistant:
        await turn(assistant)

    [caller] = shelf.callers
    assert caller is not None
    assert caller.user_id == "anna"
    assert caller.actor == Actor(ActorKind.AGENT, "scripted-model")


async def test_turns_of_two_users_at_once_act_each_for_its_own_user() -> None:
    shelf = Shelf()
    model = ScriptedModel([[adds("milk")], [adds("milk")], [NOTED], [NOTED]])

    async with assistant_of(provider_of(model), tools=shelf) as assistant:
        await asyncio.gather(*(turn(assistant, caller=Caller(user_id=user)) for user in ("anna", "ben")))

    assert sorted(caller.user_id for caller in shelf.callers if caller) == ["anna", "ben"]


async def test_what_is_said_around_a_tool_call_is_one_text_in_paragraphs() -> None:
    model = ScriptedModel([[assistant_message("One moment."), adds("milk")], [assistant_message("Noted.")]])

    async with assistant_of(provider_of(model)) as assistant:
        events = await turn(assistant)

    assert isinstance(events[-1], TurnFinished)
    assert events[-1].text == "One moment.\n\nNoted."
    assert "".join(each.text for each in events if isinstance(each, TextDelta)) == events[-1].text


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        pytest.param(function_call("get_note", {"note_id": 9}, call_id="c"), "No note 9.", id="refused"),
        pytest.param(function_call("get_note", {}, call_id="c"), "Field required", id="missing argument"),
        pytest.param(
            function_call("add_note", '{"te', call_id="c"),
            "The arguments were not a JSON object. Call the tool again with valid ones.",
            id="malformed JSON",
        ),
        pytest.param(
            function_call("add_note", "[1]", call_id="c"),
            "The arguments were not a JSON object. Call the tool again with valid ones.",
            id="no object",
        ),
        pytest.param(function_call("fly", {}, call_id="c"), "Tool 'fly' not found.", id="unknown tool"),
        pytest.param(
            function_call("break_shelf", {}, call_id="c"),
            "break_shelf failed. Nothing can be said about its result.",
            id="crashed",
        ),
    ],
)
async def test_a_failed_tool_call_is_told_to_the_model_and_the_turn_goes_on(call: Any, sentence: str) -> None:
    model = ScriptedModel([[call], [assistant_message("That did not work.")]])

    async with assistant_of(provider_of(model)) as assistant:
        events = await turn(assistant)

    [used] = [event.used for event in events if isinstance(event, ToolCallFinished)]
    assert used.is_error
    assert sentence in used.result
    assert "pydantic.dev" not in used.result
    assert sentence in str(model.calls[1].input[-1])
    assert isinstance(events[-1], TurnFinished)


async def test_equal_call_ids_in_history_and_answers_are_different_calls() -> None:
    shelf = Shelf()
    earlier = ToolUsed("c1", "add_note", {"text": "tea"}, {"id": 1, "text": "tea"})
    model = ScriptedModel([[adds("milk"), adds("eggs")], [adds("bread")], [assistant_message("Noted.")]])

    async with assistant_of(provider_of(model), tools=shelf) as assistant:
        await turn(assistant, UserSaid("tea"), earlier, earlier, AssistantSaid("Noted."), UserSaid("more"))

    outputs = [item for item in model.calls[2].input if dict(item).get("type") == "function_call_output"]
    assert shelf.notes == ["milk", "eggs", "bread"]
    assert len({dict(item)["call_id"] for item in outputs}) == len(outputs) == 5


async def test_calls_of_one_response_are_made_one_after_another() -> None:
    shelf = Shelf()
    steps: list[str] = []

    async def step(name: str) -> str:
        steps.append(f"{name} begins")
        await asyncio.sleep(0)
        steps.append(f"{name} ends")
        return name

    shelf.server.add_tool(step)
    both = [function_call("step", {"name": name}, call_id=name) for name in ("a", "b")]
    model = ScriptedModel([both, [assistant_message("Done.")]])

    async with assistant_of(provider_of(model), tools=shelf) as assistant:
        await turn(assistant)

    assert steps == ["a begins", "a ends", "b begins", "b ends"]


async def test_the_model_reads_when_and_where_the_user_is() -> None:
    model = ScriptedModel([[assistant_message("Hello.")]])

    async with assistant_of(provider_of(model)) as assistant:
        await turn(assistant)

    told = (model.calls[0].system_instructions or "").splitlines()
    assert told[-3:] == [
        "Local time: 2026-11-21T12:00:00+01:00 (Europe/Berlin)",
        "Week starts on: mon",
        "Date order: mdy",
    ]


async def test_a_model_that_never_stops_calling_tools_is_stopped() -> None:
    shelf = Shelf()
    model = ScriptedModel([[adds(str(number))] for number in range(10)])

    async with assistant_of(provider_of(model), tools=shelf, max_turns=3) as assistant:
        told, failure = await failed_turn(assistant)

    assert failure.code == "model_turns_exceeded"
    finished = [event for event in told if isinstance(event, ToolCallFinished)]
    assert len(finished) == len(shelf.notes) == 3


async def test_cancelling_the_reader_stops_the_model() -> None:
    asked, stopped = asyncio.Event(), asyncio.Event()

    async def hangs(_: Any) -> Any:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    model = ScriptedModel([[adds("milk")], ModelStep.respond(hangs)])

    async with assistant_of(provider_of(model)) as assistant:
        reader = asyncio.create_task(turn(assistant))
        await asyncio.wait_for(asked.wait(), 5)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

    assert stopped.is_set()


async def test_cancelling_the_reader_stops_the_tool() -> None:
    shelf = Shelf()
    running, stopped = asyncio.Event(), asyncio.Event()

    async def wait_long() -> str:
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return "never"

    shelf.server.add_tool(wait_long)
    model = ScriptedModel([[function_call("wait_long", {}, call_id="c")]])

    async with assistant_of(provider_of(model), tools=shelf) as assistant:
        reader = asyncio.create_task(turn(assistant))
        await asyncio.wait_for(running.wait(), 5)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

    assert stopped.is_set()


async def test_warming_up_uses_no_tool_and_asks_no_provider() -> None:
    shelf = Shelf()
    model = ScriptedModel([])

    async with assistant_of(provider_of(model), tools=shelf) as assistant:
        await assistant.warm_up(NOON_IN_BERLIN)

    assert model.calls == ()
    assert shelf.notes == []
