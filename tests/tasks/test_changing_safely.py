"""Many changes at once, and changes that must not overwrite another's."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import create_task, titles


async def test_a_batch_makes_every_change_in_order(client: httpx.AsyncClient) -> None:
    old = await create_task(client, "Old")
    done = await create_task(client, "Done", due_date="2026-11-20", recurrence="FREQ=DAILY")
    gone = await create_task(client, "Gone")
    operations = [
        {"op": "create", "task": {"title": "New", "due_string": "tomorrow"}},
        {"op": "update", "task_id": old["id"], "changes": {"title": "Older"}},
        {"op": "complete", "task_id": done["id"]},
        {"op": "delete", "task_id": gone["id"]},
    ]

    response = await client.post("/api/me/tasks/batch", json={"operations": operations})

    assert response.status_code == 200, response.text
    results = response.json()["results"]
    assert results[0]["task"]["due_date"] == "2026-11-22"
    assert results[1]["task"]["title"] == "Older"
    assert results[2]["completion"]["next_occurrence"]["due_date"] == "2026-11-22"
    assert results[3]["deletion"]["title"] == "Gone"
    assert sorted(await titles(client)) == ["Done", "Done", "New", "Older"]


async def test_one_failing_change_undoes_the_batch_and_is_named(client: httpx.AsyncClient) -> None:
    operations = [
        {"op": "create", "task": {"title": "New"}},
        {"op": "complete", "task_id": 999_999},
    ]

    response = await client.post("/api/me/tasks/batch", json={"operations": operations})

    assert (response.status_code, response.json()["code"]) == (404, "task_not_found")
    assert response.json()["errors"][0]["field"] == "operations.1"
    assert await titles(client) == []


@pytest.mark.parametrize(
    "body",
    [
        {"operations": []},
        {"operations": [{"op": "complete", "task_id": 1}] * 101},
        {"operations": [{"op": "delete"}]},
        {"operations": [{"op": "erase", "task_id": 1}]},
        {"operations": [{"op": "create", "task": {"titel": "x"}}]},
    ],
)
async def test_a_batch_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert (await client.post("/api/me/tasks/batch", json=body)).status_code == 422


async def test_a_batch_reaches_nobody_elses_tasks(client: httpx.AsyncClient, client_for: ClientFor) -> None:
    task = await create_task(client)

    async with client_for("a-batching-stranger") as stranger:
        body = {"operations": [{"op": "delete", "task_id": task["id"]}]}
        response = await stranger.post("/api/me/tasks/batch", json=body)

    assert response.status_code == 404
    assert await titles(client) == ["Call mom"]


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("PUT", "", {"title": "Mine"}),
        ("PATCH", "", {"title": "Mine"}),
        ("PATCH", "/complete", {"completed": True}),
        ("POST", "/complete", None),
        ("DELETE", "", None),
    ],
)
async def test_a_change_of_an_old_version_is_refused(
    client: httpx.AsyncClient, method: str, suffix: str, body: dict[str, Any] | None
) -> None:
    task = await create_task(client)
    await client.patch(f"/api/me/tasks/{task['id']}", json={"title": "Theirs"})

    response = await client.request(
        method, f"/api/me/tasks/{task['id']}{suffix}", json=body, headers={"If-Match": '"1"'}
    )

    assert (response.status_code, response.json()["code"]) == (412, "task_changed")
    assert await titles(client, status="pending") == ["Theirs"]


async def test_of_two_editors_with_the_same_version_one_is_refused(client: httpx.AsyncClient) -> None:
    task = await create_task(client)
    url, headers = f"/api/me/tasks/{task['id']}", {"If-Match": '"1"'}

    answers = await asyncio.gather(
        *(client.patch(url, json={"title": name}, headers=headers) for name in ("one", "two"))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (await client.get(url)).json()["version"] == 2


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", "1"', "*"])
async def test_a_current_version_is_changed_and_not_sent_again(client: httpx.AsyncClient, tag: str) -> None:
    task = await create_task(client)
    url = f"/api/me/tasks/{task['id']}"

    known = await client.get(url, headers={"If-None-Match": tag})
    changed = await client.patch(url, json={"title": "Mine"}, headers={"If-Match": tag})

    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", '"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')


async def test_a_precondition_that_is_no_tag_is_refused(client: httpx.AsyncClient) -> None:
    task = await create_task(client)

    response = await client.patch(
        f"/api/me/tasks/{task['id']}", json={"title": "Mine"}, headers={"If-Match": "1"}
    )

    assert response.status_code == 422
