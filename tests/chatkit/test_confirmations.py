"""A yes or a no to what was held back, by a button: exactly that is done, once, and no model is asked."""

import asyncio

import httpx
import pytest
from chatkit.types import ErrorEvent, ThreadItemRemovedEvent, WidgetItem
from chatkit.widgets import StrictWidgetRoot
from pydantic import TypeAdapter

from src.assistant.events import AssistantSaid, ToolUsed, UserSaid
from src.chat.turns import ChatTurns
from src.core.database import Database
from tests.assistant.conftest import Speaking, speaking
from tests.assistant.scripted_provider import call, calls
from tests.assistant.scripted_provider import says as provider_says
from tests.chat.conftest import AnswerWith
from tests.chat.factories import messages, rows_of, say, says
from tests.chat.test_hangup import ended
from tests.chatkit.cards import (
    action_of,
    as_json,
    card_of,
    labels_on,
    parts,
    press,
    press_at_once,
    pressed,
    send,
    stored,
    titles_on,
)
from tests.chatkit.client import ChatKitClient
from tests.conftest import ClientFor
from tests.factories import create_task, titles

__all__ = ["speaking"]

STRICT: TypeAdapter[StrictWidgetRoot] = TypeAdapter(StrictWidgetRoot)


@pytest.fixture
async def waiting(client: httpx.AsyncClient, chatkit: ChatKitClient) -> WidgetItem:
    """The card that waits for a yes before six tasks are deleted."""
    for number in range(6):
        await create_task(client, f"task number {number}")
    return card_of(await chatkit.create("delete everything"))


def outcome_on(card: WidgetItem) -> str:
    return "".join(caption["value"] for caption in parts(as_json(card), "Caption"))


async def test_the_card_names_what_waits_and_nothing_is_done_yet(
    client: httpx.AsyncClient, waiting: WidgetItem
) -> None:
    named = [f"• task number {number}" for number in range(6)]

    assert titles_on(waiting)[0] == "Delete 6 tasks?"
    assert sorted(titles_on(waiting)[1:]) == named
    assert labels_on(waiting) == ["Yes", "No"]
    assert waiting.copy_text == "\n".join(titles_on(waiting))
    assert STRICT.validate_python(as_json(waiting)).model_dump(mode="json") == as_json(waiting)
    assert len(await titles(client)) == 6


