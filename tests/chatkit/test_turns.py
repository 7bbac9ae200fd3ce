"""Turns told in ChatKit's events: what is streamed is what is stored, under the same ids."""

import asyncio
from datetime import UTC, timedelta

import httpx
import pytest
from chatkit.types import (
    StreamOptionsEvent,
    ThreadCreatedEvent,
    ThreadItemAddedEvent,
    ThreadUpdatedEvent,
)

from src.assistant.errors import ModelOutOfQuota
from src.assistant.events import AssistantSaid, TextDelta, ToolUsed, UserSaid
from src.chat.turns import ChatTurns
from src.chatkit.repository import ThreadRepository
from src.core.config import Settings
from src.core.database import Database
from src.main import create_app
from tests.chat.conftest import AnswerWith
from tests.chat.factories import ScriptedResponder, messages, rows_of, say, says, uses
from tests.chatkit.client import ChatKitClient, add_message
from tests.conftest import client_of, running
from tests.factories import NOW, StandingClock, token_for

LISTED = ToolUsed("call_1", "list_tasks", {"due": "today"}, {"items": [{"id": 7}]})


async def test_a_new_thread_is_told_in_chatkits_order(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*uses("add_task", {"task": {"id": 1}}, title="Milk"), *says("Added ", "milk."))

    answer = await chatkit.create("Add milk")

    assert [event.type for event in answer.events] == [
        "thread.created",
        "thread.item.done",
        "stream_options",
        "progress_update",
        "thread.updated",
        "thread.item.added",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.done",
    ]
    assert [event.update.type.rpartition(".")[2] for event in answer.events if hasattr(event, "update")] == [
        "added",
        "text_delta",
        "text_delta",
        "done",
    ]
    assert answer.streamed == answer.text == "Added milk."
    assert answer.all(StreamOptionsEvent)[0].stream_options.allow_cancel


async def test_what_is_streamed_is_what_is_stored(chatkit: ChatKitClient, answer_with: AnswerWith) -> None:
    answer_with(*says("Hello."))

    answer = await chatkit.create("hi")
    thread = await chatkit.thread(answer.thread_id)

    assert thread.items.data == answer.done
    assert [event.item.id for event in answer.all(ThreadItemAddedEvent)] == [answer.done[-1].id]
    assert all(len(item.id) == len("msg_") + 32 for item in thread.items.data)


async def test_times_are_utc_by_the_services_clock(
    chatkit: ChatKitClient, answer_with: AnswerWith, clock: StandingClock
) -> None:
    answer_with(*says("Hello."))

    answer = await chatkit.create("hi")

    (created,) = answer.all(ThreadCreatedEvent)
    times = [created.thread.created_at, *(item.created_at for item in answer.done)]
    assert times == [NOW, NOW, NOW]
    assert {time.utcoffset() for time in times} == {timedelta(0)}
    assert (await chatkit.thread(answer.thread_id)).created_at == clock().astimezone(UTC)


async def test_the_first_message_makes_the_title_and_later_ones_leave_it(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*says("Hello."))

    first = await chatkit.create("Plan the   party\nwith cake")
    second = await chatkit.say(first.thread_id, "and music")

    assert [event.thread.title for event in first.all(ThreadUpdatedEvent)] == ["Plan the party with cake"]
    assert second.all(ThreadUpdatedEvent) == []
    assert (await chatkit.thread(first.thread_id)).title == "Plan the party with cake"


async def test_tool_calls_are_remembered_and_never_shown(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*uses("list_tasks", LISTED.result, due="today"), *says("One task."))
    first = await chatkit.create("what is due?")
    responder = answer_with(*says("Done."))

    await chatkit.say(first.thread_id, "mark it done")

    assert responder.histories == [
        [UserSaid("what is due?"), LISTED, AssistantSaid("One task."), UserSaid("mark it done")]
    ]
    assert first.progress == ["Looking through your tasks…"]
    assert await chatkit.spoken(first.thread_id) == ["what is due?", "One task.", "mark it done", "Done."]


