"""Every route of tasks: status, body and headers."""

from typing import Any

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import StandingClock, create_task, titles

FULL: dict[str, Any] = {
    "title": "Pay rent",
    "description": "Two\nlines, <b>and</b> markup — kept.",
    "priority": "High",
    "category": "home",
    "tags": ["Flat", "money"],
    "due_date": "2026-12-01",
}
DEFAULTS: dict[str, Any] = {
    "description": None,
    "status": "pending",
    "completed": False,
    "priority": "Medium",
    "category": None,
    "tags": [],
    "due_date": None,
    "completed_at": None,
}
MISSING = 2**53


async def test_a_created_task_is_answered_whole_with_its_address_and_version(
    client: httpx.AsyncClient, user_id: str
) -> None:
    response = await client.post("/api/me/tasks", json=FULL)

    task = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/{user_id}/tasks/{task['id']}"
    assert response.headers["ETag"] == '"1"'
    assert task == task | DEFAULTS | FULL | {"user_id": user_id, "version": 1}
    assert task["created_at"] == task["updated_at"] == "2026-11-21T10:00:00Z"


async def test_a_task_of_a_title_alone_takes_the_defaults(client: httpx.AsyncClient) -> None:
    task = await create_task(client, "Just this")

    assert {name: task[name] for name in DEFAULTS} == DEFAULTS


async def test_the_location_and_own_id_lead_to_the_same_task(client: httpx.AsyncClient, user_id: str) -> None:
    created = await client.post(f"/api/{user_id}/tasks", json=FULL)

    read = await client.get(created.headers["Location"])

    assert (read.status_code, read.headers["ETag"], read.json()) == (200, '"1"', created.json())


async def test_text_comes_back_exactly_as_it_was_written(client: httpx.AsyncClient) -> None:
    text = " <script>alert('x')</script> \t\n%_\\ 'quoted' \"twice\" 日本 👩‍👩‍👧 e\u0301 \u202e "

    task = await create_task(client, "Keep", description=text)

    assert task["description"] == text


async def test_put_returns_what_it_omits_to_its_default(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    task = await create_task(client, **FULL)
    clock.advance(hours=1)

    response = await client.put(f"/api/me/tasks/{task['id']}", json={"title": "Anew"})

    replaced = response.json()
    assert (response.status_code, response.headers["ETag"]) == (200, '"2"')
    assert {name: replaced[name] for name in DEFAULTS} == DEFAULTS
    assert (replaced["title"], replaced["created_at"]) == ("Anew", task["created_at"])
    assert replaced["updated_at"] == "2026-11-21T11:00:00Z"


async def test_put_reopens_a_completed_task_unless_it_says_completed(client: httpx.AsyncClient) -> None:
    task = await create_task(client)
    path = f"/api/me/tasks/{task['id']}"

    done = (await client.put(path, json={"title": "A", "completed": True})).json()
    open_again = (await client.put(path, json={"title": "A"})).json()

    assert (done["status"], done["completed_at"]) == ("completed", "2026-11-21T10:00:00Z")
    assert (open_again["status"], open_again["completed_at"]) == ("pending", None)


async def test_put_needs_a_title(client: httpx.AsyncClient) -> None:
    task = await create_task(client)

    response = await client.put(f"/api/me/tasks/{task['id']}", json={"priority": "Low"})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["title"]


async def test_patch_changes_only_what_is_given(client: httpx.AsyncClient) -> None:
    task = await create_task(client, **FULL)

    response = await client.patch(f"/api/me/tasks/{task['id']}", json={"title": "Pay the rent"})

    changed = response.json()
    assert (response.status_code, response.headers["ETag"]) == (200, '"2"')
    assert changed == task | {"title": "Pay the rent", "version": 2}


@pytest.mark.parametrize(
    ("field", "cleared"),
    [("description", None), ("category", None), ("due_date", None), ("tags", []), ("priority", "None")],
)
async def test_patch_with_null_clears(client: httpx.AsyncClient, field: str, cleared: Any) -> None:
    task = await create_task(client, **FULL)

    changed = (await client.patch(f"/api/me/tasks/{task['id']}", json={field: None})).json()

    assert changed[field] == cleared
    assert {name: changed[name] for name in FULL if name != field} == {
        name: value for name, value in FULL.items() if name != field
    }


async def test_patch_with_null_cannot_clear_the_title(client: httpx.AsyncClient) -> None:
    task = await create_task(client)

    response = await client.patch(f"/api/me/tasks/{task['id']}", json={"title": None})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["title"]


async def test_an_empty_patch_changes_nothing(client: httpx.AsyncClient) -> None:
    task = await create_task(client, **FULL)

    response = await client.patch(f"/api/me/tasks/{task['id']}", json={})

    assert (response.status_code, response.json()) == (200, task)


async def test_patch_completes_and_changes_at_once(client: httpx.AsyncClient) -> None:
    task = await create_task(client)

    changed = (
        await client.patch(f"/api/me/tasks/{task['id']}", json={"completed": True, "title": "Called"})
    ).json()

    assert (changed["title"], changed["status"], changed["completed"]) == ("Called", "completed", True)


async def test_delete_answers_nothing_and_leaves_nothing(client: httpx.AsyncClient) -> None:
    task = await create_task(client)
    path = f"/api/me/tasks/{task['id']}"

    first, second, read = await client.delete(path), await client.delete(path), await client.get(path)

    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, read.status_code) == (404, 404)
    assert await titles(client) == []


