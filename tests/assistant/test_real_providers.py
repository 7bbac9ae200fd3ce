"""What each provider is sent and what it sends back, as its documentation and its users tell."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from src.assistant.chat_completions import ChatCompletionsModel
from src.assistant.errors import ModelUnavailable
from src.assistant.events import AssistantSaid, HistoryItem, ToolUsed, TurnFinished, UserSaid
from src.assistant.providers import Provider, providers_from
from src.core.config import Settings
from tests.assistant.factories import Shelf, assistant_of, failed_turn, reached, turn
from tests.assistant.scripted_provider import (
    ScriptedProvider,
    Step,
    answers_with,
    call,
    calls,
    refuses,
    says,
    scripted_provider,
    sends_bytes,
    streams,
)

KEYS: Mapping[str, Any] = {
    "openai_api_key": SecretStr("key-openai"),
    "gemini_api_key": SecretStr("key-gemini"),
    "groq_api_key": SecretStr("key-groq"),
    "openrouter_api_key": SecretStr("key-openrouter"),
}
ADDS_MILK = calls(call("add_note", '{"text": "milk"}'))


def provider_named(name: str, server: ScriptedProvider, **given: Any) -> Provider:
    """A provider as the settings make it, whose requests go to a scripted server instead of its own host."""
    settings = Settings(_env_file=None, llm_provider=name, llm_fallbacks=(), **{**KEYS, **given})
    [provider] = providers_from(settings)
    client = client_of(provider)
    client.base_url = f"http://{urlsplit(server.base_url).netloc}{urlsplit(client.base_url).path}"
    return provider


def client_of(provider: Provider) -> Any:
    assert isinstance(provider.model, ChatCompletionsModel)
    return provider.model._client


def sent_headers(server: ScriptedProvider) -> dict[str, str]:
    return {name.lower(): value for name, value in server.headers[0].items()}


@pytest.mark.parametrize(
    ("name", "address", "model", "extra"),
    [
        ("openai", "https://api.openai.com/v1/", "gpt-5.6-luna", {}),
        ("gemini", "https://generativelanguage.googleapis.com/v1beta/openai/", "gemini-3.8-flash", {}),
        ("groq", "https://api.groq.com/openai/v1/", "openai/gpt-oss-120b", {}),
        (
            "openrouter",
            "https://openrouter.ai/api/v1/",
            "openrouter/auto",
            {"http-referer": "https://todo.example", "x-openrouter-title": "Todo AI"},
        ),
    ],
)
async def test_each_provider_is_asked_at_its_address_with_its_key_model_and_headers(
    name: str, address: str, model: str, extra: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    given = {f"{name}_model": model, "public_url": "https://todo.example"}
    settings = Settings(_env_file=None, llm_provider=name, llm_fallbacks=(), **{**KEYS, **given})
    original = providers_from(settings)[0]

    async with scripted_provider(says("Hello.")) as server:
        asked = provider_named(name, server, **given)
        async with assistant_of(asked) as assistant:
            events = await turn(assistant)

    assert client_of(original).base_url == address
    assert server.paths == [f"{urlsplit(address).path}chat/completions"]
    [request], headers = server.requests, sent_headers(server)
    assert headers["authorization"] == f"Bearer key-{name}"
    assert {key: headers[key] for key in headers if key in ("http-referer", "x-openrouter-title")} == extra
    assert request["model"] == model
    assert (request["stream"], request["stream_options"]) == (True, {"include_usage": True})
    assert {tool["function"]["name"] for tool in request["tools"]} == {"add_note", "get_note", "break_shelf"}
    assert isinstance(events[-1], TurnFinished)
    assert (events[-1].provider, events[-1].model) == (name, model)
    await original.close()


async def test_openrouter_learns_no_address_that_is_not_set() -> None:
    async with (
        scripted_provider(says("Hello.")) as server,
        assistant_of(provider_named("openrouter", server)) as assistant,
    ):
        await turn(assistant)

    assert "http-referer" not in sent_headers(server)


async def test_openai_learns_whom_to_bill_and_no_other_service_does() -> None:
    billed = {"openai_org_id": "org-1", "openai_project_id": "proj-1"}
    headers = []
    for name, given in (("openai", {"openai_base_url": None}), ("groq", {})):
        async with (
            scripted_provider(says("Hello.")) as server,
            assistant_of(provider_named(name, server, **billed, **given)) as assistant,
        ):
            await turn(assistant)
        headers.append(sent_headers(server))

    asked = [(each.get("openai-organization"), each.get("openai-project")) for each in headers]
    assert asked == [("org-1", "proj-1"), (None, None)]


# Gemini


def signed(name: str, arguments: str, signature: str, *, index: int = 0) -> dict[str, Any]:
    extra = {"google": {"thought_signature": signature}}
    return call(name, arguments, index=index, call_id="") | {"extra_content": extra}


def signatures(message: dict[str, Any]) -> list[str | None]:
    return [
        each.get("extra_content", {}).get("google", {}).get("thought_signature")
        for each in message["tool_calls"]
    ]


async def test_gemini_gets_its_own_signatures_back_and_only_the_first_of_parallel_calls_has_one() -> None:
    shelf = Shelf()
    unsigned = call("add_note", '{"text": "eggs"}', call_id="")
    both = calls(signed("add_note", '{"text": "milk"}', "sig-1"), unsigned)

    async with (
        scripted_provider(both, says("Noted.")) as server,
        assistant_of(provider_named("gemini", server), tools=shelf) as assistant,
    ):
        await turn(assistant)

    [asked] = [message for message in server.requests[1]["messages"] if message["role"] == "assistant"]
    assert shelf.notes == ["milk", "eggs"]
    assert signatures(asked) == ["sig-1", None]
    assert len({each["id"] for each in asked["tool_calls"]} | {""}) == 3


async def test_gemini_takes_the_calls_of_others_under_the_signature_that_is_not_checked() -> None:
    shelf = Shelf()
    earlier = ToolUsed("c1", "add_note", {"text": "tea"}, {"id": 1, "text": "tea"})
    history: list[HistoryItem] = [
        UserSaid("tea"),
        earlier,
        earlier,
        AssistantSaid("Noted."),
        UserSaid("and milk"),
    ]

    async with (
        scripted_provider(ADDS_MILK, refuses(401)) as broken,
        scripted_provider(says("Noted both.")) as healthy,
        assistant_of(reached(broken), provider_named("gemini", healthy), tools=shelf) as assistant,
    ):
        events = await turn(assistant, *history)

    asked = [message for message in healthy.requests[0]["messages"] if message.get("tool_calls")]
    assert [signature for message in asked for signature in signatures(message)] == [
        "skip_thought_signature_validator"
    ] * 3
    assert shelf.notes == ["milk"]
    assert isinstance(events[-1], TurnFinished)
    assert events[-1].provider == "gemini"


async def test_others_are_sent_no_signatures() -> None:
    async with (
        scripted_provider(calls(signed("add_note", '{"text": "milk"}', "sig-1")), refuses(401)) as broken,
        scripted_provider(says("Noted.")) as healthy,
        assistant_of(provider_named("gemini", broken), provider_named("groq", healthy)) as assistant,
    ):
        await turn(assistant)

    assert "sig-1" not in json.dumps(healthy.requests)
    assert "extra_content" not in json.dumps(healthy.requests)


GEMINI_BAD_KEY = [
    {
        "error": {
            "code": 400,
            "message": "API key not valid. Please pass a valid API key.",
            "status": "INVALID_ARGUMENT",
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}],
        }
    }
]
GEMINI_BUSY = [
    {
        "error": {
            "code": 429,
            "message": "You exceeded your current quota.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "32.5s"}],
        }
    }
]
GROQ_MISMADE = {
    "error": {
        "message": "Failed to call a function. Please adjust your prompt.",
        "type": "invalid_request_error",
        "code": "tool_use_failed",
        "failed_generation": "<function=add_note>{",
    }
}
GROQ_TOO_LARGE = {
    "error": {
        "message": "Request too large for model on tokens per minute (TPM): Limit 8000, Requested 9000",
        "type": "tokens",
        "code": "rate_limit_exceeded",
    }
}
OPENROUTER_CREDITS = {"error": {"code": 402, "message": "Insufficient credits."}}
OPENROUTER_MODERATED = {"error": {"code": 403, "message": "Flagged.", "metadata": {"reasons": ["violence"]}}}


def in_band(error: dict[str, Any], *, event: str = "", **beside: Any) -> Step:
    named = f"event: {event}\n" if event else ""
    return sends_bytes(f"{named}data: {json.dumps({'error': error, **beside})}\n\n".encode())


@pytest.mark.parametrize(
    ("name", "step", "code", "requests", "retry_after"),
    [
        pytest.param("gemini", answers_with(400, GEMINI_BAD_KEY), "model_refused_key", 1, None, id="bad key"),
        pytest.param("gemini", answers_with(429, GEMINI_BUSY), "model_quota", 1, 33, id="gemini busy"),
        pytest.param("groq", answers_with(400, GROQ_MISMADE), "model_misbehaved", 2, None, id="groq call"),
        pytest.param(
            "groq",
            in_band(GROQ_MISMADE["error"] | {"status_code": 400}, event="error"),
            "model_misbehaved",
            2,
            None,
            id="groq call in the stream",
        ),
        pytest.param(
            "groq", answers_with(413, GROQ_TOO_LARGE), "model_refused_request", 1, None, id="groq too large"
        ),
        pytest.param(
            "groq",
            answers_with(429, GROQ_TOO_LARGE, headers={"retry-after": "7.66"}),
            "model_quota",
            1,
            8,
            id="groq busy",
        ),
        pytest.param(
            "openrouter",
            answers_with(402, OPENROUTER_CREDITS),
            "model_quota",
            1,
            None,
            id="no credits",
        ),
        pytest.param(
            "openrouter",
            answers_with(403, OPENROUTER_MODERATED),
            "model_refused_request",
            1,
            None,
            id="openrouter moderation",
        ),
        pytest.param(
            "openrouter",
            in_band(OPENROUTER_CREDITS["error"]),
            "model_quota",
            1,
            None,
            id="no credits in band",
        ),
        pytest.param(
            "openrouter",
            in_band(
                {"code": "server_error", "message": "Provider disconnected"},
                choices=[{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
            ),
            "model_unavailable",
            2,
            None,
            id="openrouter cut off",
        ),
    ],
)
async def test_what_providers_refuse_is_told_for_what_it_is(
    name: str, step: Step, code: str, requests: int, retry_after: int | None
) -> None:
    async with (
        scripted_provider(step) as server,
        assistant_of(provider_named(name, server)) as assistant,
    ):
        with pytest.raises(ModelUnavailable) as caught:
            await turn(assistant)

    assert caught.value.code == code
    assert caught.value.retry_after == retry_after
    assert len(server.requests) == requests


async def test_a_call_that_groq_could_not_read_is_made_again() -> None:
    shelf = Shelf()

    async with (
        scripted_provider(answers_with(400, GROQ_MISMADE), ADDS_MILK, says("Noted.")) as server,
        assistant_of(provider_named("groq", server), tools=shelf) as assistant,
    ):
        await turn(assistant)

    assert shelf.notes == ["milk"]


async def test_openrouters_comments_are_passed_over() -> None:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    said = {**chunk, "choices": [{"index": 0, "delta": {"content": "Hello."}, "finish_reason": "stop"}]}
    stream = (
        f": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: {json.dumps(said)}\n\ndata: [DONE]\n\n"
    )

    async with (
        scripted_provider(sends_bytes(stream.encode())) as server,
        assistant_of(provider_named("openrouter", server)) as assistant,
    ):
        events = await turn(assistant)

    assert isinstance(events[-1], TurnFinished)
    assert events[-1].text == "Hello."


async def test_an_answer_begun_and_broken_in_band_ends_there() -> None:
    error = {"error": {"code": 502, "message": "sk-secret"}}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    said = {**chunk, "choices": [{"index": 0, "delta": {"content": "Well, "}}]}
    stream = f"data: {json.dumps(said)}\n\ndata: {json.dumps({**chunk, **error, 'choices': []})}\n\n"

    async with (
        scripted_provider(sends_bytes(stream.encode())) as server,
        assistant_of(provider_named("openrouter", server)) as assistant,
    ):
        told, failure = await failed_turn(assistant)

    assert len(told) == 1
    assert failure.message == "The model at openrouter failed with status 502."


async def test_a_turn_goes_through_all_providers_and_does_nothing_twice() -> None:
    shelf = Shelf()
    adds = [calls(call("add_note", json.dumps({"text": text}))) for text in ("milk", "eggs", "bread")]

    async with (
        scripted_provider(adds[0], answers_with(402, OPENROUTER_CREDITS)) as first,
        scripted_provider(adds[1], answers_with(413, GROQ_TOO_LARGE)) as second,
        scripted_provider(adds[2], streams({"content": "All noted."}, finish="stop")) as third,
        assistant_of(
            provider_named("openrouter", first),
            provider_named("groq", second),
            provider_named("gemini", third),
            tools=shelf,
        ) as assistant,
    ):
        events = await turn(assistant, UserSaid("note milk, eggs and bread"))

    names = [caller.actor.name for caller in shelf.callers if caller is not None]
    conversation = third.requests[-1]["messages"]
    assert shelf.notes == ["milk", "eggs", "bread"]
    assert len(set(names)) == 3
    assert [message["role"] for message in conversation] == ["system", "user", *["assistant", "tool"] * 3]
    assert isinstance(events[-1], TurnFinished)
    assert events[-1].text == "All noted."