async def test_yes_does_exactly_that_and_says_so(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    await create_task(client, "came later")

    answer = await pressed(chatkit, waiting, action_of(waiting, "Yes"))

    assert answer.text == "Deleted 6 tasks."
    assert await titles(client) == ["came later"]
    assert outcome_on(await stored(chatkit, waiting)) == "You said yes."
    assert labels_on(await stored(chatkit, waiting)) == []


async def test_no_leaves_everything_and_a_later_yes_opens_nothing(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    answer = await pressed(chatkit, waiting, action_of(waiting, "No"))
    await chatkit.say(waiting.thread_id, "yes")

    assert answer.text == "All right, nothing was changed."
    assert outcome_on(await stored(chatkit, waiting)) == "You said no."
    assert len(await titles(client)) == 6


async def test_the_conversation_reads_as_if_it_had_been_said(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    answer = await pressed(chatkit, waiting, action_of(waiting, "Yes"))

    told = await messages(client, int(waiting.thread_id))
    thread = await chatkit.thread(waiting.thread_id)
    assert told[0] == ("user", "delete everything")
    assert told[2:] == [("user", "Yes"), ("assistant", "Deleted 6 tasks.")]
    assert thread.items.data[-2:] == answer.done


async def test_the_change_log_names_the_user_and_no_model(
    chatkit: ChatKitClient, waiting: WidgetItem, database: Database, user_id: str
) -> None:
    await pressed(chatkit, waiting, action_of(waiting, "Yes"))

    rows = await rows_of(database, "task_change", user_id)
    deleted = [(row["actor_kind"], row["actor_name"]) for row in rows if row["kind"] == "deleted"]
    assert deleted == [("user", None)] * 6


async def test_the_answer_may_be_the_card_alone(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    settled = await press_at_once(chatkit, waiting, "Yes")

    assert settled == await stored(chatkit, waiting)
    assert await titles(client) == []
    assert (await messages(client, int(waiting.thread_id)))[-1] == ("assistant", "Deleted 6 tasks.")


async def test_yes_twice_and_yes_against_no_are_answered_once(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    both = [action_of(waiting, "Yes"), action_of(waiting, "Yes"), action_of(waiting, "No")]

    answers = await asyncio.gather(*(pressed(chatkit, waiting, action) for action in both))

    told = await messages(client, int(waiting.thread_id))
    assert len(told) == 4
    assert sum(bool(answer.done) for answer in answers) == 1
    assert not any(answer.all(ErrorEvent) for answer in answers)
    assert len(await titles(client)) == (0 if told[2] == ("user", "Yes") else 6)


async def test_the_card_expires_when_the_conversation_moves_on(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    await say(client, "hello", int(waiting.thread_id))

    expired = await press(chatkit, waiting, "Yes")

    assert outcome_on(expired) == "The conversation has moved on; nothing was done."
    assert expired == await stored(chatkit, waiting)
    assert len(await titles(client)) == 6


async def test_a_card_that_was_passed_over_goes(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    answer = await chatkit.say(waiting.thread_id, "yes")

    late = await send(chatkit, waiting, action_of(waiting, "Yes"))

    assert [event.item_id for event in answer.all(ThreadItemRemovedEvent)] == [waiting.id]
    assert late.status_code == 404
    assert await titles(client) == []


async def test_a_task_that_is_gone_by_then_is_told(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    (first, *_) = (await client.get("/api/me/tasks")).json()["items"]
    await client.delete(f"/api/me/tasks/{first['id']}")

    answer = await pressed(chatkit, waiting, action_of(waiting, "Yes"))

    assert answer.text == f"Deleted 5 tasks. No task {first['id']}."


async def test_a_stranger_can_neither_say_yes_nor_no(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem, client_for: ClientFor
) -> None:
    async with client_for("a-stranger-to-cards") as other:
        stranger = ChatKitClient(other)
        theirs = await stranger.create("hello")
        by_thread = await send(stranger, waiting, action_of(waiting, "Yes"))
        by_item = await send(stranger, waiting, action_of(waiting, "Yes"), thread_id=theirs.thread_id)

    assert (by_thread.status_code, by_item.status_code) == (404, 404)
    assert len(await titles(client)) == 6
    assert labels_on(await stored(chatkit, waiting)) == ["Yes", "No"]


async def test_nothing_can_be_added_to_a_yes_nor_sent_from_another_card(
    client: httpx.AsyncClient, chatkit: ChatKitClient, waiting: WidgetItem
) -> None:
    tasks = card_of(await chatkit.create("what do I have to do?"))
    on_tasks = action_of(tasks, "Done")

    refused = [
        await send(chatkit, waiting, {"type": "confirmation.yes", "payload": {"task_ids": [1]}}),
        await send(chatkit, tasks, action_of(waiting, "Yes")),
        await send(chatkit, waiting, on_tasks),
        await send(chatkit, waiting, action_of(waiting, "Yes"), item_id=None),
    ]

    assert [answer.status_code for answer in refused] == [400] * 4
    assert labels_on(await stored(chatkit, waiting)) == ["Yes", "No"]
    assert await stored(chatkit, tasks) == tasks
    assert len(await titles(client)) == 6


async def test_yes_waits_for_the_turn_that_is_under_way_and_finds_the_card_overtaken(
    client: httpx.AsyncClient,
    chatkit: ChatKitClient,
    waiting: WidgetItem,
    answer_with: AnswerWith,
    turns: ChatTurns,
) -> None:
    go_on = asyncio.Event()
    responder = answer_with(go_on, *says("Hello."))
    turn = asyncio.create_task(say(client, "hello", int(waiting.thread_id)))
    await responder.is_waiting.wait()

    press_late = asyncio.create_task(press(chatkit, waiting, "Yes"))
    go_on.set()
    expired = await press_late
    await turn
    await turns.settle()

    assert outcome_on(expired).startswith("The conversation has moved on")
    assert len(await titles(client)) == 6


async def test_what_a_real_model_was_refused_is_done_without_asking_it_again(
    client: httpx.AsyncClient, chatkit: ChatKitClient, speaking: Speaking
) -> None:
    ids = [(await create_task(client, f"task number {number}"))["id"] for number in range(7)]
    wanted = [
        call("complete_task", f'{{"task_id": {task_id}}}', call_id=f"c{task_id}") for task_id in ids[:-1]
    ]

    async with speaking(calls(*wanted), provider_says("Shall I?"), calls(*wanted)) as provider:
        card = card_of(await chatkit.create("complete all but the last"))
        asked = len(provider.requests)
        answer = await pressed(chatkit, card, action_of(card, "Yes"))

    assert len(provider.requests) == asked == 2
    assert answer.text == "Completed 6 tasks."
    assert await titles(client, completed=False) == ["task number 6"]
    assert labels_on(card_of(answer)) == ["Undo"]


async def test_the_next_turn_knows_what_was_done(
    chatkit: ChatKitClient, waiting: WidgetItem, answer_with: AnswerWith
) -> None:
    await pressed(chatkit, waiting, action_of(waiting, "Yes"))
    responder = answer_with(*says("Yes."))

    await chatkit.say(waiting.thread_id, "are they gone?")

    history = responder.histories[0]
    behind_yes = history[history.index(UserSaid("Yes")) + 1 :]
    assert behind_yes[-2:] == [AssistantSaid("Deleted 6 tasks."), UserSaid("are they gone?")]
    assert all(isinstance(item, ToolUsed) and not item.is_error for item in behind_yes[:-2])
    assert len(behind_yes) > 2


@pytest.mark.parametrize("steps", [5, 13, 21, 34, 40, 47, 55, 65, 75, 89, 144, 233])
async def test_a_yes_that_is_cut_off_anywhere_is_done_whole_or_not_at_all(
    client: httpx.AsyncClient,
    chatkit: ChatKitClient,
    waiting: WidgetItem,
    turns: ChatTurns,
    database: Database,
    user_id: str,
    steps: int,
) -> None:
    request = asyncio.create_task(pressed(chatkit, waiting, action_of(waiting, "Yes")))
    for _ in range(steps):
        await asyncio.sleep(0)
    request.cancel()
    await ended(request)
    await press(chatkit, waiting, "No") if labels_on(await stored(chatkit, waiting)) else None
    await turns.settle()

    outcome = outcome_on(await stored(chatkit, waiting))
    assert (outcome, len(await titles(client))) in [("You said yes.", 0), ("You said no.", 6)]
    assert {row["turn_id"] for row in await rows_of(database, "conversation", user_id)} == {None}
