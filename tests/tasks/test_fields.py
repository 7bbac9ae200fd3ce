"""What each field of a task takes, and how a refusal names it."""

import json
from typing import Any

import httpx
import pytest

from tests.factories import create_task


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("title", "x" * 200, "x" * 200),
        ("title", "  Call mom \n", "Call mom"),
        ("title", "🦊" * 200, "🦊" * 200),
        ("description", "d" * 10_000, "d" * 10_000),
        ("description", "", ""),
        ("description", None, None),
        ("priority", "high", "High"),
        ("priority", "MEDIUM", "Medium"),
        ("priority", "lOW", "Low"),
        ("priority", "none", "None"),
        ("category", "c" * 50, "c" * 50),
        ("category", " Work ", "Work"),
        ("tags", [f"tag {number}" for number in range(20)], [f"tag {number}" for number in range(20)]),
        ("tags", ["t" * 50], ["t" * 50]),
        ("tags", [" Home ", "home", "HOME", "garden"], ["Home", "garden"]),
        ("tags", ["Straße", "STRASSE"], ["Straße"]),
        ("tags", [], []),
    ],
)
async def test_a_field_takes_all_within_its_bounds(
    client: httpx.AsyncClient, field: str, given: Any, stored: Any
) -> None:
    task = await create_task(client, **{"title": "A", field: given})

    assert task[field] == stored


REFUSED = [
    ("title", ""),
    ("title", " \t\n"),
    ("title", "x" * 201),
    ("title", None),
    ("title", 5),
    ("title", ["a"]),
    ("title", "a\x00b"),
    ("title", "half \ud83d a fox"),
    ("description", "d" * 10_001),
    ("description", 5),
    ("description", "\x00"),
    ("priority", "urgent"),
    ("priority", ""),
    ("priority", 1),
    ("category", "c" * 51),
    ("category", " "),
    ("category", "a\x00"),
    ("tags", "home"),
    ("tags", [f"tag {number}" for number in range(21)]),
    ("tags", {"home": 1}),
    ("due_date", ""),
    ("due_date", 20261201),
    ("due_date", "2026-02-30"),
    ("due_date", "2026-12-01T25:00:00"),
    ("due_date", "1899-12-31"),
    ("due_date", "2201-01-01"),
]


@pytest.mark.parametrize(("field", "given"), REFUSED)
async def test_what_lies_outside_the_bounds_is_refused_by_the_name_of_the_field(
    client: httpx.AsyncClient, field: str, given: Any
) -> None:
    response = await _post(client, {"title": "A", field: given})

    problem = response.json()
    assert (response.status_code, problem["error"]) == (422, "ValidationError")
    assert response.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert all(error["message"] for error in problem["errors"])


@pytest.mark.parametrize(("field", "given"), [case for case in REFUSED if case[1] is not None])
async def test_a_change_is_bound_as_a_creation_is(client: httpx.AsyncClient, field: str, given: Any) -> None:
    task = await create_task(client)

    response = await _send(client, "PATCH", f"/api/me/tasks/{task['id']}", {field: given})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, field)
    assert (await client.get(f"/api/me/tasks/{task['id']}")).json() == task


@pytest.mark.parametrize("tag", ["", " ", "t" * 51, 5, None, "a\x00"])
async def test_one_bad_tag_among_good_ones_is_refused(client: httpx.AsyncClient, tag: Any) -> None:
    response = await _post(client, {"title": "A", "tags": ["good", tag]})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].startswith("tags")


@pytest.mark.parametrize(
    ("method", "path", "body", "name", "nearest"),
    [
        ("POST", "", {"title": "A", "prioritty": "High"}, "prioritty", "'priority'"),
        ("POST", "", {"title": "A", "Title": "B"}, "Title", "'title'"),
        ("POST", "", {"title": "A", "dueDate": "2026-12-01"}, "dueDate", "'due_date'"),
        ("PUT", "/{id}", {"title": "A", "desciption": "B"}, "desciption", "'description'"),
        ("PATCH", "/{id}", {"complete": True}, "complete", "'completed'"),
        ("PATCH", "/{id}/complete", {"complete": True}, "complete", "'completed'"),
        ("POST", "", {"title": "A", "zzzzzz": 1}, "zzzzzz", "title"),
        ("POST", "", {"title": "A", "user_id": "bob"}, "user_id", "title"),
    ],
)
async def test_an_unknown_field_is_refused_and_the_nearest_named(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any], name: str, nearest: str
) -> None:
    task = await create_task(client)

    response = await client.request(method, "/api/me/tasks" + path.format(**task), json=body)

    (error,) = response.json()["errors"]
    assert (response.status_code, error["field"]) == (422, name)
    assert nearest in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "name", "nearest"),
    [
        ("GET", "", "limt", "'limit'"),
        ("GET", "", "Status", "'status'"),
        ("GET", "", "sort", "sort_by"),
        ("GET", "/{id}", "expand", "none is known here"),
        ("POST", "", "dry", "none is known here"),
        ("DELETE", "/{id}", "scop", "'scope'"),
    ],
)
async def test_an_unknown_parameter_is_refused_and_the_nearest_named(
    client: httpx.AsyncClient, method: str, path: str, name: str, nearest: str
) -> None:
    task = await create_task(client)

    body = {"title": "A"} if method == "POST" else None
    response = await client.request(
        method, "/api/me/tasks" + path.format(**task), params={name: "1"}, json=body
    )

    (error,) = response.json()["errors"]
    assert (response.status_code, error["field"]) == (422, name)
    assert nearest in error["message"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"title": }',
        b"null",
        b"[]",
        b'"title"',
        b'{"title": "\xff"}',
        b'{"title": NaN}',
        b"1" * 5000,
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post(
        "/api/me/tasks", content=content, headers={"Content-Type": "application/json"}
    )

    assert (response.status_code, response.json()["error"]) == (422, "ValidationError")


async def test_a_body_nested_beyond_reason_is_refused(client: httpx.AsyncClient) -> None:
    content = b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    response = await client.post(
        "/api/me/tasks", content=content, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422


async def test_several_bad_fields_are_all_named(client: httpx.AsyncClient) -> None:
    response = await _post(client, {"title": "", "priority": "urgent", "tags": "home"})

    assert {error["field"] for error in response.json()["errors"]} == {"title", "priority", "tags"}


async def _post(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await _send(client, "POST", "/api/me/tasks", body)


async def _send(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
    """As JSON in ASCII: a lone surrogate travels as an escape."""
    content = json.dumps(body)
    return await client.request(method, path, content=content, headers={"Content-Type": "application/json"})
