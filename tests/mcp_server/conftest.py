"""The tools, in the hands of a caller."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import httpx
import httpx2
import pytest
from fastapi import FastAPI
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult

from mcp_server.identity import ToolContext
from mcp_server.server import TodoMCPServer, build_server
from src.auth.context import Caller, acting_as
from src.core.database import Database
from tests.factories import StandingClock, token_for

Use: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]
Refusal: TypeAlias = Callable[..., Awaitable[str]]
Connect: TypeAlias = Callable[..., AbstractAsyncContextManager[Client]]

HOST = "http://localhost:8000"


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


@pytest.fixture
def server(app: FastAPI, clock: StandingClock) -> TodoMCPServer:
    context = ToolContext(app.state.database, clock, app.state.cursor_key)
    return build_server(context, version="1.2.3")


@pytest.fixture
def use(server: TodoMCPServer, user_id: str) -> Use:
    """Call a tool as a user, the test's own unless another is named, and return the structured answer."""

    async def call(tool: str, *, by: str = user_id, zone: str | None = None, **arguments: Any) -> Any:
        with acting_as(Caller(by, timezone=zone)):
            result = await server.call_tool(tool, arguments)
        assert isinstance(result, CallToolResult)
        assert not result.is_error
        assert result.structured_content is not None
        assert [part.model_dump()["text"] for part in result.content] == [compact(result.structured_content)]
        return dict(result.structured_content)

    return call


def compact(content: object) -> str:
    """JSON without spaces: a model pays for each."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


@pytest.fixture
def refusal(server: TodoMCPServer, user_id: str) -> Refusal:
    """The sentence with which a tool call is refused."""

    async def call(tool: str, *, by: str = user_id, **arguments: Any) -> str:
        with acting_as(Caller(by)), pytest.raises(ToolError) as refused:
            await server.call_tool(tool, arguments)
        return str(refused.value)

    return call


@pytest.fixture
def connect(app: FastAPI, clock: StandingClock, user_id: str) -> Connect:
    """An MCP client over HTTP as a user, the test's own unless another is named."""
    del clock  # Every request needs the clock to stand.

    @asynccontextmanager
    async def connected(
        by: str = user_id, *, to: str = "/api/mcp", mode: str = "auto", **headers: str
    ) -> AsyncIterator[Client]:
        sent = {"Authorization": f"Bearer {token_for(by)}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        transport = httpx2.ASGITransport(app=app)
        async with (
            httpx2.AsyncClient(transport=transport, headers=sent) as http,
            Client(streamable_http_client(f"{HOST}{to}", http_client=http), mode=mode) as client,
        ):
            yield client

    return connected


@pytest.fixture
async def http(app: FastAPI, clock: StandingClock, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    """Bare HTTP as the test's user, to the host that this service goes by."""
    del clock  # As above.
    headers = {
        "Authorization": f"Bearer {token_for(user_id)}",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
    }
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers) as client:
        yield client
