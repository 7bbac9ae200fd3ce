"""The whole route table as a stranger and as nobody: a new route is covered by itself."""

import re
from typing import Any

import httpx
import pytest

from src.main import app as described
from tests.conftest import ClientFor
from tests.factories import create_task

OPEN_TO_ALL = {
    "/health",
    "/api/health",
    "/health/ready",
    "/api/mcp/info",
    "/.well-known/oauth-protected-resource/api/mcp",
}
_NAMES = re.compile(r"\{(\w+)\}")

OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in described.openapi()["paths"].items()
    for method, operation in methods.items()
    if path not in OPEN_TO_ALL
}
OF_A_USER = [name for name, (_, path, _) in OPERATIONS.items() if "{user_id}" in path]
OF_A_ROW = [name for name in OF_A_USER if len(_NAMES.findall(OPERATIONS[name][1])) > 1]


def example_body(operation: dict[str, Any]) -> Any:
    """The documented example of a route's body, which the route therefore takes."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("example")


async def send(client: httpx.AsyncClient, name: str, **ids: Any) -> httpx.Response:
    method, path, operation = OPERATIONS[name]
    return await client.request(method, path.format(**ids), json=example_body(operation))


async def rows_of(client: httpx.AsyncClient) -> dict[str, int]:
    """One row of every sort that a path can name."""
    task = await create_task(client, recurrence="every friday")
    chat = await client.post("/api/me/chat", json={"message": "hello"})
    assert chat.status_code == 200, chat.text
    return {"task_id": task["id"], "conversation_id": chat.json()["conversation_id"]}


async def state_of(client: httpx.AsyncClient, rows: dict[str, int]) -> list[Any]:
    paths = (f"tasks/{rows['task_id']}", "tasks", f"conversations/{rows['conversation_id']}", "settings")
    return [(await client.get(f"/api/me/{path}")).json() for path in paths]


@pytest.mark.parametrize("name", OPERATIONS)
async def test_nobody_gets_in_anywhere(nobody: httpx.AsyncClient, user_id: str, name: str) -> None:
    response = await send(nobody, name, user_id=user_id, task_id=1, conversation_id=1)

    assert (response.status_code, response.json()["error"]) == (401, "Unauthorized")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", OF_A_USER)
async def test_a_strangers_path_is_forbidden(client: httpx.AsyncClient, user_id: str, name: str) -> None:
    response = await send(client, name, user_id=f"{user_id}-other", task_id=1, conversation_id=1)

    assert (response.status_code, response.json()["error"]) == (403, "Forbidden")


async def test_a_strangers_row_is_not_found_under_ones_own_path_and_stays_untouched(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    rows = await rows_of(client)
    before = await state_of(client, rows)

    async with client_for(f"{user_id}-stranger") as stranger:
        answers = {name: await send(stranger, name, user_id="me", **rows) for name in OF_A_ROW}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(OF_A_ROW, 404)
    assert {answer.json()["error"] for answer in answers.values()} == {"NotFound"}
    assert await state_of(client, rows) == before


async def test_a_strangers_row_looks_like_one_that_does_not_exist(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    rows = await rows_of(client)

    async with client_for(f"{user_id}-stranger") as stranger:
        theirs = {name: await send(stranger, name, user_id="me", **rows) for name in OF_A_ROW}
        nowhere = {
            name: await send(stranger, name, user_id="me", task_id=2**40, conversation_id=2**40)
            for name in OF_A_ROW
        }

    for name in OF_A_ROW:
        assert _without_ids(theirs[name].json()) == _without_ids(nowhere[name].json())


def _without_ids(problem: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in problem.items() if name != "request_id"}
    return {name: re.sub(r"\d{2,}|\b\d\b", "#", str(value)) for name, value in plain.items()}


async def test_a_strangers_conversation_cannot_be_joined(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    rows = await rows_of(client)

    async with client_for(f"{user_id}-stranger") as stranger:
        response = await stranger.post(
            "/api/me/chat", json={"message": "hello", "conversation_id": rows["conversation_id"]}
        )

    assert (response.status_code, response.json()["error"]) == (404, "NotFound")


async def test_a_strangers_list_filtered_by_anothers_series_is_empty(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    task = await create_task(client, recurrence="every friday")

    async with client_for(f"{user_id}-stranger") as stranger:
        response = await stranger.get("/api/me/tasks", params={"series_id": task["series_id"]})

    assert response.json()["items"] == []
