"""Requests as bytes on a socket: what could be read in two ways is refused, and nothing behind it is done."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.core.http_protocol import MAX_UNFINISHED_HEAD_BYTES, REFUSAL, BoundedHttpProtocol
from src.core.request_head import MAX_HEAD_BYTES, MAX_HEADERS
from tests.core.sockets import answer_to, served
from tests.factories import titles, token_for

KIBIBYTE = 1024
TASK = b'{"title": "Smuggled"}'


@pytest.fixture(scope="module", params=[BoundedHttpProtocol, "httptools"], ids=["ours", "uvicorn's"])
async def port(app: FastAPI, request: pytest.FixtureRequest) -> AsyncIterator[int]:
    """The service behind uvicorn's parser, as the `todo` command and as plain uvicorn use it."""
    async with served(app, http=request.param) as port:
        yield port


@pytest.fixture(scope="module")
async def port_of_another_parser(app: FastAPI) -> AsyncIterator[int]:
    async with served(app, http="h11") as port:
        yield port


def head(*lines: str, line: str = "POST /api/me/tasks HTTP/1.1", host: str = "Host: todo.test") -> bytes:
    return "\r\n".join([line, *([host] if host else []), *lines, "", ""]).encode("latin-1")


def adding(user_id: str) -> bytes:
    """A whole request that adds a task: it shows that it was done."""
    lines = (
        f"Authorization: Bearer {token_for(user_id)}",
        "Content-Type: application/json",
        f"Content-Length: {len(TASK)}",
        "Connection: close",
    )
    return head(*lines) + TASK


AMBIGUOUS = {
    "length, then chunked": (["Content-Length: 4", "Transfer-Encoding: chunked"], b"0\r\n\r\n"),
    "chunked, then length": (["Transfer-Encoding: chunked", "Content-Length: 4"], b"0\r\n\r\n"),
    "two lengths": (["Content-Length: 0", "Content-Length: 40"], b""),
    "a list of lengths": (["Content-Length: 0, 40"], b""),
    "a signed length": (["Content-Length: +0"], b""),
    "a negative length": (["Content-Length: -1"], b""),
    "a hexadecimal length": (["Content-Length: 0x0"], b""),
    "a length in two words": (["Content-Length: 0 40"], b""),
    "an endless length": (["Content-Length: 99999999999999999999999"], b""),
    "another coding": (["Transfer-Encoding: xchunked"], b"0\r\n\r\n"),
    "no coding": (["Transfer-Encoding: identity"], b"0\r\n\r\n"),
    "chunked, but not last": (["Transfer-Encoding: chunked, identity"], b"0\r\n\r\n"),
    "two codings": (["Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n"),
    "coding twice": (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], b"0\r\n\r\n"),
    "coding behind a tab": (["Transfer-Encoding: \x0bchunked"], b"0\r\n\r\n"),
    "a space before the colon": (["Transfer-Encoding : chunked"], b"0\r\n\r\n"),
    "a chunk of no size": (["Transfer-Encoding: chunked"], b"zz\r\n\r\n"),
    "a chunk of a prefixed size": (["Transfer-Encoding: chunked"], b"0x0\r\n\r\n"),
    "a chunk of a negative size": (["Transfer-Encoding: chunked"], b"-1\r\n\r\n"),
    "a chunk of an endless size": (["Transfer-Encoding: chunked"], b"10000000000000000\r\n\r\n"),
    "a chunk longer than its size": (["Transfer-Encoding: chunked"], b"1\r\nabc\r\n0\r\n\r\n"),
    "bare line feeds": (["Transfer-Encoding: chunked"], b"0\n\n"),
    "a bare line feed behind an extension": (["Transfer-Encoding: chunked"], b"0;a\nb\r\n\r\n"),
    "a header folded": (["X-A: a", " b", "Content-Length: 0"], b""),
    "a NUL in a header": (["X-A: a\x00b", "Content-Length: 0"], b""),
    "a NUL in a name": (["X\x00A: a", "Content-Length: 0"], b""),
    "a line feed in a header": (["X-A: a\nX-B: b", "Content-Length: 0"], b""),
    "a carriage return in a header": (["X-A: a\rX-B: b", "Content-Length: 0"], b""),
    "two hosts": (["Host: other.test", "Content-Length: 0"], b""),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_what_is_smuggled_behind_an_ambiguous_request_is_not_done(
    port: int, client: httpx.AsyncClient, user_id: str, name: str
) -> None:
    lines, body = AMBIGUOUS[name]
    first = head(f"Authorization: Bearer {token_for(user_id)}", *lines) + body

    answer = await answer_to(port, first + adding(user_id))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert await titles(client) == []


@pytest.mark.parametrize("name", ["length, then chunked", "chunked, then length", "two codings", "two hosts"])
async def test_a_laxer_parser_lets_no_more_through(
    port_of_another_parser: int, client: httpx.AsyncClient, user_id: str, name: str
) -> None:
    lines, body = AMBIGUOUS[name]
    first = head(f"Authorization: Bearer {token_for(user_id)}", *lines) + body

    answer = await answer_to(port_of_another_parser, first + adding(user_id))

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert await titles(client) == []


@pytest.mark.parametrize("upgrade", ["h2c", "anything"])
async def test_what_is_sent_behind_an_upgrade_that_is_not_made_is_not_done(
    port: int, client: httpx.AsyncClient, user_id: str, upgrade: str
) -> None:
    first = head("Connection: Upgrade", f"Upgrade: {upgrade}", line="GET /health HTTP/1.1")

    answer = await answer_to(port, first + adding(user_id))

    assert answer.count(b"HTTP/1.1 ") == 1
    assert await titles(client) == []


async def test_an_honest_request_behind_another_is_done(
    port: int, client: httpx.AsyncClient, user_id: str
) -> None:
    answer = await answer_to(port, head(line="GET /health HTTP/1.1") + adding(user_id))

    assert [answer.count(status) for status in (b"HTTP/1.1 200 ", b"HTTP/1.1 201 ")] == [1, 1]
    assert await titles(client) == ["Smuggled"]


TOO_LARGE = {
    "one long header": head("X-A: " + "a" * MAX_HEAD_BYTES, "Connection: close"),
    "many headers": head(*(f"X-{number}: a" for number in range(MAX_HEADERS)), "Connection: close"),
    "long headers": head(*(f"X-{number}: {'a' * KIBIBYTE}" for number in range(70)), "Connection: close"),
    "a long query": head("Connection: close", line=f"GET /health?{'a' * (MAX_HEAD_BYTES - 20)} HTTP/1.1"),
    "a long path": head("Connection: close", line=f"GET /{'a' * (MAX_HEAD_BYTES - 20)} HTTP/1.1"),
}


@pytest.mark.parametrize("name", TOO_LARGE)
async def test_a_head_that_is_too_large_is_told_so(port: int, name: str) -> None:
    answer = await answer_to(port, TOO_LARGE[name])

    head_of_answer, _, body = answer.partition(b"\r\n\r\n")
    assert head_of_answer.startswith(b"HTTP/1.1 431 ")
    assert b"content-type: application/problem+json" in head_of_answer
    assert b"connection: close" in head_of_answer
    assert b'"code":"headers_too_large"' in body


async def test_headers_of_ordinary_size_are_read(port: int) -> None:
    lines = [f"X-{number}: {'a' * KIBIBYTE}" for number in range(40)]

    answer = await answer_to(port, head(*lines, "Connection: close", line="GET /health HTTP/1.1"))

    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "line",
    [
        "GET /hea\x00lth HTTP/1.1",
        "GET /hea lth HTTP/1.1",
        "GET /h\xe9 HTTP/1.1",
        "GET http://todo.test?health HTTP/1.1",
        f"GET /{'a' * 100_000} HTTP/1.1",
        "CONNECT attacker.example:443 HTTP/1.1",
        "PRI * HTTP/2.0",
        "GET /health HTTP/9.9",
        "FORGE /health HTTP/1.1",
        "get /health HTTP/1.1",
        "\x16\x03\x01\x02\x00\x01\x00\x01",
    ],
)
async def test_a_line_that_is_no_request_is_refused(port: int, line: str) -> None:
    answer = await answer_to(port, head("Connection: close", line=line))

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 505 "))