async def test_complete_without_a_body_turns_the_task_over(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    task = await create_task(client)
    path = f"/api/me/tasks/{task['id']}/complete"
    clock.advance(minutes=5)

    done = await client.patch(path)
    open_again = await client.patch(path)

    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    assert (done.json()["completed"], done.json()["completed_at"]) == (True, "2026-11-21T10:05:00Z")
    assert (open_again.json()["completed"], open_again.json()["completed_at"]) == (False, None)


@pytest.mark.parametrize("is_completed", [True, False])
async def test_complete_with_a_body_sets_and_is_safe_to_repeat(
    client: httpx.AsyncClient, is_completed: bool
) -> None:
    task = await create_task(client)
    path = f"/api/me/tasks/{task['id']}/complete"

    first = (await client.patch(path, json={"completed": is_completed})).json()
    second = (await client.patch(path, json={"completed": is_completed})).json()

    assert first["completed"] is is_completed
    assert second == first


async def test_post_complete_completes_and_is_safe_to_repeat(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    task = await create_task(client)
    path = f"/api/me/tasks/{task['id']}/complete"

    first = await client.post(path)
    clock.advance(hours=1)
    second = await client.post(path)

    assert (first.status_code, first.json()["next_occurrence"]) == (200, None)
    assert first.json()["completed_task"]["completed_at"] == "2026-11-21T10:00:00Z"
    assert second.json() == first.json()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"title": "A"}),
        ("PATCH", "", {"title": "A"}),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("PATCH", "/complete", None),
        ("POST", "/complete", None),
    ],
)
async def test_a_task_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None
) -> None:
    response = await client.request(method, f"/api/me/tasks/{MISSING}{path}", json=body)

    problem = response.json()
    assert (response.status_code, problem["error"], problem["code"]) == (404, "NotFound", "task_not_found")
    assert str(MISSING) in problem["detail"]


@pytest.mark.parametrize("task_id", ["0", "-1", "x", "1.5", str(2**63), "9" * 30])
async def test_an_id_that_is_no_id_is_a_validation_error(client: httpx.AsyncClient, task_id: str) -> None:
    response = await client.get(f"/api/me/tasks/{task_id}")

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["task_id"]


async def test_two_users_tasks_stay_apart(client_for: ClientFor, user_id: str) -> None:
    async with client_for(f"{user_id}-a") as alice, client_for(f"{user_id}-b") as bob:
        await create_task(alice, "Alice's")
        await create_task(bob, "Bob's")

        seen = await titles(alice), await titles(bob)

    assert seen == (["Alice's"], ["Bob's"])
