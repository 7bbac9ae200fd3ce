"""Buttons of cards: they act at once, without a model, for their owner, and renew their card."""

import asyncio
from typing import Any

import httpx
import pytest
from chatkit.types import WidgetItem

from src.assistant.events import ToolUsed, UserSaid
from src.core.database import Database
from tests.chat.conftest import AnswerWith
from tests.chat.factories import messages, rows_of, says
from tests.chatkit.cards import (
    action_of,
    card_of,
    facts_on,
    heading,
    labels_on,
    press,
    press_at_once,
    pressed,
    send,
    stored,
    titles_on,
)
from tests.chatkit.client import ChatKitClient
from tests.conftest import ClientFor
from tests.factories import create_task


async def listed(chatkit: ChatKitClient) -> WidgetItem:
    return card_of(await chatkit.create("what do I have to do?"))


async def task(client: httpx.AsyncClient, task_id: int) -> dict[str, Any]:
    response = await client.get(f"/api/me/tasks/{task_id}")
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_done_completes_and_undo_takes_it_back(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    milk = await create_task(client, "Buy milk")
    card = await listed(chatkit)

    done = await press(chatkit, card, "Done")
    was_completed = (await task(client, milk["id"]))["completed"]
    undone = await press(chatkit, done, "Undo")

    assert was_completed
    assert labels_on(done) == ["Undo"]
    assert not (await task(client, milk["id"]))["completed"]
    assert labels_on(undone) == labels_on(card)
    assert await stored(chatkit, card) == undone


async def test_a_button_answers_with_the_card_alone_where_it_is_asked_so(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    milk = await create_task(client, "Buy milk")
    card = await listed(chatkit)

    done = await press_at_once(chatkit, card, "Done")

    assert (await task(client, milk["id"]))["completed"]
    assert done == await stored(chatkit, card)
    assert labels_on(done) == ["Undo"]


async def test_the_next_occurrence_comes_and_goes_with_done_and_undo(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await create_task(client, "Buy milk")
    await create_task(client, "Water plants", due_string="every day")
    card = await listed(chatkit)

    done = await press(chatkit, card, "Done")
    undone = await press(chatkit, done, "Undo")

    assert titles_on(done) == ["Water plants", "Water plants", "Buy milk"]
    assert facts_on(done, 1).startswith("tomorrow")
    assert titles_on(undone) == ["Water plants", "Buy milk"]


async def test_skip_lets_an_occurrence_pass(client: httpx.AsyncClient, chatkit: ChatKitClient) -> None:
    plants = await create_task(client, "Water plants", due_string="every day")
    card = await listed(chatkit)

    skipped = await press(chatkit, card, "Skip")

    assert (await task(client, plants["id"]))["status"] == "skipped"
    assert labels_on(skipped, 0) == ["Undo"]
    assert facts_on(skipped, 1).startswith("tomorrow")


@pytest.mark.parametrize(
    ("label", "due", "expected"),
    [
        ("Tomorrow", "2026-11-20", "2026-11-22"),
        ("Next week", None, "2026-11-23"),
        ("Tomorrow", "2026-11-20T17:30", "2026-11-22T16:30:00Z"),
        ("Next week", "2026-11-20T17:30", "2026-11-23T16:30:00Z"),
    ],
)
async def test_a_task_is_put_off_and_keeps_its_time_of_day(
    client: httpx.AsyncClient, chatkit: ChatKitClient, label: str, due: str | None, expected: str
) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Europe/Berlin"})
    milk = await create_task(client, "Buy milk", due_date=due)
    card = await listed(chatkit)

    once = await press(chatkit, card, label)
    twice = await press(chatkit, card, label)

    assert (await task(client, milk["id"]))["due_date"] == expected
    assert facts_on(once) == facts_on(twice)


async def test_no_model_is_asked_and_the_next_turn_knows(
    client: httpx.AsyncClient, chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    milk = await create_task(client, "Buy milk")
    card = await listed(chatkit)
    responder = answer_with(*says("Good."))

    await press(chatkit, card, "Done")
    asked_by_button = list(responder.histories)
    await chatkit.say(card.thread_id, "that was quick")

    assert asked_by_button == []
    *_, known, said = responder.histories[0]
    assert isinstance(known, ToolUsed)
    assert (known.tool, known.arguments) == ("complete_task", {"task_id": milk["id"]})
    assert known.result["completed_task"]["completed"]
    assert "user" in known.result["done_by"]
    assert said == UserSaid("that was quick")


async def test_of_many_presses_on_a_task_models_are_told_the_last_where_it_came(
    client: httpx.AsyncClient, chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    await create_task(client, "Buy milk")
    card = await listed(chatkit)
    responder = answer_with(*says("Good."))

    for label in ("Done", "Undo", "Done", "Undo"):
        card = await press(chatkit, card, label)
    await chatkit.say(card.thread_id, "one")
    await press(chatkit, card, "Done")
    await chatkit.say(card.thread_id, "two")

    first, second = (
        [item for item in history if isinstance(item, ToolUsed)] for history in responder.histories
    )
    assert [item.arguments.get("completed") for item in first if item.tool == "complete_task"] == [False]
    assert [item.arguments.get("completed") for item in second if item.tool == "complete_task"] == [None]
    assert responder.histories[1][-2:] == [second[-1], UserSaid("two")]


async def test_undo_in_words_takes_back_what_a_button_did(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    milk = await create_task(client, "Buy milk")
    card = await listed(chatkit)

    await press(chatkit, card, "Done")
    await chatkit.say(card.thread_id, "undo that")

    assert not (await task(client, milk["id"]))["completed"]


async def test_the_change_log_names_the_user(
    client: httpx.AsyncClient, chatkit: ChatKitClient, database: Database, user_id: str
) -> None:
    await create_task(client, "Buy milk")

    await press(chatkit, await listed(chatkit), "Done")

    rows = await rows_of(database, "task_change", user_id)
    assert {(row["kind"], row["actor_kind"]) for row in rows} == {("created", "user"), ("completed", "user")}


async def test_chat_shows_nothing_of_buttons(client: httpx.AsyncClient, chatkit: ChatKitClient) -> None:
    await create_task(client, "Buy milk")
    card = await listed(chatkit)
    before = await messages(client, int(card.thread_id))

    await press(chatkit, card, "Done")
    whole = (await client.get(f"/api/me/conversations/{card.thread_id}")).json()

    assert await messages(client, int(card.thread_id)) == before
    assert [call["tool"] for call in whole["messages"][-1]["tool_calls"]] == ["list_tasks"]


async def test_pressing_twice_does_it_once(
    client: httpx.AsyncClient, chatkit: ChatKitClient, database: Database, user_id: str
) -> None:
    await create_task(client, "Water plants", due_string="every day")
    card = await listed(chatkit)

    one, other = await asyncio.gather(press(chatkit, card, "Done"), press(chatkit, card, "Done"))
    later = await press(chatkit, card, "Done")

    assert one == other == later == await stored(chatkit, card)
    assert len((await client.get("/api/me/tasks")).json()["items"]) == 2
    rows = await rows_of(database, "conversation_item", user_id)
    assert sum(row["id"].startswith("button_") for row in rows) == 1


async def test_presses_of_one_card_at_once_all_stay(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    for number in range(6):
        await create_task(client, f"task number {number}")
    card = await listed(chatkit)

    await asyncio.gather(*(press(chatkit, card, "Done", row) for row in range(6)))

    left = await stored(chatkit, card)
    assert [labels_on(left, row) for row in range(6)] == [["Undo"]] * 6


async def test_a_task_that_was_deleted_is_told_on_the_card(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    milk = await create_task(client, "Buy milk")
    await create_task(client, "Call mom")
    card = await listed(chatkit)
    await client.delete(f"/api/me/tasks/{milk['id']}")

    left = await press(chatkit, card, "Done", 1)

    assert heading(left) == "That task is no longer there."
    assert (left.copy_text or "").startswith("That task is no longer there.")
    assert titles_on(left) == ["Call mom"]


async def test_a_task_that_changed_meanwhile_is_shown_as_it_is(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    milk = await create_task(client, "Buy milk", due_date="2026-11-21")
    card = await listed(chatkit)
    await client.post(f"/api/me/tasks/{milk['id']}/complete")

    left = await press(chatkit, card, "Tomorrow")

    assert heading(left) == "“Buy milk” is completed already."
    assert labels_on(left) == ["Undo"]
    assert (await task(client, milk["id"]))["due_date"] == "2026-11-21"


async def test_what_no_longer_repeats_cannot_be_skipped(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    plants = await create_task(client, "Water plants", due_string="every day")
    card = await listed(chatkit)
    await client.patch(f"/api/me/tasks/{plants['id']}", json={"recurrence": None})

    left = await press(chatkit, card, "Skip")

    assert "does not repeat" in heading(left)
    assert "Skip" not in labels_on(left)


async def test_a_task_that_is_not_on_the_card_is_none_of_its_business(
    client: httpx.AsyncClient, chatkit: ChatKitClient, client_for: ClientFor
) -> None:
    await create_task(client, "Buy milk")
    card = await listed(chatkit)
    mine = await create_task(client, "Call mom")
    async with client_for("owner-of-a-task") as other:
        foreign = await create_task(other, "A secret")

        for task_id in (foreign["id"], mine["id"], 2**62):
            forged = {"type": "task.complete", "payload": {"task_id": task_id}}
            await pressed(chatkit, card, forged)

            left = await stored(chatkit, card)
            assert heading(left) == "That task is no longer there."
            assert titles_on(left) == ["Buy milk"]
        assert not (await task(other, foreign["id"]))["completed"]
    assert not (await task(client, mine["id"]))["completed"]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("task.complete", None),
        ("task.complete", "7"),
        ("task.complete", {}),
        ("task.complete", {"task_id": "7"}),
        ("task.complete", {"task_id": True}),
        ("task.complete", {"task_id": 0}),
        ("task.complete", {"task_id": 2**70}),
        ("task.complete", {"task_id": 7, "user_id": "somebody"}),
        ("task.snooze", {"task_id": 7}),
        ("task.snooze", {"task_id": 7, "until": "every day"}),
        ("task.snooze", {"task_id": 7, "until": {"$ne": None}}),
    ],
)
async def test_a_forged_payload_is_refused_before_anything_is_done(
    client: httpx.AsyncClient, chatkit: ChatKitClient, kind: str, payload: Any
) -> None:
    await create_task(client, "Buy milk")
    card = await listed(chatkit)

    refused = await send(chatkit, card, {"type": kind, "payload": payload})

    assert refused.status_code == 400, refused.text
    assert await stored(chatkit, card) == card


async def test_a_button_without_its_card_is_refused(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    milk = await create_task(client, "Buy milk")
    card = await listed(chatkit)

    refused = await send(chatkit, card, action_of(card, "Done"), item_id=None)

    assert refused.status_code == 400
    assert not (await task(client, milk["id"]))["completed"]


async def test_a_stranger_cannot_press_anybodys_button(
    client: httpx.AsyncClient, chatkit: ChatKitClient, client_for: ClientFor
) -> None:
    milk = await create_task(client, "Buy milk")
    card = await listed(chatkit)

    async with client_for("a-stranger") as other:
        stranger = ChatKitClient(other)
        theirs = await stranger.create("hello")
        by_thread = await send(stranger, card, action_of(card, "Done"))
        by_item = await send(stranger, card, action_of(card, "Done"), thread_id=theirs.thread_id)

    assert (by_thread.status_code, by_item.status_code) == (404, 404)
    assert not (await task(client, milk["id"]))["completed"]
    assert await stored(chatkit, card) == card


async def test_a_button_works_while_the_thread_is_answering(
    client: httpx.AsyncClient, chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    milk = await create_task(client, "Buy milk")
    card = await listed(chatkit)
    go_on = asyncio.Event()
    responder = answer_with(go_on, *says("Answer."))
    turn = asyncio.create_task(chatkit.say(card.thread_id, "one"))
    await responder.is_waiting.wait()

    done = await press(chatkit, card, "Done")
    was_running = not turn.done()
    go_on.set()
    answer = await turn

    assert was_running
    assert labels_on(done) == ["Undo"]
    assert (await task(client, milk["id"]))["completed"]
    assert answer.text == "Answer."
