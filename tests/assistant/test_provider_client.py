"""How a provider is reached: with its key, over connections that are used again, by a proxy where one is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from urllib.parse import urlsplit

import pytest
from openai import APIConnectionError, APIStatusError
from pydantic import SecretStr

from src.assistant.provider_client import ProviderClient
from tests.assistant.scripted_provider import (
    answers_with,
    breaks_off,
    refuses,
    says,
    scripted_provider,
    stalls,
)


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@asynccontextmanager
async def client_at(base_url: str) -> AsyncIterator[ProviderClient]:
    client = ProviderClient(base_url, SecretStr("sk-test"), headers={"X-Title": "Todo"})
    yield client
    await client.close()


async def whole_answer(client: ProviderClient) -> bytes:
    whole = b""
    with closing(await client.ask(b"{}")) as answer:
        while piece := await answer.read():
            whole += piece
    return whole


async def test_a_request_says_who_asks_and_with_which_key() -> None:
    async with scripted_provider(says("Hello.")) as server, client_at(server.base_url) as client:
        told = await whole_answer(client)

    [headers] = server.headers
    assert told.endswith(b"data: [DONE]\n\n")
    assert server.paths == ["/v1/chat/completions"]
    assert headers["Authorization"] == "Bearer sk-test"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("todo-ai/")
    assert headers["X-Title"] == "Todo"


async def test_an_answer_read_to_its_end_leaves_its_connection_to_the_next_request() -> None:
    hello = says("Hello.")
    async with (
        scripted_provider(hello, hello, stalls("Well"), hello) as server,
        client_at(server.base_url) as client,
    ):
        await whole_answer(client)
        await whole_answer(client)
        (await client.ask(b"{}")).close()
        await whole_answer(client)

    first, second, left, last = server.clients
    assert first == second == left != last


async def test_the_proxy_of_the_environment_is_used_but_for_whom_it_excludes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scripted_provider(says("Hello.")) as proxy, scripted_provider(says("Hello.")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url.removesuffix("/v1"))
        monkeypatch.setenv("NO_PROXY", urlsplit(server.base_url).hostname or "")
        async with client_at("http://models.example/v1") as far, client_at(server.base_url) as near:
            await whole_answer(far)
            await whole_answer(near)

    assert [headers["Host"] for headers in proxy.headers] == ["models.example"]
    assert len(server.requests) == 1


async def test_what_a_provider_refuses_comes_with_its_status_body_and_headers() -> None:
    step = refuses(429, code="insufficient_quota", headers={"Retry-After": "30"})

    async with scripted_provider(step) as server, client_at(server.base_url) as client:
        with pytest.raises(APIStatusError) as caught:
            await client.ask(b"{}")

    assert caught.value.status_code == 429
    assert caught.value.code == "insufficient_quota"
    assert caught.value.response.headers["retry-after"] == "30"


@pytest.mark.parametrize("body", ["gone", ["gone"], None])
async def test_a_refusal_may_have_any_body(body: object) -> None:
    async with scripted_provider(answers_with(502, body)) as server, client_at(server.base_url) as client:
        with pytest.raises(APIStatusError) as caught:
            await client.ask(b"{}")

    assert (caught.value.status_code, caught.value.body) == (502, body)


async def test_lost_connections_are_told_as_such(server_gone: str) -> None:
    async with client_at(server_gone) as client:
        with pytest.raises(APIConnectionError):
            await client.ask(b"{}")

    broken = breaks_off({"content": "Well"})
    async with scripted_provider(broken) as server, client_at(server.base_url) as client:
        with pytest.raises(APIConnectionError):
            await whole_answer(client)


@pytest.fixture
async def server_gone() -> str:
    async with scripted_provider(says("Hello.")) as server:
        return server.base_url


def test_only_openai_itself_is_openai() -> None:
    own = ("https://api.openai.com/v1", "https://api.openai.com/v1/")
    others = (
        "https://api.openai.com.example/v1",
        "http://localhost:11434/v1",
        "https://openrouter.ai/api/v1",
    )

    assert all(ProviderClient(url, SecretStr("k")).is_openai for url in own)
    assert not any(ProviderClient(url, SecretStr("k")).is_openai for url in others)