async def test_a_conversation_begun_in_chat_goes_on_in_chatkit_and_back(
    client: httpx.AsyncClient, chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    responder = answer_with(*uses("list_tasks", LISTED.result, due="today"), *says("One task."))
    conversation_id = (await say(client, "one"))["conversation_id"]
    await chatkit.say(str(conversation_id), "two")
    await say(client, "three", conversation_id)

    assert responder.heard == ["one", "two", "three"]
    assert responder.histories[2] == [
        UserSaid("one"),
        LISTED,
        AssistantSaid("One task."),
        UserSaid("two"),
        LISTED,
        AssistantSaid("One task."),
        UserSaid("three"),
    ]
    spoken = await chatkit.spoken(str(conversation_id))
    assert spoken == ["one", "One task.", "two", "One task.", "three", "One task."]
    assert [text for _, text in await messages(client, conversation_id)] == spoken


async def test_a_failing_model_is_told_in_its_words_and_the_partial_answer_is_kept(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(TextDelta("I have"), ModelOutOfQuota("openai takes no more requests for now."))

    answer = await chatkit.create("hi")

    assert answer.text == "I have"
    assert answer.error.code == "custom"
    assert answer.error.message == "openai takes no more requests for now."
    assert answer.error.allow_retry
    assert await chatkit.spoken(answer.thread_id) == ["hi", "I have"]


async def test_a_fault_of_ours_is_told_without_its_text(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(RuntimeError("postgresql://anna:secret@db"))

    answer = await chatkit.create("hi")

    assert "secret" not in answer.error.model_dump_json()
    assert await chatkit.spoken(answer.thread_id) == ["hi"]


async def test_two_at_once_in_one_thread_are_taken_one_after_the_other(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id
    go_on = asyncio.Event()
    responder = answer_with(go_on, *says("Answer."))

    both = [asyncio.create_task(chatkit.say(thread_id, text)) for text in ("one", "two")]
    await responder.is_waiting.wait()
    in_the_middle = await chatkit.spoken(thread_id)
    go_on.set()
    await asyncio.gather(*both)

    assert in_the_middle == ["hi", "Hello.", responder.heard[0]]
    assert await chatkit.spoken(thread_id) == [
        *("hi", "Hello."),
        *(responder.heard[0], "Answer."),
        *(responder.heard[1], "Answer."),
    ]


async def test_two_instances_take_turns_in_one_thread(
    settings: Settings, chatkit: ChatKitClient, answer_with: AnswerWith, clock: StandingClock, user_id: str
) -> None:
    answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id
    go_on = asyncio.Event()
    here, elsewhere = answer_with(go_on, *says("Here.")), ScriptedResponder(says("Elsewhere."))

    async with running(create_app(settings, clock=clock)) as app, client_of(app, token_for(user_id)) as http:
        app.state.assistant = elsewhere.get
        first = asyncio.create_task(chatkit.say(thread_id, "one"))
        await here.is_waiting.wait()
        second = asyncio.create_task(ChatKitClient(http).say(thread_id, "two"))
        listed = await ChatKitClient(http).spoken(thread_id)
        go_on.set()
        await asyncio.gather(first, second)

    assert listed == ["hi", "Hello.", "one"]
    assert await chatkit.spoken(thread_id) == ["hi", "Hello.", "one", "Here.", "two", "Elsewhere."]


async def test_retrying_forgets_what_came_after_the_message_and_answers_it_again(
    chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    answer_with(*uses("list_tasks", LISTED.result, due="today"), *says("Wrong."))
    first = await chatkit.create("what is due?")
    await chatkit.say(first.thread_id, "really?")
    responder = answer_with(*says("Right."))

    again = await chatkit.retry(first.thread_id, first.user_message.id)

    assert responder.histories == [[UserSaid("what is due?")]]
    assert again.text == "Right."
    assert await chatkit.spoken(first.thread_id) == ["what is due?", "Right."]


async def test_a_thread_deleted_while_it_answers_stays_deleted(
    client: httpx.AsyncClient, chatkit: ChatKitClient, answer_with: AnswerWith
) -> None:
    go_on = asyncio.Event()
    responder = answer_with(go_on, *uses("list_tasks", {"items": []}), *says("Nothing."))
    turn = asyncio.create_task(chatkit.create("what is there?"))
    await responder.is_waiting.wait()
    (thread,) = (await chatkit.threads()).data

    await client.delete(f"/api/me/conversations/{thread.id}")
    go_on.set()
    answer = await turn

    assert answer.streamed == "Nothing."
    assert (await chatkit.threads()).data == []


async def test_a_message_that_is_refused_leaves_no_thread_and_no_lease(
    chatkit: ChatKitClient, client: httpx.AsyncClient
) -> None:
    refused = await client.post(
        "/api/chatkit",
        json={
            "type": "threads.create",
            "params": {"input": {"content": [], "attachments": [], "inference_options": {}}},
        },
    )

    assert (refused.status_code, refused.json()["error"]) == (400, "ValidationError")
    assert (await chatkit.threads()).data == []


@pytest.mark.parametrize("status", ["locked", "closed"])
async def test_a_locked_or_closed_thread_takes_no_messages_in_either_door(
    chatkit: ChatKitClient,
    client: httpx.AsyncClient,
    answer_with: AnswerWith,
    turns: ChatTurns,
    database: Database,
    user_id: str,
    status: str,
) -> None:
    responder = answer_with(*says("Hello."))
    thread_id = (await chatkit.create("hi")).thread_id
    await set_status(database, user_id, thread_id, {"type": status, "reason": "It is archived."})

    told = await chatkit.post(add_message(thread_id, "anybody?"))
    said = await client.post("/api/me/chat", json={"message": "hm?", "conversation_id": int(thread_id)})

    assert (told.status_code, told.json()["code"]) == (409, "conversation_closed")
    assert "It is archived." in told.json()["detail"]
    assert (said.status_code, said.json()["code"]) == (409, "conversation_closed")
    assert responder.heard == ["hi"]
    await turns.settle()
    (row,) = await rows_of(database, "conversation", user_id)
    assert row["turn_id"] is None
    assert (await chatkit.thread(thread_id)).status.type == status


async def set_status(database: Database, user_id: str, thread_id: str, status: dict[str, str]) -> None:
    await ThreadRepository(database, user_id).save(int(thread_id), None, {"status": status}, NOW)
