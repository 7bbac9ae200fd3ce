"""Conversations: listed, read, renamed and deleted, each by its owner only."""

from typing import Any

import httpx
import pytest

from tests.chat.conftest import AnswerWith
from tests.chat.factories import say, says, uses
from tests.conftest import ClientFor
from tests.factories import StandingClock, create_task, titles

CONVERSATIONS = "/api/me/conversations"


@pytest.fixture(autouse=True)
def _parrot(answer_with: AnswerWith) -> None:
    answer_with(*uses("get_task", {"id": 1}, task_id=1), *says("I see."))


async def converse(client: httpx.AsyncClient, *said: str) -> int:
    conversation_id: int | None = None
    for message in said:
        conversation_id = (await say(client, message, conversation_id))["conversation_id"]
    assert conversation_id is not None
    return conversation_id


async def pages(client: httpx.AsyncClient, path: str, limit: int) -> list[list[dict[str, Any]]]:
    """All pages of a list, by its cursors."""
    found, cursor = [], ""
    while True:
        given = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(path, params=given)).json()
        found.append(page["items"])
        if page["next_cursor"] is None:
            return found
        cursor = page["next_cursor"]


async def test_the_one_spoken_in_last_is_first(client: httpx.AsyncClient, clock: StandingClock) -> None:
    first = await converse(client, "one")
    clock.advance(minutes=1)
    second = await converse(client, "two")
    clock.advance(minutes=1)
    await say(client, "more", first)

    items = (await client.get(CONVERSATIONS)).json()["items"]

    assert [item["id"] for item in items] == [first, second]
    assert items[0] == {
        "id": first,
        "title": "one",
        "message_count": 4,
        "created_at": "2026-11-21T10:00:00Z",
        "updated_at": "2026-11-21T10:02:00Z",
    }


async def test_pages_of_conversations_bring_each_once(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    made = []
    for number in range(5):
        clock.advance(seconds=number % 2)  # Some are of the same instant.
        made.append(await converse(client, f"number {number}"))

    found = await pages(client, CONVERSATIONS, 2)

    assert [len(page) for page in found] == [2, 2, 1]
    assert [item["id"] for page in found for item in page] == made[::-1]


async def test_pages_of_messages_bring_each_once_with_its_tool_calls(client: httpx.AsyncClient) -> None:
    conversation_id = await converse(client, "one", "two", "three")

    found = await pages(client, f"{CONVERSATIONS}/{conversation_id}/messages", 2)

    assert [[message["content"] for message in page] for page in found] == [
        ["one", "I see."],
        ["two", "I see."],
        ["three", "I see."],
    ]
    call = {"tool": "get_task", "arguments": {"task_id": 1}, "result": {"id": 1}}
    assert [page[1]["tool_calls"] for page in found] == [[call]] * 3
    assert [page[0]["tool_calls"] for page in found] == [[]] * 3


async def test_a_page_may_end_between_a_question_and_its_answer(client: httpx.AsyncClient) -> None:
    conversation_id = await converse(client, "one", "two")

    found = await pages(client, f"{CONVERSATIONS}/{conversation_id}/messages", 3)

    assert [[message["role"] for message in page] for page in found] == [
        ["user", "assistant", "user"],
        ["assistant"],
    ]
    assert found[1][0]["tool_calls"][0]["tool"] == "get_task"


async def test_a_conversation_is_read_with_all_its_messages(client: httpx.AsyncClient) -> None:
    conversation_id = await converse(client, "one", "two")

    conversation = (await client.get(f"{CONVERSATIONS}/{conversation_id}")).json()

    assert [message["content"] for message in conversation["messages"]] == ["one", "I see.", "two", "I see."]
    assert conversation["message_count"] == 4
    assert len({message["id"] for message in conversation["messages"]}) == 4


async def test_a_long_first_message_makes_a_short_title(client: httpx.AsyncClient) -> None:
    conversation_id = await converse(client, "Remind   me\nof " + "everything " * 20)

    title = (await client.get(f"{CONVERSATIONS}/{conversation_id}")).json()["title"]

    assert title.startswith("Remind me of everything")
    assert title.endswith("…")
    assert len(title) <= 60


async def test_a_conversation_takes_another_title(client: httpx.AsyncClient, clock: StandingClock) -> None:
    conversation_id = await converse(client, "one")
    clock.advance(minutes=5)

    response = await client.patch(f"{CONVERSATIONS}/{conversation_id}", json={"title": "  Groceries "})

    renamed = response.json()
    read = (await client.get(f"{CONVERSATIONS}/{conversation_id}")).json()
    assert response.status_code == 200
    assert (renamed["title"], renamed["message_count"]) == ("Groceries", 2)
    assert read["title"] == "Groceries"


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": "   "}, {"title": "x" * 201}, {"titel": "Groceries"}]
)
async def test_a_title_that_cannot_be_is_a_400(client: httpx.AsyncClient, body: dict[str, str]) -> None:
    conversation_id = await converse(client, "one")

    response = await client.patch(f"{CONVERSATIONS}/{conversation_id}", json=body)

    assert response.status_code == 400
    assert (await client.get(f"{CONVERSATIONS}/{conversation_id}")).json()["title"] == "one"


