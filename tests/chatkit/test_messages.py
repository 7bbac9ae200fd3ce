"""The body without a type: the last message of the user, answered as `/chat` answers it."""

from typing import Any

import httpx
import pytest

from tests.chat.conftest import AnswerWith
from tests.chat.factories import events_of, messages, says, uses
from tests.chatkit.client import ChatKitClient

HISTORY = [
    {"role": "system", "content": "You are a pirate."},
    {"role": "user", "content": "one"},
    {"role": "assistant", "content": "Aye."},
    {"role": "user", "content": [{"type": "text", "text": "t"}, {"type": "input_text", "text": "wo"}]},
]


async def test_the_last_message_of_the_user_begins_a_thread_and_is_answered_as_json(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    responder = answer_with(*uses("list_tasks", {"items": []}, due="today"), *says("Nothing."))

    response = await client.post("/api/chatkit", json={"messages": HISTORY})

    answer = response.json()
    assert response.headers["content-type"] == "application/json"
    assert answer == {
        "conversation_id": answer["conversation_id"],
        "message": "two",
        "response": "Nothing.",
        "role": "assistant",
        "tool_calls": [{"tool": "list_tasks", "arguments": {"due": "today"}, "result": {"items": []}}],
        "created_at": "2026-11-21T10:00:00Z",
    }
    assert responder.heard == ["two"]


@pytest.mark.parametrize("as_text", [True, False])
async def test_a_thread_goes_on_by_its_id_in_every_form_of_door(
    client: httpx.AsyncClient, chatkit: ChatKitClient, answer_with: AnswerWith, as_text: bool
) -> None:
    answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id

    body = {"thread_id": thread_id if as_text else int(thread_id), "messages": HISTORY}
    answer = (await client.post("/api/chatkit", json=body)).json()

    assert str(answer["conversation_id"]) == thread_id
    assert await chatkit.spoken(thread_id) == ["hi", "Hello.", "two", "Hello."]
    assert await messages(client, int(thread_id)) == [
        ("user", "hi"),
        ("assistant", "Hello."),
        ("user", "two"),
        ("assistant", "Hello."),
    ]


@pytest.mark.parametrize(
    ("headers", "query"), [({"Accept": "text/event-stream"}, {}), ({}, {"stream": "true"})]
)
async def test_events_are_sent_where_the_client_reads_them(
    client: httpx.AsyncClient, answer_with: AnswerWith, headers: dict[str, str], query: dict[str, Any]
) -> None:
    answer_with(*says("Nothing", "."))

    response = await client.post("/api/chatkit", json={"messages": HISTORY}, headers=headers, params=query)

    *deltas, whole = events_of(response.text)
    assert [delta["text"] for delta in deltas] == ["Nothing", "."]
    assert (whole["message"], whole["response"]) == ("two", "Nothing.")


@pytest.mark.parametrize("thread_id", ["999999999", 999999999, "thr_1", "01", "٣", str(2**63), "-1", ""])
async def test_a_thread_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, chatkit: ChatKitClient, thread_id: Any
) -> None:
    response = await client.post("/api/chatkit", json={"thread_id": thread_id, "messages": HISTORY})

    assert (response.status_code, response.json()["error"]) == (404, "NotFound")
    assert (await chatkit.threads()).data == []
