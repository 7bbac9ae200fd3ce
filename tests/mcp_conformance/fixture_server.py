"""Our server, door and transport with the suite's fixtures beside our tools, open to all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from mcp.server.mcpserver import MCPServer
from mcp_types import (
    EmptyResult,
    ListToolsResult,
    PaginatedRequestParams,
    SetLevelRequestParams,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)
from starlette.applications import Starlette
from starlette.routing import Route

from mcp_server.door import MCPDoor
from mcp_server.hosts import AllowedHosts
from mcp_server.identity import ToolContext
from mcp_server.profiles import TOOLS, Profile
from mcp_server.server import TodoMCPServer, build_server
from mcp_server.transport import Servers, StreamableHTTP, ToolServers
from src.auth.identity import CredentialKind, Identity
from src.core.clock import system_clock
from src.core.config import Environment, Settings
from src.core.database import Database
from src.core.rate_limit import RequestLimit
from tests.mcp_conformance.fixture_rounds import ROUNDS, test_input_required_result_prompt
from tests.mcp_conformance.fixture_tools import (
    NEWER_SCHEMA,
    PROMPTS,
    SIMPLE_TOOLS,
    add_fixture_resources,
    json_schema_2020_12_tool,
)


class OpenDoor:
    """Lets everybody in, as one user: the suite brings no credential."""

    async def authenticate(self, *_: object) -> Identity:
        return Identity("everybody", CredentialKind.PERSONAL_ACCESS_TOKEN)


def fixture_app(*, stateless: bool) -> Starlette:
    """An application whose `/api/mcp` the suite can be run against."""
    transport = StreamableHTTP(ToolServers(_servers), stateless=stateless, streams=True)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.authenticator = OpenDoor()
        app.state.token_clock = system_clock
        app.state.user_requests = RequestLimit("user_requests", 0)
        app.state.mcp_transport = transport.get
        transport.start()
        yield
        await transport.close()

    settings = Settings(_env_file=None, environment=Environment.TEST)
    door = MCPDoor(settings, AllowedHosts.of(settings))
    return Starlette(routes=[Route("/api/mcp", door)], lifespan=lifespan)


def _servers() -> Servers:
    # No scenario calls a tool of ours, so no database is asked.
    context = ToolContext(cast(Database, None), system_clock, b"key")
    server = build_server(context, version="1.0.0")
    for tool in SIMPLE_TOOLS + ROUNDS:
        server.add_tool(tool)
    for prompt in (*PROMPTS, test_input_required_result_prompt):
        server.prompt()(prompt)
    add_fixture_resources(server)
    _list_as_written(server)
    _accept_subscriptions(server)
    return dict.fromkeys(Profile, server)


def _list_as_written(server: TodoMCPServer) -> None:
    """Show the fixtures' schemas as they are; ours are made short for models."""

    async def list_tools(*_: object) -> ListToolsResult:
        short = {tool.name: tool for tool in await server.list_tools()}
        whole = await MCPServer.list_tools(server)
        tools = [short[tool.name] if tool.name in TOOLS else tool for tool in whole]
        newer = {json_schema_2020_12_tool.__name__: {"input_schema": NEWER_SCHEMA}}
        return ListToolsResult(tools=[tool.model_copy(update=newer.get(tool.name)) for tool in tools])

    server._lowlevel_server.add_request_handler("tools/list", PaginatedRequestParams, list_tools)


def _accept_subscriptions(server: TodoMCPServer) -> None:
    """Requests of older protocols that need a session, which our endpoint does not keep."""

    async def accept(*_: object) -> EmptyResult:
        return EmptyResult()

    for method, parameters in (
        ("resources/subscribe", SubscribeRequestParams),
        ("resources/unsubscribe", UnsubscribeRequestParams),
        ("logging/setLevel", SetLevelRequestParams),
    ):
        server._lowlevel_server.add_request_handler(method, parameters, accept)


def stateless_app() -> Starlette:
    """As our service answers: every request for itself."""
    return fixture_app(stateless=True)


def session_app() -> Starlette:
    """With sessions, over which protocols before 2026-07-28 ask a client back."""
    return fixture_app(stateless=False)