async def test_a_request_names_its_host(port: int) -> None:
    answer = await answer_to(port, head("Connection: close", line="GET /health HTTP/1.1", host=""))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"code":"unreadable_request"' in answer


async def test_a_target_that_names_another_host_reaches_the_same_service(port: int) -> None:
    line = "GET http://attacker.example/health HTTP/1.1"

    answer = await answer_to(port, head("Connection: close", line=line))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"service":"todo-ai"' in answer
    assert b"attacker" not in answer


@pytest.mark.parametrize("start", [b"GET /", b"GET /health HTTP/1.1\r\nX-A: ", b"GET /health HTTP/1.1\r\n"])
async def test_a_head_that_does_not_end_is_given_up(app: FastAPI, start: bytes) -> None:
    more = b"X-A: a\r\n" * 8192 if start.endswith(b"\r\n") else b"a" * 65536
    pieces = [more] * (4 * MAX_UNFINISHED_HEAD_BYTES // len(more))

    async with served(app, http=BoundedHttpProtocol) as port:
        answer = await answer_to(port, start, *pieces)

    assert answer in (REFUSAL, b"")  # Hanging up on what is still being sent can overtake the answer.


async def test_fields_behind_a_body_are_no_headers() -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        seen.extend(scope["headers"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    request = (
        head("Transfer-Encoding: chunked", "Connection: close") + b"0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
    )
    async with served(app, http=BoundedHttpProtocol) as port:
        answer = await answer_to(port, request)

    assert answer.startswith(b"HTTP/1.1 204 ")
    assert [name for name, _ in seen] == [b"host", b"transfer-encoding", b"connection"]
