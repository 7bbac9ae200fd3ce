"""MCP over HTTP: who gets in, as whom, and what is refused at the door."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from mcp_server.profiles import TOOLS
from src.core.database import Database
from tests.chat.factories import rows_of
from tests.conftest import ClientFor, client_of
from tests.factories import create_task, token_for
from tests.mcp_server.conftest import HOST, Connect

METADATA = "/.well-known/oauth-protected-resource"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
VERSIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]


def call_of(tool: str, **arguments: Any) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("path", ["/api/mcp", "/api/mcp/mcp"])
async def test_tools_are_listed_and_called_in_either_era(connect: Connect, mode: str, path: str) -> None:
    async with connect(to=path, mode=mode) as client:
        listed = await client.list_tools()
        added = await client.call_tool("add_task", {"title": "Call mom", "due_date": "tomorrow"})

    assert [tool.name for tool in listed.tools] == list(TOOLS)
    assert added.structured_content is not None
    assert added.structured_content["task"]["due_date"] == "2026-11-22"


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_protocol_version_is_agreed_to(http: httpx.AsyncClient, version: str) -> None:
    hello = {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "a-client", "version": "1"},
    }
    begun = await http.post(
        "/api/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    )
    pinged = await http.post("/api/mcp", json=PING, headers={"MCP-Protocol-Version": version})

    assert begun.json()["result"]["protocolVersion"] == version
    assert pinged.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert "mcp-session-id" not in begun.headers


async def test_each_of_many_concurrent_users_acts_on_their_own_tasks(
    connect: Connect, client_for: ClientFor, user_id: str
) -> None:
    users = [f"{user_id}-{number}" for number in range(8)]

    async def work(user: str, mode: str) -> None:
        async with connect(user, mode=mode) as client:
            await asyncio.gather(
                *(client.call_tool("add_task", {"title": f"{user} {number}"}) for number in range(5))
            )

    await asyncio.gather(*(work(user, "legacy" if n % 2 else "2026-07-28") for n, user in enumerate(users)))

    for user in users:
        async with client_for(user) as client:
            found = (await client.get("/api/me/tasks")).json()["items"]
        assert sorted(task["title"] for task in found) == [f"{user} {number}" for number in range(5)]


async def test_a_strangers_task_is_not_there(
    connect: Connect, client: httpx.AsyncClient, user_id: str
) -> None:
    task = await create_task(client, "Between us")

    async with connect(f"{user_id}-stranger") as stranger:
        read = await stranger.call_tool("get_task", {"task_id": task["id"]})
        deleted = await stranger.call_tool("delete_task", {"task_id": task["id"]})

    assert (read.is_error, deleted.is_error) == (True, True)
    assert "Between us" not in str(read) + str(deleted)
    assert (await client.get(f"/api/me/tasks/{task['id']}")).status_code == 200


async def test_dates_are_meant_in_the_zone_of_the_request(connect: Connect) -> None:
    async with connect(X_Timezone="Pacific/Kiritimati") as client:
        added = await client.call_tool("add_task", {"title": "Call mom", "due_date": "tomorrow"})

    assert added.structured_content is not None
    assert added.structured_content["task"]["due_date"] == "2026-11-23"


@pytest.mark.parametrize(("mode", "name"), [("2026-07-28", "mcp"), ("legacy", "a-program/7")])
async def test_the_change_log_names_the_client(
    connect: Connect, database: Database, user_id: str, mode: str, name: str
) -> None:
    async with connect(mode=mode, User_Agent="a-program/7") as client:
        await client.call_tool("add_task", {"title": "Call mom"})

    (change,) = await rows_of(database, "task_change", user_id)
    assert (change["actor_kind"], change["actor_name"]) == ("mcp_client", name)


async def test_a_zone_that_is_none_is_refused_at_the_door(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/mcp", json=PING, headers={"X-Timezone": "Mars/Phobos"})

    assert (response.status_code, response.json()["code"]) == (400, "unknown_timezone")


async def test_nobody_is_told_where_to_get_a_token(app: FastAPI) -> None:
    async with client_of(app, None) as nobody:
        refused = await nobody.post(f"{HOST}/api/mcp", json=PING)

    assert (refused.status_code, refused.json()["code"]) == (401, "missing_credential")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["WWW-Authenticate"] == (
        f'Bearer resource_metadata="{HOST}{METADATA}/api/mcp", scope="tasks:read tasks:write"'
    )


@pytest.mark.parametrize(
    "sent",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Cookie": "better-auth.session_token=abcdefgh"},
    ],
)
async def test_a_refused_credential_is_called_one(app: FastAPI, sent: dict[str, str]) -> None:
    async with client_of(app, None) as nobody:
        refused = await nobody.post(f"{HOST}/api/mcp", json=PING, headers=sent)

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token", resource_metadata=')


async def test_who_signs_in_is_asked_before_anything_is_read(app: FastAPI) -> None:
    async with client_of(app, None) as nobody:
        for body in (b"", b"{", b"[]", b"x" * 500_000):
            assert (await nobody.post(f"{HOST}/api/mcp", content=body)).status_code == 401


@pytest.mark.parametrize("path", ["", "/api/mcp", "/api/mcp/mcp", "/mcp"])
async def test_the_metadata_of_the_resource_is_open_to_all(nobody: httpx.AsyncClient, path: str) -> None:
    document = await nobody.get(METADATA + path)

    assert document.status_code == 200
    assert document.json() == {
        "resource": f"{HOST}/api/mcp",
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["tasks:read", "tasks:write"],
        "resource_name": "Todo AI",
        "resource_documentation": f"{HOST}/docs",
    }


async def test_what_is_offered_is_open_to_all(nobody: httpx.AsyncClient) -> None:
    told = await nobody.get("/api/mcp/info")

    assert told.json() == {
        "name": "todo",
        "version": "0.1.0",
        "protocol": "MCP",
        "transport": "streamable-http",
        "endpoint": "/api/mcp",
        "available_tools": list(TOOLS),
        "tool_count": len(TOOLS),
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
@pytest.mark.parametrize("path", ["/api/mcp", "/api/mcp/mcp"])
async def test_only_post_is_taken(http: httpx.AsyncClient, method: str, path: str) -> None:
    refused = await http.request(method, path, headers={"Accept": "text/event-stream"})

    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8000", "", "[::2]:8000"])
async def test_a_host_that_we_do_not_go_by_is_refused_with_the_setting_that_helps(
    http: httpx.AsyncClient, host: str
) -> None:
    refused = await http.post("/api/mcp", json=PING, headers={"Host": host})

    assert (refused.status_code, refused.json()["code"]) == (421, "unknown_host")
    assert "MCP_ALLOWED_HOSTS" in refused.json()["detail"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]", "[::1]:8000"])
async def test_this_machine_is_known_by_all_its_names(http: httpx.AsyncClient, host: str) -> None:
    assert (await http.post("/api/mcp", json=PING, headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "null", "http://["]
)
async def test_pages_that_are_not_trusted_are_refused(http: httpx.AsyncClient, origin: str) -> None:
    refused = await http.post("/api/mcp", json=PING, headers={"Origin": origin})

    assert (refused.status_code, refused.json()["code"]) == (403, "untrusted_origin")
    assert "CORS_ORIGINS" in refused.json()["detail"]


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://localhost:6274", "http://127.0.0.1:6274"]
)
async def test_pages_of_the_frontend_and_of_the_inspector_are_trusted(
    http: httpx.AsyncClient, origin: str
) -> None:
    assert (await http.post("/api/mcp", json=PING, headers={"Origin": origin})).status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("profile=everything", "unknown_profile"),
        ("profile=", "unknown_profile"),
        ("profil=read", "unknown_parameter"),
        ("user_id=victim", "unknown_parameter"),
    ],
)
async def test_an_unknown_choice_of_tools_is_refused(http: httpx.AsyncClient, query: str, code: str) -> None:
    refused = await http.post(f"/api/mcp?{query}", json=PING)

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert "profile" in refused.json()["detail"]


@pytest.mark.parametrize("era", [{}, {"MCP-Protocol-Version": "2026-07-28"}])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"null",
        b'{"jsonrpc":"2.0"}',
        b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
        b"\xff",
        b"[" * 50_000,
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":7}',
    ],
)
async def test_what_is_no_message_is_refused_as_json_rpc_does(
    http: httpx.AsyncClient, era: dict[str, str], body: bytes
) -> None:
    refused = await http.post("/api/mcp", content=body, headers=era)

    assert refused.status_code in (200, 400)
    assert refused.json()["error"]["code"] < 0
    assert "Traceback" not in refused.text


async def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(http: httpx.AsyncClient) -> None:
    async def unannounced() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    for content in (b"x" * 2_000_000, unannounced()):
        refused = await http.post("/api/mcp", content=content)

        assert (refused.status_code, refused.json()["code"]) == (413, "payload_too_large")


async def test_blanks_behind_a_header_are_of_no_meaning(http: httpx.AsyncClient) -> None:
    pinged = await http.post("/api/mcp", json=PING, headers={"MCP-Protocol-Version": "2025-06-18  "})

    assert pinged.json()["result"] == {}


async def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(
    app: FastAPI, user_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Message] = []
    told: Iterator[Message] = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> Message:
        return next(told)

    async def send(message: Message) -> None:
        sent.append(message)

    before = asyncio.all_tasks()
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token_for(user_id)}".encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/mcp",
        "query_string": b"",
        "headers": headers,
        "client": None,
        "server": None,
        "scheme": "http",
        "http_version": "1.1",
    }

    await app(scope, receive, send)

    assert sent == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert asyncio.all_tasks() == before
