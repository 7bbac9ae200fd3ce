"""The tools, in the hands of a caller."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from fastapi import FastAPI
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult

from mcp_server.identity import ToolContext
from mcp_server.server import TodoMCPServer, build_server
from src.auth.context import Caller, acting_as
from src.core.database import Database
from tests.factories import StandingClock

Use: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]
Refusal: TypeAlias = Callable[..., Awaitable[str]]


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
        return dict(result.structured_content)

    return call


@pytest.fixture
def refusal(server: TodoMCPServer, user_id: str) -> Refusal:
    """The sentence with which a tool call is refused."""

    async def call(tool: str, *, by: str = user_id, **arguments: Any) -> str:
        with acting_as(Caller(by)), pytest.raises(ToolError) as refused:
            await server.call_tool(tool, arguments)
        return str(refused.value)

    return call
