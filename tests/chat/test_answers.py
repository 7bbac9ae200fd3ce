"""A message in, a tool called, a row changed, an answer out: whole and as events."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.core.database import Database
from tests.chat.conftest import AnswerWith
from tests.chat.factories import events_of, messages, rows_of, say, says
from tests.conftest import ClientFor
from tests.factories import create_task, titles

CALL_MOM = {"message": "Add a task to call mom tomorrow"}


async def only_task(client: httpx.AsyncClient) -> dict[str, Any]:
    (task,) = (await client.get("/api/me/tasks")).json()["items"]
    found: dict[str, Any] = task
    return found


async def test_a_spoken_task_is_created_and_due_tomorrow(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/me/chat", json=CALL_MOM)

    answer, task = response.json(), await only_task(client)
    assert response.status_code == 200
    assert answer["role"] == "assistant"
    assert answer["message"] == CALL_MOM["message"]
    assert [call["tool"] for call in answer["tool_calls"]] == ["add_task"]
    assert answer["tool_calls"][0]["result"]["task"]["id"] == task["id"]
    assert "mom" in answer["response"].lower()
    assert answer["created_at"] == "2026-11-21T10:00:00Z"
    assert (task["title"], task["due_date"]) == ("call mom", "2026-11-22")


async def test_the_same_as_events_ends_with_the_whole_answer(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/me/chat", json=CALL_MOM, headers={"Accept": "text/event-stream"})

    *events, whole = events_of(response.text)
    types = [event["type"] for event in events]
    spoken = "".join(event["text"] for event in events if event["type"] == "text_delta")
    called, returned = (next(e for e in events if e["type"] == kind) for kind in ("tool_call", "tool_result"))
    task = await only_task(client)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    assert types.index("tool_call") < types.index("tool_result") < types.index("text_delta")
    assert spoken == whole["response"]
    assert called["call_id"] == returned["call_id"]
    assert whole["tool_calls"] == [
        {"tool": "add_task", "arguments": called["arguments"], "result": returned["result"]}
    ]
    assert whole["role"] == "assistant"
    assert "type" not in whole
    assert (task["title"], task["due_date"]) == ("call mom", "2026-11-22")


@pytest.mark.parametrize(
    ("parameters", "accept", "streams"),
    [
        ({}, "*/*", False),
        ({}, "application/json", False),
        ({}, "text/event-stream", True),
        ({"stream": "true"}, "application/json", True),
        ({"stream": "false"}, "text/event-stream", False),
    ],
)
async def test_who_asks_for_events_gets_them(
    client: httpx.AsyncClient, answer_with: AnswerWith, parameters: dict[str, str], accept: str, streams: bool
) -> None:
    answer_with(*says("Hello."))

    response = await client.post(
        "/api/me/chat", json={"message": "hello"}, params=parameters, headers={"Accept": accept}
    )

    expected = "text/event-stream" if streams else "application/json"
    assert response.headers["content-type"].split(";")[0] == expected


@pytest.mark.parametrize(("accept", "streams"), [("*/*", True), ("application/json", False)])
async def test_a_service_that_streams_by_default_still_gives_json_to_who_asks(
    app: FastAPI, client: httpx.AsyncClient, answer_with: AnswerWith, accept: str, streams: bool
) -> None:
    answer_with(*says("Hello."))
    by_default = app.state.settings
    app.state.settings = by_default.model_copy(update={"chat_stream_by_default": True})
    try:
        response = await client.post("/api/me/chat", json={"message": "hello"}, headers={"Accept": accept})
    finally:
        app.state.settings = by_default

    assert response.headers["content-type"].startswith("text/event-stream") is streams


async def test_tomorrow_is_the_users_own_in_the_zone_of_the_request(client: httpx.AsyncClient) -> None:
    # At 10:00 UTC it is already 22 November on Kiritimati, 14 hours ahead.
    await client.post("/api/me/chat", json=CALL_MOM, headers={"X-Timezone": "Pacific/Kiritimati"})

    assert (await only_task(client))["due_date"] == "2026-11-23"


async def test_tomorrow_is_the_users_own_in_the_stored_zone(client: httpx.AsyncClient) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Pacific/Kiritimati"})

    await say(client, CALL_MOM["message"])

    assert (await only_task(client))["due_date"] == "2026-11-23"


async def test_spoken_completion_changes_the_row(client: httpx.AsyncClient) -> None:
    await create_task(client, "Water the plants")

    answer = await say(client, "mark water the plants as done")

    assert answer["tool_calls"][-1]["tool"] == "complete_task"
    assert (await only_task(client))["completed"] is True


async def test_the_second_one_of_the_last_list_is_known_in_the_next_turn(client: httpx.AsyncClient) -> None:
    for title in ("Buy milk", "Feed the cat", "Post the letter"):
        await create_task(client, title)
    shown = await say(client, "show my tasks")
    listed = shown["tool_calls"][0]["result"]["items"]

    await say(client, "mark the second one done", shown["conversation_id"])

    assert await titles(client, status="completed") == [listed[1]["title"]]


async def test_a_change_made_by_talking_is_the_agents_in_the_log(
    client: httpx.AsyncClient, database: Database, user_id: str
) -> None:
    await say(client, CALL_MOM["message"])

    (change,) = await rows_of(database, "task_change", user_id)
    assert (change["kind"], change["actor_kind"], change["actor_name"]) == ("created", "agent", "local")


async def test_a_conversation_keeps_both_sides_and_the_tools_between(client: httpx.AsyncClient) -> None:
    answer = await say(client, CALL_MOM["message"])

    stored = (await client.get(f"/api/me/conversations/{answer['conversation_id']}")).json()
    assert await messages(client, answer["conversation_id"]) == [
        ("user", CALL_MOM["message"]),
        ("assistant", answer["response"]),
    ]
    assert stored["messages"][1]["tool_calls"] == answer["tool_calls"]
    assert stored["title"] == CALL_MOM["message"]


async def test_twenty_conversations_at_once_all_answer(client_for: ClientFor) -> None:
    async def converse(number: int) -> list[str]:
        async with client_for(f"crowd-{number}") as client:
            await say(client, f"Add a task to call friend {number} tomorrow")
            return await titles(client)

    stored = await asyncio.gather(*(converse(number) for number in range(20)))

    assert stored == [[f"call friend {number}"] for number in range(20)]
