"""Whose hand made a change: the agent and the very model, for every tool."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Text, bindparam, select

from mcp_server.server import TodoMCPServer
from src.auth.context import Actor, ActorKind, Caller, acting_as
from src.core.database import Database, Query
from src.core.tables import metadata
from tests.assistant.conftest import Speaking, Talk
from tests.assistant.obedient_model import made
from tests.assistant.scripted_provider import refuses, says
from tests.factories import create_task
from tests.mcp_server.conftest import server

__all__ = ["server"]

Hand = tuple[str, str, str | None]


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


async def hands(database: Database, user_id: str) -> list[Hand]:
    """What was done and by whom, in the order it was done."""
    change = metadata.tables["task_change"]
    query = Query(
        select(change).where(change.c.user_id == bindparam("owner", type_=Text)).order_by(change.c.id)
    )
    rows = await database.fetch_all(query, owner=user_id)
    return [(row["kind"], row["actor_kind"], row["actor_name"]) for row in rows]


@pytest.mark.parametrize(
    ("tool", "arguments", "kinds"),
    [
        ("add_task", {"title": "Call mom"}, {"created"}),
        ("update_task", {"title": "Call dad"}, {"updated"}),
        ("complete_task", {}, {"completed", "created"}),
        ("skip_task", {}, {"skipped", "created"}),
        ("stop_recurrence", {}, {"stopped"}),
        ("delete_task", {}, {"deleted", "created"}),
    ],
)
async def test_every_tool_leaves_the_models_name(
    client: httpx.AsyncClient,
    speaking: Speaking,
    database: Database,
    user_id: str,
    tool: str,
    arguments: dict[str, Any],
    kinds: set[str],
) -> None:
    task = await create_task(client, "Water the plants", due_string="every day")
    named = arguments if tool == "add_task" else {"task_id": task["id"], **arguments}

    async with speaking(made([(tool, named)]), says("Done.")):
        answer = await Talk(client).say("take care of it: delete the plants")
    _, *done = await hands(database, user_id)

    assert isinstance(answer["tool_calls"][0]["result"], dict)
    assert {kind for kind, _, _ in done} == kinds
    assert {(kind, name) for _, kind, name in done} == {("agent", "first-model")}


async def test_in_a_turn_of_two_models_each_answers_for_its_own_changes(
    client: httpx.AsyncClient, speaking: Speaking, database: Database, user_id: str
) -> None:
    adds = made([("add_task", {"title": "Milk"})])
    adds_more = made([("add_task", {"title": "Eggs"})])

    async with speaking(adds, refuses(401), then=[adds_more, says("Added both.")]):
        await Talk(client).say("add milk and eggs")

    assert await hands(database, user_id) == [
        ("created", "agent", "first-model"),
        ("created", "agent", "second-model"),
    ]


async def test_an_mcp_client_is_named(server: TodoMCPServer, database: Database, user_id: str) -> None:
    with acting_as(Caller(user_id, actor=Actor(ActorKind.MCP_CLIENT, "Claude"))):
        await server.call_tool("add_task", {"title": "Milk"})

    assert await hands(database, user_id) == [("created", "mcp_client", "Claude")]
