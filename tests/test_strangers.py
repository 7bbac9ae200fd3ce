"""Every route and tool as a stranger, as nobody and with what only reads: new ones are covered too."""

import re
from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI
from mcp.server.mcpserver.exceptions import ToolError

from mcp_server.identity import ToolContext
from mcp_server.server import TodoMCPServer, build_servers
from src.auth.authenticator import SAFE_METHODS
from src.auth.context import Caller, InsufficientScope, acting_as
from src.auth.identity import Scope
from src.chatkit.schemas import READING, RequestType
from src.main import app as described
from tests.conftest import ClientFor, client_of
from tests.factories import StandingClock, create_task

OPEN_TO_ALL = {
    "/health",
    "/api/health",
    "/health/ready",
    "/api/auth/register",
    "/api/auth/signup",
    "/api/auth/login",
    "/api/auth/verify",
    "/api/feed/{token}.ics",
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
UNSAFE = [name for name, (method, _, _) in OPERATIONS.items() if method not in SAFE_METHODS]
SAFE = [name for name in OPERATIONS if name not in UNSAFE]
OF_A_USER = [name for name, (_, path, _) in OPERATIONS.items() if "{user_id}" in path]
OF_A_ROW = [name for name, (_, path, _) in OPERATIONS.items() if set(_NAMES.findall(path)) - {"user_id"}]


def example_body(operation: dict[str, Any]) -> Any:
    """The documented example of a route's body, which the route therefore takes."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("example")


class Ids(dict[str, Any]):
    """The rows that a path names; one that is nobody's where a test names none."""

    def __missing__(self, name: str) -> int:
        return 2**40


async def send(client: httpx.AsyncClient, name: str, **ids: Any) -> httpx.Response:
    method, path, operation = OPERATIONS[name]
    return await client.request(method, path.format_map(Ids(ids)), json=example_body(operation))


async def rows_of(client: httpx.AsyncClient) -> dict[str, Any]:
    """One row of every sort that a path can name."""
    task = await create_task(client, recurrence="every friday")
    chat = await client.post("/api/me/chat", json={"message": "hello"})
    assert chat.status_code == 200, chat.text
    token = await client.post("/api/me/tokens", json={"name": "A script"})
    assert token.status_code == 201, token.text
    return {
        "task_id": task["id"],
        "conversation_id": chat.json()["conversation_id"],
        "token_id": token.json()["id"],
        "attachment_id": await attachment_of(client),
    }


async def attachment_of(client: httpx.AsyncClient) -> str:
    file = {"name": "list.txt", "mime_type": "text/plain", "size": 4}
    announced = await client.post("/api/chatkit", json={"type": "attachments.create", "params": file})
    attachment_id: str = announced.json()["id"]
    sent = await client.put(
        f"/api/chatkit/attachments/{attachment_id}", content=b"milk", headers={"Content-Type": "text/plain"}
    )
    assert sent.status_code == 200, sent.text
    return attachment_id


async def state_of(client: httpx.AsyncClient, rows: dict[str, Any]) -> list[Any]:
    paths = (
        f"tasks/{rows['task_id']}",
        "tasks",
        f"conversations/{rows['conversation_id']}",
        "conversations",
        "settings",
        "tokens",
    )
    file = await client.get(f"/api/chatkit/attachments/{rows['attachment_id']}")
    return [file.content, *[(await client.get(f"/api/me/{path}")).json() for path in paths]]


def test_there_is_a_row_of_every_sort_that_a_path_can_name() -> None:
    named = {name for path in OPERATIONS.values() for name in _NAMES.findall(path[1])}

    assert named == {"user_id", "task_id", "conversation_id", "token_id", "attachment_id"}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_nobody_gets_in_anywhere(nobody: httpx.AsyncClient, user_id: str, name: str) -> None:
    response = await send(nobody, name, user_id=user_id)

    assert (response.status_code, response.json()["error"]) == (401, "Unauthorized")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", OF_A_USER)
async def test_a_strangers_path_is_forbidden(client: httpx.AsyncClient, user_id: str, name: str) -> None:
    response = await send(client, name, user_id=f"{user_id}-other")

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
        nowhere = {name: await send(stranger, name, user_id="me") for name in OF_A_ROW}

    for name in OF_A_ROW:
        assert _without_ids(theirs[name].json()) == _without_ids(nowhere[name].json())


def _without_ids(problem: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in problem.items() if name != "request_id"}
    return {name: re.sub(r"\batc_\w+|\d{2,}|\b\d\b", "#", str(value)) for name, value in plain.items()}


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


@pytest.fixture
async def reader(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """The test's user by a personal access token that only reads."""
    created = await client.post("/api/me/tokens", json={"name": "A reader", "scopes": ["read"]})
    async with client_of(app, created.json()["token"]) as reader:
        yield reader


async def test_a_credential_that_only_reads_changes_nothing_by_any_route(
    client: httpx.AsyncClient, reader: httpx.AsyncClient
) -> None:
    rows = await rows_of(client)
    await reader.get("/api/me/tasks")  # Its use is noted now, and not again within a minute.
    before = await state_of(client, rows)

    answers = {name: await send(reader, name, user_id="me", **rows) for name in UNSAFE if name != "chatkit"}
    answers |= {asked: await ask_chatkit(reader, asked) for asked in get_args(RequestType)}
    reading = {asked: answers.pop(asked) for asked in READING}

    assert len(UNSAFE) > 10
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert {answer.status_code for answer in reading.values()} <= {200, 400, 404}
    assert {answer.json()["code"] for answer in answers.values()} == {"insufficient_scope"}
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {
        'Bearer realm="todo", error="insufficient_scope", scope="write"'
    }
    assert await state_of(client, rows) == before


async def ask_chatkit(client: httpx.AsyncClient, asked: str) -> httpx.Response:
    return await client.post("/api/chatkit", json={"type": asked})


async def test_a_credential_that_only_reads_reads_conversations_in_chatkit_and_says_nothing(
    client: httpx.AsyncClient, reader: httpx.AsyncClient
) -> None:
    thread_id = str((await rows_of(client))["conversation_id"])
    of_thread = {"thread_id": thread_id}

    listed = await ask_chatkit(reader, "threads.list")
    got = await reader.post("/api/chatkit", json={"type": "threads.get_by_id", "params": of_thread})
    items = await reader.post("/api/chatkit", json={"type": "items.list", "params": of_thread})
    said = await reader.post("/api/chatkit", json={"messages": [{"role": "user", "content": "hello"}]})

    assert [thread["id"] for thread in listed.json()["data"]] == [thread_id]
    assert got.json()["id"] == thread_id
    assert len(items.json()["data"]) == 2
    assert (said.status_code, said.json()["code"]) == (403, "insufficient_scope")


async def test_a_credential_that_only_reads_reads_everything(
    client: httpx.AsyncClient, reader: httpx.AsyncClient
) -> None:
    rows = await rows_of(client)

    answers = {name: await send(reader, name, user_id="me", **rows) for name in SAFE}

    assert len(SAFE) > 10
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(SAFE, 200)


async def test_a_credential_that_only_reads_takes_no_idempotency_key(
    reader: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "one"}

    refused = await reader.post("/api/me/tasks", json={"title": "Call mom"}, headers=headers)
    allowed = await client.post("/api/me/tasks", json={"title": "Call mom"}, headers=headers)

    assert (refused.status_code, allowed.status_code) == (403, 201)
    assert "Idempotent-Replayed" not in allowed.headers


@pytest.fixture
def servers(app: FastAPI, clock: StandingClock) -> list[TodoMCPServer]:
    """The MCP server of every profile."""
    context = ToolContext(app.state.database, clock, app.state.cursor_key)
    return list(build_servers(context, version="1.2.3").values())


async def test_a_credential_that_only_reads_changes_nothing_by_any_tool(
    client: httpx.AsyncClient, servers: list[TodoMCPServer], user_id: str
) -> None:
    rows = await rows_of(client)
    before = await state_of(client, rows)
    known = {"task_id": rows["task_id"], "id": str(rows["task_id"]), "query": "mom", "title": "Water plants"}
    by_scope = {True: set[str](), False: set[str]()}

    with acting_as(Caller(user_id, scopes=frozenset({Scope.READ}))):
        for server in servers:
            for tool in await server.list_tools():
                arguments = {name: known[name] for name in tool.input_schema["properties"] if name in known}
                refusal = await refusal_of(server, tool.name, arguments)
                is_refused_by_scope = InsufficientScope.code in refusal
                assert is_refused_by_scope or refusal == "", f"{tool.name}: {refusal}"
                by_scope[is_refused_by_scope].add(tool.name)

    assert by_scope[True] >= {"add_task", "update_task", "complete_task", "delete_task", "stop_recurrence"}
    assert by_scope[False] >= {"list_tasks", "get_task", "list_tags", "get_analytics"}
    assert await state_of(client, rows) == before


async def refusal_of(server: TodoMCPServer, tool: str, arguments: dict[str, Any]) -> str:
    """With which words a tool refuses; empty where it does what it was asked."""
    try:
        await server.call_tool(tool, arguments)
    except ToolError as error:
        return str(error)
    return ""
