"""The card of tasks: when it is shown, and what stands on it."""

import httpx
import pytest
from chatkit.types import WidgetItem
from chatkit.widgets import StrictWidgetRoot
from pydantic import TypeAdapter

from src.assistant.events import ToolUsed
from src.chatkit.widgets_of_turns import tasks_to_show
from tests.chat.conftest import AnswerWith
from tests.chat.factories import messages, says, uses
from tests.chatkit.cards import as_json, card_of, facts_on, heading, labels_on, parts, stored, titles_on
from tests.chatkit.client import Answer, ChatKitClient
from tests.conftest import ClientFor
from tests.factories import create_task

STRICT: TypeAdapter[StrictWidgetRoot] = TypeAdapter(StrictWidgetRoot)


def has_card(answer: Answer) -> bool:
    return any(isinstance(item, WidgetItem) for item in answer.done)


async def test_a_list_is_followed_by_its_tasks_as_a_card(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await create_task(client, "Buy milk", due_date="2026-11-22")
    await create_task(client, "Water plants", due_string="every day", priority="high")

    answer = await chatkit.create("what do I have to do?")
    card = card_of(answer)

    assert titles_on(card) == ["Water plants", "Buy milk"]
    assert heading(card) == "2 tasks"
    assert facts_on(card, 0) == "today, Sat 21 Nov, repeats every day, High priority"
    assert labels_on(card, 0) == ["Done", "Skip", "Tomorrow", "Next week"]
    assert labels_on(card, 1) == ["Done", "Tomorrow", "Next week"]
    assert answer.done[-1] == card


async def test_what_was_added_or_completed_is_on_a_card(chatkit: ChatKitClient) -> None:
    added = await chatkit.create("add buy milk tomorrow")
    completed = await chatkit.say(added.thread_id, "complete buy milk")

    assert titles_on(card_of(added)) == ["buy milk"]
    assert labels_on(card_of(completed)) == ["Undo"]
    assert facts_on(card_of(completed)) == "tomorrow, Sun 22 Nov, completed"


async def test_a_finished_occurrence_is_followed_by_the_next_one(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await create_task(client, "Water plants", due_string="every day")

    card = card_of(await chatkit.create("complete water plants"))

    assert titles_on(card) == ["Water plants", "Water plants"]
    assert labels_on(card, 0) == ["Undo"]
    assert "Skip" in labels_on(card, 1)


async def test_the_card_says_in_text_what_it_shows(client: httpx.AsyncClient, chatkit: ChatKitClient) -> None:
    await create_task(client, "Buy milk", due_date="2026-11-22")

    card = card_of(await chatkit.create("what do I have to do?"))

    assert card.copy_text == "1 task\n• Buy milk — tomorrow, Sun 22 Nov"


async def test_every_component_is_one_of_the_librarys_with_fields_it_knows(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await create_task(client, "Water plants", due_string="every day", priority="high")
    await create_task(client, "Buy milk")

    card = as_json(card_of(await chatkit.create("complete water plants")))

    assert STRICT.validate_python(card).model_dump(mode="json") == card


@pytest.mark.parametrize(
    "title",
    [
        '**bold** [x](javascript:alert(1)) <img src=x onerror=alert(1)> {{ 7*7 }} "}]',
        "1. a\n2. b",
        "\u202egnp",
    ],
)
async def test_a_title_is_a_plain_text_whatever_is_in_it(
    client: httpx.AsyncClient, chatkit: ChatKitClient, title: str
) -> None:
    await create_task(client, title)

    card = card_of(await chatkit.create("what do I have to do?"))

    assert titles_on(card) == [" ".join(title.split())]
    assert not list(parts(as_json(card), "Markdown"))
    assert len(as_json(card)["children"]) == 1


async def test_the_card_is_stored_behind_the_answer(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await create_task(client, "Buy milk")

    answer = await chatkit.create("what do I have to do?")
    thread = await chatkit.thread(answer.thread_id)

    assert thread.items.data == answer.done
    assert await stored(chatkit, card_of(answer)) == card_of(answer)


async def test_chat_neither_shows_cards_nor_answers_otherwise(
    client: httpx.AsyncClient, chatkit: ChatKitClient
) -> None:
    await create_task(client, "Buy milk")

    answer = await chatkit.create("what do I have to do?")
    told = await messages(client, int(answer.thread_id))
    said = (await client.post("/api/me/chat", json={"message": "what do I have to do?"})).json()

    assert told == [("user", "what do I have to do?"), ("assistant", answer.text)]
    assert said["response"] == answer.text


async def test_models_read_nothing_of_cards(
    client: httpx.AsyncClient, chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    task = await create_task(client, "Buy milk")
    responder = answer_with(*uses("get_task", {"task": task}, task_id=task["id"]), *says("Buy milk."))
    first = await chatkit.create("what is it?")

    await chatkit.say(first.thread_id, "and?")

    assert has_card(first)
    assert [type(item).__name__ for item in responder.histories[1]] == [
        "UserSaid",
        "ToolUsed",
        "AssistantSaid",
        "UserSaid",
    ]


@pytest.mark.parametrize(
    "utterance", ["hello", "how am I doing this month?", "delete buy milk", "what are my tags?"]
)
async def test_what_is_about_no_open_task_has_no_card(
    client: httpx.AsyncClient, chatkit: ChatKitClient, utterance: str
) -> None:
    await create_task(client, "Buy milk")

    assert not has_card(await chatkit.create(utterance))


async def test_tasks_of_somebody_else_are_never_on_a_card(
    chatkit: ChatKitClient, answer_with: AnswerWith, client_for: ClientFor
) -> None:
    async with client_for("somebody-else") as other:
        foreign = await create_task(other, "A secret")
    answer_with(*uses("list_tasks", {"items": [foreign]}), *says("A secret."))

    assert not has_card(await chatkit.create("what is there?"))


def found(*named: str) -> ToolUsed:
    items = [{"id": number, "title": title, "status": "pending"} for number, title in enumerate(named, 1)]
    return ToolUsed("call_1", "list_tasks", {}, {"items": items})


def test_of_what_was_found_only_what_the_answer_names_is_shown() -> None:
    assert tasks_to_show([found("Buy milk", "Call mom")], "The nearest:  “buy\nMILK”.") == [1]
    assert tasks_to_show([found("Buy milk")], "You have one task.") == []


def test_what_was_changed_is_shown_rather_than_what_was_looked_through() -> None:
    changed = ToolUsed("call_2", "update_task", {}, {"task": {"id": 2, "title": "B", "status": "pending"}})

    assert tasks_to_show([found("A", "B", "C"), changed], "A, B and C: changed B.") == [2]


def test_a_call_that_failed_shows_nothing() -> None:
    failed = ToolUsed("call_1", "complete_task", {"task_id": 7}, "No task 7.", is_error=True)

    assert tasks_to_show([failed], "There is no such task.") == []


def test_a_card_holds_twenty_tasks_at_the_most() -> None:
    named = [f"task number {number:02}" for number in range(50)]

    assert tasks_to_show([found(*named)], ", ".join(named)) == list(range(1, 21))
