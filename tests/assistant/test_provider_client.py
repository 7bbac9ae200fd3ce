"""How a provider is reached: with its key, over connections that are used again, by a proxy where one is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
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


@dataclass
class Impostor:
    """A server behind TLS whose certificate nobody vouches for, and what it was told."""

    port: int = 0
    heard: bytes = b""


@pytest.fixture
async def impostor(tmp_path: Path) -> AsyncIterator[Impostor]:
    found = Impostor()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.heard += await reader.readuntil(b"\r\n")
        writer.close()

    tls = SSLContext(PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed(tmp_path))
    async with await asyncio.start_server(listen, "127.0.0.1", 0, ssl=tls) as server:
        found.port = server.sockets[0].getsockname()[1]
        yield found


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(address, critical=False)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return folder / "both.pem"


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


async def test_a_proxy_learns_the_name_of_a_provider_and_nothing_of_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heads: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        async with client_at("https://models.example/v1") as client:
            with pytest.raises(APIConnectionError):
                await client.ask(b"{}")

    assert heads[0].startswith(b"CONNECT models.example:443 ")
    assert b"sk-test" not in heads[0]
    assert b"authorization" not in heads[0].lower()


@pytest.mark.parametrize("scheme", ["https", "HTTPS", " https"])
async def test_a_server_that_is_not_who_it_says_learns_nothing(scheme: str, impostor: Impostor) -> None:
    async with client_at(f"{scheme}://127.0.0.1:{impostor.port}/v1") as client:
        with pytest.raises(APIConnectionError):
            await client.ask(b"{}")

    assert impostor.heard == b""


async def test_nor_does_one_that_a_plain_server_sends_us_to(impostor: Impostor) -> None:
    there = f"https://127.0.0.1:{impostor.port}/v1/chat/completions"
    async with (
        scripted_provider(answers_with(308, None, headers={"Location": there})) as server,
        client_at(server.base_url) as client,
    ):
        with pytest.raises(APIConnectionError):
            await client.ask(b"{}")

    assert impostor.heard == b""


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