async def test_a_deleted_conversation_is_gone_and_the_tasks_stay(client: httpx.AsyncClient) -> None:
    await create_task(client, "Water the plants")
    conversation_id = await converse(client, "one", "two")

    response = await client.delete(f"{CONVERSATIONS}/{conversation_id}")

    answer = response.json()
    assert response.status_code == 200
    assert answer.pop("message")
    assert answer == {
        "success": True,
        "deleted_conversation_id": conversation_id,
        "deleted_message_count": 4,
    }
    assert (await client.get(f"{CONVERSATIONS}/{conversation_id}")).status_code == 404
    assert await titles(client) == ["Water the plants"]


REQUESTS = [
    ("GET", "", None),
    ("GET", "/messages", None),
    ("PATCH", "", {"title": "mine now"}),
    ("DELETE", "", None),
]


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
async def test_a_stranger_finds_no_conversation_and_changes_none(
    client: httpx.AsyncClient, client_for: ClientFor, method: str, path: str, body: dict[str, str] | None
) -> None:
    async with client_for("conversation-owner") as owner:
        mine = await converse(owner, "between us")

        response = await client.request(method, f"{CONVERSATIONS}/{mine}{path}", json=body)

        assert response.status_code == 404
        assert response.json()["code"] == "conversation_not_found"
        assert (await owner.get(f"{CONVERSATIONS}/{mine}")).json()["title"] == "between us"


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
async def test_another_user_in_the_path_is_forbidden(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, str] | None
) -> None:
    response = await client.request(method, f"/api/somebody-else/conversations/1{path}", json=body)

    assert response.status_code == 403


async def test_a_cursor_of_another_list_or_user_is_refused(
    client: httpx.AsyncClient, client_for: ClientFor
) -> None:
    one = await converse(client, "one", "two")
    other = await converse(client, "three")
    conversations = (await client.get(CONVERSATIONS, params={"limit": 1})).json()["next_cursor"]
    in_one = (await client.get(f"{CONVERSATIONS}/{one}/messages", params={"limit": 1})).json()["next_cursor"]

    async with client_for("cursor-thief") as thief:
        answers = [
            await client.get(CONVERSATIONS, params={"cursor": in_one}),
            await client.get(f"{CONVERSATIONS}/{other}/messages", params={"cursor": in_one}),
            await client.get(CONVERSATIONS, params={"cursor": "bm9uc2Vuc2U"}),
            await thief.get(CONVERSATIONS, params={"cursor": conversations}),
        ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert {answer.json()["code"] for answer in answers} == {"invalid_cursor"}


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limt=1"])
async def test_a_page_that_cannot_be_asked_for_is_a_400(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"{CONVERSATIONS}?{query}")).status_code == 400
