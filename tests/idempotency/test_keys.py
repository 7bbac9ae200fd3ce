"""A POST with an Idempotency-Key runs once, and answers the same again."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import StandingClock, create_task, titles

KEY = {"Idempotency-Key": "4711"}


async def post(client: httpx.AsyncClient, title: str = "Call mom", **headers: str) -> httpx.Response:
    return await client.post("/api/me/tasks", json={"title": title}, headers=headers or KEY)


async def test_twenty_creates_at_once_with_one_key_make_one_task(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(post(client) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await titles(client) == ["Call mom"]


async def test_a_replay_is_marked_and_has_the_same_headers(client: httpx.AsyncClient) -> None:
    first = await post(client)
    await client.patch(f"/api/me/tasks/{first.json()['id']}", json={"title": "Call dad"})

    second = await post(client)

    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["etag"] == first.headers["etag"]
    assert "idempotent-replayed" not in first.headers


async def test_another_body_with_the_key_is_refused(client: httpx.AsyncClient) -> None:
    await post(client)

    response = await post(client, "Call dad")

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert await titles(client) == ["Call mom"]


async def test_another_route_with_the_key_is_refused(client: httpx.AsyncClient) -> None:
    task = await create_task(client)
    await client.post(f"/api/me/tasks/{task['id']}/complete", headers=KEY)

    response = await client.post("/api/me/tasks/quick", json={"text": "Call dad"}, headers=KEY)

    assert response.status_code == 409


async def test_a_request_that_failed_can_be_tried_again_with_its_key(client: httpx.AsyncClient) -> None:
    failed = await client.post("/api/me/tasks", json={"title": " "}, headers=KEY)

    mended = await post(client)

    assert (failed.status_code, mended.status_code) == (422, 201)


async def test_a_key_belongs_to_its_user(client: httpx.AsyncClient, client_for: ClientFor) -> None:
    await post(client, "Call mom")

    async with client_for("another-with-the-key") as other:
        response = await post(other, "Call dad")

    assert response.status_code == 201


async def test_a_key_is_forgotten_after_a_day(client: httpx.AsyncClient, clock: StandingClock) -> None:
    await post(client)
    clock.advance(hours=24, seconds=1)

    response = await post(client, "Call dad")

    assert response.status_code == 201
    assert sorted(await titles(client)) == ["Call dad", "Call mom"]


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_is_none_is_refused(client: httpx.AsyncClient, key: str) -> None:
    response = await post(client, **{"Idempotency-Key": key})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_idempotency_key")


async def test_completing_with_a_key_answers_the_same_after_more_happened(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-21", recurrence="FREQ=DAILY")
    url = f"/api/me/tasks/{task['id']}/complete"
    first = await client.post(url, headers=KEY)
    await client.post(f"/api/me/tasks/{first.json()['next_occurrence']['id']}/complete")

    again = await client.post(url, headers=KEY)

    assert again.content == first.content


async def say(client: httpx.AsyncClient, accept: str = "application/json") -> httpx.Response:
    body = {"message": "Add a task to call mom tomorrow"}
    return await client.post("/api/me/chat", json=body, headers=KEY | {"Accept": accept})


async def test_the_same_message_twice_at_once_is_answered_once(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(say(client) for _ in range(3)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert await titles(client) == ["call mom"]


async def test_a_streamed_answer_is_replayed_as_its_last_event(client: httpx.AsyncClient) -> None:
    first = await say(client, "text/event-stream")

    again = await say(client, "text/event-stream")

    last: dict[str, Any] = json.loads(first.text.strip().splitlines()[-1].removeprefix("data: "))
    assert json.loads(again.text.removeprefix("data: ")) == last
    assert again.headers["content-type"].startswith("text/event-stream")
    assert await titles(client) == ["call mom"]
