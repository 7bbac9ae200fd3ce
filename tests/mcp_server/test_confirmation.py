"""The user's yes in the middle of a call, over both eras of the protocol."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import httpx
import httpx2
import pytest
from fastapi import FastAPI
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ElicitRequestFormParams, ElicitRequestParams, ElicitResult, TextContent

from mcp_server.server import TodoMCPServer
from src.auth.context import Caller, acting_as
from tests.factories import create_task, titles, token_for
from tests.mcp_server.conftest import HOST

Connect: TypeAlias = Callable[["User"], AbstractAsyncContextManager[Client]]

YES = ElicitResult(action="accept", content={"confirm": True})


class User:
    """Answers what their client asks them, and remembers it."""

    def __init__(self, reply: ElicitResult) -> None:
        self.asked: list[str] = []
        self._reply = reply

    async def answer(self, context: Any, params: ElicitRequestParams) -> ElicitResult:
        del context
        assert isinstance(params, ElicitRequestFormParams)
        assert params.requested_schema["properties"]["confirm"]["type"] == "boolean"
        self.asked.append(params.message)
        return self._reply


@pytest.fixture(params=["answers-http", "requests-in-memory"])
def connect(request: pytest.FixtureRequest, app: FastAPI, server: TodoMCPServer, user_id: str) -> Connect:
    """A client that can ask its user: over HTTP by answers (2026-07-28), over a session by requests."""

    @asynccontextmanager
    async def over_http(user: User) -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {token_for(user_id)}"}
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), headers=headers) as http:
            transport = streamable_http_client(f"{HOST}/api/mcp", http_client=http)
            async with Client(transport, mode="2026-07-28", elicitation_callback=user.answer) as client:
                yield client

    @asynccontextmanager
    async def in_memory(user: User) -> AsyncIterator[Client]:
        with acting_as(Caller(user_id)):
            async with Client(server, mode="legacy", elicitation_callback=user.answer) as client:
                yield client

    return over_http if request.param == "answers-http" else in_memory


async def six(client: httpx.AsyncClient) -> dict[str, Any]:
    ids = [(await create_task(client, f"Task {number}"))["id"] for number in range(6)]
    return {"task_id": ids[0], "more": ids[1:]}


async def test_what_the_user_agrees_to_is_done(connect: Connect, client: httpx.AsyncClient) -> None:
    user = User(YES)
    many = await six(client)

    async with connect(user) as mcp:
        done = await mcp.call_tool("delete_task", many)

    assert not done.is_error
    assert len(user.asked) == 1
    assert user.asked[0].startswith('Delete 6 tasks: "Task 0"')
    assert await titles(client) == []


@pytest.mark.parametrize(
    "reply",
    [
        ElicitResult(action="decline"),
        ElicitResult(action="cancel"),
        ElicitResult(action="accept"),
        ElicitResult(action="accept", content={"confirm": False}),
        ElicitResult(action="accept", content={"confirm": "perhaps"}),
    ],
)
async def test_what_the_user_does_not_agree_to_is_not_done_whatever_the_client_claims(
    connect: Connect, client: httpx.AsyncClient, reply: ElicitResult
) -> None:
    user = User(reply)
    many = await six(client)

    async with connect(user) as mcp:
        refused = await mcp.call_tool("delete_task", many | {"confirmed": True})

    assert len(user.asked) == 1
    assert text_of(refused).endswith("(declined)")
    assert len(await titles(client)) == 6


async def test_the_user_is_not_asked_for_a_few(connect: Connect, client: httpx.AsyncClient) -> None:
    user = User(YES)
    many = await six(client)

    async with connect(user) as mcp:
        await mcp.call_tool("complete_task", many | {"more": many["more"][:4]})

    assert user.asked == []


async def test_a_yes_counts_for_its_own_question_only(client: httpx.AsyncClient) -> None:
    many = await six(client)
    other = await create_task(client, "Something else")
    asked = await call(client, many)
    (key,) = asked["inputRequests"]
    reply = {"inputResponses": {key: {"action": "accept", "content": {"confirm": True}}}}

    again = await call(client, many | {"more": [*many["more"], other["id"]]}, **reply)

    assert again["resultType"] == "input_required"
    assert set(again["inputRequests"]) != {key}
    assert len(await titles(client)) == 7


async def test_a_client_that_cannot_ask_is_told_to(client: httpx.AsyncClient) -> None:
    many = await six(client)

    refused = await call(client, many, capabilities={})
    done = await call(client, many | {"confirmed": True}, capabilities={})

    assert refused["isError"] is True
    assert "confirmation_required" in str(refused)
    assert done["isError"] is False


async def call(
    client: httpx.AsyncClient,
    arguments: dict[str, Any],
    *,
    capabilities: dict[str, Any] | None = None,
    **more: Any,
) -> Any:
    capable = {"elicitation": {}} if capabilities is None else capabilities
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capable,
    }
    parameters = {"name": "delete_task", "arguments": arguments, "_meta": meta} | more
    answer = await client.post(
        f"{HOST}/api/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters},
        headers={
            "Accept": "application/json",
            "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call",
            "Mcp-Name": "delete_task",
        },
    )
    return answer.json()["result"]


def text_of(result: CallToolResult) -> str:
    (part,) = result.content
    assert isinstance(part, TextContent)
    return part.text
