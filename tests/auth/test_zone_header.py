"""The zone that a request asks for: a name that is none is refused wherever it is sent."""

import httpx
import pytest

from tests.test_strangers import OPERATIONS, rows_of, send


@pytest.mark.parametrize("zone", ["Mars/Phobos", "x" * 5_000])
async def test_a_zone_that_is_none_is_refused_by_every_route_before_anything_is_done(
    client: httpx.AsyncClient, zone: str
) -> None:
    rows = await rows_of(client)
    client.headers["X-Timezone"] = zone

    answers = {name: await send(client, name, user_id="me", **rows) for name in OPERATIONS}

    assert {name: answer.json()["code"] for name, answer in answers.items()} == dict.fromkeys(
        OPERATIONS, "unknown_timezone"
    )
    assert {answer.status_code for answer in answers.values()} == {400, 422}
    assert {error["field"] for answer in answers.values() for error in answer.json()["errors"]} == {
        "X-Timezone"
    }
    assert max(len(answer.content) for answer in answers.values()) < 1_000


async def test_a_zone_is_taken_in_any_letter_case(client: httpx.AsyncClient) -> None:
    body = {"title": "Call mom", "due_string": "tomorrow 5pm"}

    response = await client.post("/api/me/tasks", json=body, headers={"X-Timezone": "europe/BERLIN"})

    assert response.json()["due_timezone"] == "Europe/Berlin"
