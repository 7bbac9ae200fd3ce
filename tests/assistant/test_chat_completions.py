"""The service's own way to a model, held against the SDK's, which takes longer to do the same."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeAlias

import pytest
from agents import ModelSettings, ModelTracing, Tool
from agents.models.interface import Model
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from openai import AsyncOpenAI
from openai.types.responses import ResponseCompletedEvent, ResponseTextDeltaEvent
from pydantic import SecretStr

from src.assistant.chat_completions import ChatCompletionsModel
from src.assistant.completion_stream import read_answer
from src.assistant.provider_client import ProviderClient
from src.assistant.toolbox import InProcessMCP, ToolsOfRuns
from tests.assistant.factories import Shelf
from tests.assistant.scripted_provider import ScriptedProvider, says, scripted_provider, sends_bytes

Told: TypeAlias = tuple[str, Any]
CALL = {"index": 0, "id": "c", "type": "function", "function": {"name": "add_note", "arguments": "{}"}}
SIGNED = CALL | {"extra_content": {"google": {"thought_signature": "s"}}}
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
DETAILS = {
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 2},
}
SETTINGS = ModelSettings(include_usage=True, temperature=0.5, max_tokens=100, extra_args={"seed": 7})
SPENT = {"choices": [], "usage": USAGE}


def chunk(delta: Any, finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish, **more}]}


ROLE = chunk({"role": "assistant", "content": ""})
GOOD = chunk({"content": "Good "})
DAY = chunk({"content": "day."})
STOP = chunk({}, "stop")

ANSWERS = {
    "text": [ROLE, GOOD, DAY, STOP, SPENT],
    "text of one chunk": [chunk({"role": "assistant", "content": "Good day."}, "stop") | {"usage": USAGE}],
    "usage with every chunk": [GOOD | {"usage": USAGE}, DAY | {"usage": USAGE}, STOP | {"usage": USAGE}],
    "details of usage": [GOOD, STOP, {"choices": [], "usage": USAGE | DETAILS}],
    "no usage": [GOOD, DAY, STOP],
    "usage of nothing": [GOOD, STOP, {"choices": [], "usage": {"prompt_tokens": None}}],
    "no ending": [GOOD, DAY],
    "text without a role": [chunk({"role": None, "content": "Good day.", "refusal": None}), STOP],
    "nothing": [],
    "an ending alone": [STOP, SPENT],
    "empty text": [ROLE, STOP, SPENT],
    "no choices": [{"choices": None}, GOOD, STOP],
    "cut off after text": [GOOD, chunk({}, "length"), SPENT],
    "cut off before text": [ROLE, chunk({}, "length"), SPENT],
    "filtered": [ROLE, chunk({"content": ""}, "content_filter"), SPENT],
    "refused": [ROLE, chunk({"refusal": "I "}), chunk({"refusal": "will not."}), STOP, SPENT],
    "text, then refused": [GOOD, chunk({"refusal": "No."}), STOP],
    "a call": [ROLE, chunk({"tool_calls": [CALL]}), chunk({}, "tool_calls"), SPENT],
    "text, then a call": [GOOD, DAY, chunk({"tool_calls": [CALL]}), chunk({}, "tool_calls"), SPENT],
    "a call, then text": [chunk({"tool_calls": [CALL]}), GOOD, chunk({}, "tool_calls")],
    "a call after the end": [GOOD, STOP, chunk({"tool_calls": [CALL]}, "tool_calls"), SPENT],
    "a signed call": [chunk({"tool_calls": [SIGNED]}), chunk({}, "tool_calls")],
    "reasoning first": [chunk({"reasoning_content": "Hm."}), GOOD, DAY, STOP, SPENT],
    "reasoning by another name": [chunk({"reasoning": "Hm."}), GOOD, STOP],
    "reasoning between": [GOOD, chunk({"reasoning_content": "Hm."}), DAY, STOP],
    "several choices": [GOOD, {"choices": [*GOOD["choices"], {"index": 1, "delta": {"content": "x"}}]}, STOP],
    "another choice": [{"choices": [{"index": 1, "delta": {"content": "x"}}]}, GOOD, STOP],
    "citations": [GOOD, chunk({"content": "day.", "annotations": [{"type": "url_citation"}]}), STOP],
    "an error": [GOOD, {"error": {"message": "gone", "code": 502}}],
    "no JSON": [GOOD, "{"],
}


def wire(chunks: list[Any]) -> bytes:
    lines = [
        each if isinstance(each, str) else json.dumps({"id": "1", "created": 0, **each}) for each in chunks
    ]
    return "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode()


async def made_tools() -> list[Tool]:
    return await ToolsOfRuns.get_all_function_tools([InProcessMCP(Shelf().server)], False, None, None)  # type: ignore[arg-type]


def asked(model: Model, tools: list[Tool]) -> Any:
    return model.stream_response(
        "Be kind.",
        [{"role": "user", "content": "Hello"}],
        SETTINGS,
        tools,
        None,
        [],
        ModelTracing.DISABLED,
        previous_response_id=None,
        conversation_id=None,
        prompt=None,
    )


@asynccontextmanager
async def own_model(server: ScriptedProvider) -> AsyncIterator[Model]:
    model = ChatCompletionsModel("scripted-model", ProviderClient(server.base_url, SecretStr("k")))
    yield model
    await model.close()


@asynccontextmanager
async def sdks_model(server: ScriptedProvider) -> AsyncIterator[Model]:
    async with AsyncOpenAI(api_key="k", base_url=server.base_url, max_retries=0) as client:
        yield OpenAIChatCompletionsModel("scripted-model", client)


async def answer(model: Model) -> Told:
    """The text that was told, and the end of the answer, or what it failed with."""
    text, tools = "", await made_tools()
    try:
        async with aclosing(asked(model, tools)) as events:
            async for event in events:
                if isinstance(event, ResponseTextDeltaEvent):
                    text += event.delta
                elif isinstance(event, ResponseCompletedEvent):
                    return text, _told_of(event)
    except ValueError:
        return text, ValueError
    except Exception as error:  # noqa: BLE001 - whatever it is, it is to be the same.
        return text, type(error)
    return text, None


def _told_of(event: ResponseCompletedEvent) -> Any:
    usage = event.response.usage
    spent = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    output = [item.model_dump(exclude={"provider_data"}, exclude_none=True) for item in event.response.output]
    for item in output:
        for part in item.get("content", ()):
            part.pop("logprobs", None)
    return output, spent


@pytest.mark.parametrize("chunks", [pytest.param(chunks, id=name) for name, chunks in ANSWERS.items()])
async def test_every_answer_is_read_as_the_sdk_reads_it(chunks: list[Any]) -> None:
    async with scripted_provider(sends_bytes(wire(chunks))) as server:
        async with sdks_model(server) as model:
            expected = await answer(model)
        async with own_model(server) as model:
            told = await answer(model)

    assert told == expected
    assert server.requests[1] == server.requests[0]


@pytest.mark.parametrize(
    ("reads", "pieces"),
    [
        ([[GOOD], [DAY], [STOP]], ["Good ", "day."]),
        ([[GOOD, DAY, STOP]], ["Good day."]),
        ([[ROLE, GOOD], [DAY, chunk({"tool_calls": [CALL]})], [GOOD]], ["Good ", "day.", "Good "]),
    ],
)
async def test_text_that_came_in_one_read_is_one_piece(reads: list[Any], pieces: list[str]) -> None:
    async def batches() -> AsyncGenerator[list[Any], None]:
        for read in reads:
            yield read

    events = [event async for event in read_answer(batches(), model="m", must_be_ended=False)]

    assert [event.delta for event in events if isinstance(event, ResponseTextDeltaEvent)] == pieces
    assert isinstance(events[-1], ResponseCompletedEvent)


async def test_other_tools_are_sent_as_they_are() -> None:
    tools = await made_tools()

    async with scripted_provider(says("Good day.")) as server, own_model(server) as model:
        for given in (tools, tools[:1], []):
            _ = [event async for event in asked(model, given)]

    assert [len(request.get("tools", ())) for request in server.requests] == [len(tools), 1, 0]
