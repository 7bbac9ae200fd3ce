"""Nothing that is sent or asked for is without a bound: each is met through a real server."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.core.http_protocol import BoundedHttpProtocol
from src.core.middleware import MAX_BODY_BYTES
from src.core.request_head import MAX_HEAD_BYTES, MAX_HEADERS
from tests.core.sockets import served
from tests.factories import StandingClock, token_for

MOST_AT_ONCE = 200
MOST_IN_BATCH = 100


@pytest.fixture(scope="module")
async def port(app: FastAPI) -> AsyncIterator[int]:
    async with served(app, http=BoundedHttpProtocol) as port:
        yield port


@pytest.fixture
async def client(port: int, clock: StandingClock, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    del clock  # Every request needs the clock to stand.
    headers = {"Authorization": f"Bearer {token_for(user_id)}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        yield client


def operations(number: int) -> dict[str, Any]:
    return {"operations": [{"op": "create", "task": {"title": "Call mom"}}] * number}


@pytest.mark.parametrize("path", ["/api/me/tasks", "/api/me/conversations"])
async def test_a_page_has_two_hundred_at_the_most(client: httpx.AsyncClient, path: str) -> None:
    told = [await client.get(path, params={"limit": each}) for each in (MOST_AT_ONCE, MOST_AT_ONCE + 1)]

    assert [each.status_code in (400, 422) for each in told] == [False, True]
    assert told[1].json()["errors"][0]["field"] == "limit"


async def test_a_batch_has_a_hundred_operations_at_the_most(client: httpx.AsyncClient) -> None:
    told = [
        await client.post("/api/me/tasks/batch", json=operations(each))
        for each in (MOST_IN_BATCH, MOST_IN_BATCH + 1)
    ]

    assert [each.status_code for each in told] == [200, 422]
    assert told[1].json()["errors"][0]["field"] == "operations"


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "chunked"])
async def test_a_body_has_a_mebibyte_at_the_most(client: httpx.AsyncClient, is_declared: bool) -> None:
    body = b" " * (MAX_BODY_BYTES + 1)

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    content = body if is_declared else in_pieces()
    response = await client.post("/api/me/tasks", content=content)

    assert (response.status_code, response.json()["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Padding": "x" * MAX_HEAD_BYTES},
        {f"X-Padding-{number}": "x" for number in range(MAX_HEADERS)},
    ],
    ids=["too long", "too many"],
)
async def test_a_head_has_64_kibibytes_and_128_lines_at_the_most(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await client.get("/api/me/tasks", headers=headers)

    assert (response.status_code, response.json()["code"]) == (431, "headers_too_large")


async def test_the_address_is_part_of_the_head(client: httpx.AsyncClient) -> None:
    half = "x" * (MAX_HEAD_BYTES // 2)
    response = await client.get("/api/me/tasks", params={"search": half}, headers={"X-Padding": half})

    assert (response.status_code, response.json()["code"]) == (431, "headers_too_large")
