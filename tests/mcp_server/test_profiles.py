"""Which tools a client is shown, and what a credential that only reads may do with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from mcp_types import TextContent

from mcp_server.identity import ToolContext
from mcp_server.profiles import (
    HARMLESS_TOOLS,
    READING_TOOLS,
    RESEARCH_TOOLS,
    TOOLS,
    Profile,
    UnknownProfile,
    profile_named,
)
from mcp_server.server import build_servers
from src.core.database import Database
from tests.chat.factories import rows_of
from tests.conftest import client_of
from tests.mcp_server.conftest import HOST, Connect, Use


async def names(connect: Connect, to: str) -> list[str]:
    async with connect(to=to) as client:
        return [tool.name for tool in (await client.list_tools()).tools]


async def test_what_is_told_without_loading_the_tools_is_true_of_them(app: FastAPI) -> None:
    context = ToolContext(app.state.database, app.state.clock, app.state.cursor_key)
    servers = build_servers(context, version="1")
    listed = {profile: await server.list_tools() for profile, server in servers.items()}

    assert [tool.name for tool in listed[Profile.FULL]] == list(TOOLS)
    assert {tool.name for tool in listed[Profile.READ]} == set(READING_TOOLS)
    assert [tool.name for tool in listed[Profile.RESEARCH]] == list(RESEARCH_TOOLS)
    harmless = {
        tool.name
        for tools in listed.values()
        for tool in tools
        if tool.annotations is not None and tool.annotations.read_only_hint
    }
    assert harmless == HARMLESS_TOOLS


async def test_a_profile_is_chosen_by_the_address(connect: Connect) -> None:
    assert await names(connect, "/api/mcp?profile=full") == list(TOOLS)
    assert set(await names(connect, "/api/mcp?profile=READ")) == set(READING_TOOLS)
    assert await names(connect, "/api/mcp/mcp?profile=research") == list(RESEARCH_TOOLS)


@pytest.mark.parametrize("profile", ["read", "research"])
async def test_a_tool_that_a_profile_does_not_show_cannot_be_called(connect: Connect, profile: str) -> None:
    async with connect(to=f"/api/mcp?profile={profile}") as client:
        refused = await client.call_tool("add_task", {"title": "Call mom"})

    assert refused.is_error


def test_a_profile_is_known_by_its_name() -> None:
    assert profile_named(" Research ") is Profile.RESEARCH
    with pytest.raises(UnknownProfile, match="known are full, read, research"):
        profile_named("writer")


async def test_research_searches_and_fetches_as_openai_wants_it(connect: Connect, use: Use) -> None:
    task = (
        await use(
            "add_task",
            title="Water the plants",
            description="The ferns, too",
            due_date="tomorrow",
            recurrence="every friday",
            tags=["home"],
        )
    )["task"]

    async with connect(to="/api/mcp?profile=research") as client:
        found = await client.call_tool("search", {"query": "plants"})
        document = await client.call_tool("fetch", {"id": str(task["id"])})

    url = f"{HOST}/api/me/tasks/{task['id']}"
    assert found.structured_content == {
        "results": [{"id": str(task["id"]), "title": "Water the plants", "url": url}]
    }
    (text,) = found.content
    assert isinstance(text, TextContent)
    assert orjson.loads(text.text) == found.structured_content
    told: Any = document.structured_content
    assert (told["id"], told["title"], told["url"]) == (str(task["id"]), "Water the plants", url)
    assert "The ferns, too" in told["text"]
    assert told["metadata"] | {"tags": "home", "status": "pending"} == told["metadata"]
    assert told["metadata"]["repeats"].startswith("every")


@pytest.mark.parametrize("wrong", ["first", "", "9" * 30, "-1", "²"])
async def test_what_search_never_gave_cannot_be_fetched(connect: Connect, wrong: str) -> None:
    async with connect(to="/api/mcp?profile=research") as client:
        refused = await client.call_tool("fetch", {"id": wrong})

    assert refused.is_error


async def test_strangers_find_and_fetch_nothing(connect: Connect, use: Use, user_id: str) -> None:
    task = (await use("add_task", title="Between us"))["task"]

    async with connect(f"{user_id}-stranger", to="/api/mcp?profile=research") as client:
        found = await client.call_tool("search", {"query": "Between"})
        fetched = await client.call_tool("fetch", {"id": str(task["id"])})

    assert found.structured_content == {"results": []}
    assert fetched.is_error
    assert "Between" not in str(fetched)


@asynccontextmanager
async def reading(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    created = await client.post("/api/me/tokens", json={"name": "My reader", "scopes": ["read"]})
    async with client_of(app, created.json()["token"]) as reader:
        reader.headers["Accept"] = "application/json, text/event-stream"
        yield reader


def call_of(tool: str, **arguments: Any) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }


async def test_a_credential_that_only_reads_is_asked_for_a_better_one(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async with reading(app, client) as reader:
        refused = await reader.post(f"{HOST}/api/mcp", json=call_of("add_task", title="Call mom"))
        unknown = await reader.post(f"{HOST}/api/mcp", json=call_of("drop_tables"))
        allowed = await reader.post(f"{HOST}/api/mcp", json=call_of("list_tasks"))
        listed = await reader.post(
            f"{HOST}/api/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        )

    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert refused.headers["WWW-Authenticate"].startswith(
        'Bearer error="insufficient_scope", resource_metadata='
    )
    assert unknown.status_code == 403
    assert allowed.json()["result"]["isError"] is False
    assert len(listed.json()["result"]["tools"]) == len(TOOLS)
    assert (await client.get("/api/me/tasks")).json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 100_000,
        b'[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_task","arguments":{"title":"x"}}}]',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["add_task"]}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"add_task","arguments":{"title":"x"}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"tools/list","params":{"name":"add_task","arguments":{"title":"x"}}}',
        b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_task","arguments":{"title":"x"}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_task","arguments":{"title":"x","n":NaN}}}',
    ],
)
@pytest.mark.parametrize(
    "era", [{}, {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "add_task"}]
)
async def test_no_odd_message_gets_a_change_past_a_credential_that_only_reads(
    app: FastAPI, client: httpx.AsyncClient, body: bytes, era: dict[str, str]
) -> None:
    async with reading(app, client) as reader:
        answer = await reader.post(
            f"{HOST}/api/mcp", content=body, headers={"Content-Type": "application/json", **era}
        )

    assert answer.status_code < 500
    assert (await client.get("/api/me/tasks")).json()["items"] == []


async def test_the_change_log_names_the_program_of_a_personal_token(
    app: FastAPI, client: httpx.AsyncClient, database: Database, user_id: str
) -> None:
    created = await client.post("/api/me/tokens", json={"name": "My script", "scopes": ["read", "write"]})
    async with client_of(app, created.json()["token"]) as writer:
        writer.headers["Accept"] = "application/json"
        await writer.post(f"{HOST}/api/mcp", json=call_of("add_task", title="Call mom"))

    (change,) = await rows_of(database, "task_change", user_id)
    assert (change["actor_kind"], change["actor_name"]) == ("mcp_client", "My script")
