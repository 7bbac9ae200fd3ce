"""What a turn keeps, whatever the model does."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from src.assistant.errors import ModelOutOfQuota, ModelTurnsExceeded
from src.assistant.events import TextDelta, ToolCallStarted, ToolUsed, UserSaid
from src.auth.context import ActorKind, Caller
from src.chat.limits import ChatLimits, message_limits
from src.chat.schemas import ChatRequest
from src.chat.turn import TurnInterrupted, TurnTimedOut
from src.chat.turns import ChatTurns
from src.core.current_request import CurrentRequest, current_request
from src.core.database import Database
from src.core.shared_limits import SharedLimits
from tests.chat.conftest import AnswerWith
from tests.chat.factories import (
    ScriptedResponder,
    events_of,
    messages,
    never,
    only_conversation,
    rows_of,
    say,
    says,
    uses,
)
from tests.factories import StandingClock

EVENTS = {"Accept": "text/event-stream"}


async def test_the_message_is_stored_before_the_model_answers(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    go_on = asyncio.Event()
    responder = answer_with(go_on, *says("Done."))

    turn = asyncio.create_task(say(client, "buy milk"))
    await responder.is_waiting.wait()
    stored = await messages(client, await only_conversation(client))
    go_on.set()
    await turn

    assert stored == [("user", "buy milk")]


async def test_a_model_acts_for_the_caller_as_an_agent_in_the_users_zone(
    client: httpx.AsyncClient, answer_with: AnswerWith, user_id: str
) -> None:
    responder = answer_with(*says("Hello."))

    await client.post("/api/me/chat", json={"message": "hi"}, headers={"X-Timezone": "Asia/Tokyo"})

    assert (responder.callers[0].user_id, responder.callers[0].actor.kind) == (user_id, ActorKind.AGENT)
    assert responder.local_times[0].isoformat() == "2026-11-21T19:00:00+09:00"


async def test_a_model_that_is_away_is_a_502_and_the_message_is_kept(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(ModelOutOfQuota("openai takes no more requests for now.", retry_after=7))

    response = await client.post("/api/me/chat", json={"message": "buy milk"})

    problem = response.json()
    assert response.status_code == 502
    assert (problem["error"], problem["code"]) == ("ModelUnavailable", "model_quota")
    assert response.headers["retry-after"] == "7"
    assert await messages(client, await only_conversation(client)) == [("user", "buy milk")]


async def test_a_model_that_fails_in_the_middle_is_an_event_and_what_it_said_is_kept(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(TextDelta("I have"), ModelTurnsExceeded("The model went round in circles."))

    response = await client.post("/api/me/chat", json={"message": "buy milk"}, headers=EVENTS)

    spoken, error = events_of(response.text)
    assert response.status_code == 200
    assert spoken == {"type": "text_delta", "text": "I have"}
    assert error["type"] == "error"
    assert (error["status"], error["error"]) == (502, "ModelUnavailable")
    assert error["code"] == "model_turns_exceeded"
    assert error["request_id"] == response.headers["x-request-id"]
    assert await messages(client, await only_conversation(client)) == [
        ("user", "buy milk"),
        ("assistant", "I have"),
    ]


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_fault_of_ours_is_told_without_its_text_and_loses_nothing(
    client: httpx.AsyncClient, answer_with: AnswerWith, accept: str
) -> None:
    answer_with(RuntimeError("postgresql://anna:secret@db"))

    response = await client.post("/api/me/chat", json={"message": "buy milk"}, headers={"Accept": accept})

    told = events_of(response.text)[-1] if accept == EVENTS["Accept"] else response.json()
    assert (told["status"], told["error"]) == (500, "InternalServerError")
    assert "secret" not in response.text
    assert await messages(client, await only_conversation(client)) == [("user", "buy milk")]


async def test_an_assistant_that_does_not_load_loses_nothing(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def broken() -> ScriptedResponder:
        raise RuntimeError("no module named model")

    assistant, app.state.assistant = app.state.assistant, broken
    try:
        refused = await client.post("/api/me/chat", json={"message": ""})
        failed = await client.post("/api/me/chat", json={"message": "buy milk"})
    finally:
        app.state.assistant = assistant

    assert (refused.status_code, failed.status_code) == (400, 500)
    assert await messages(client, await only_conversation(client)) == [("user", "buy milk")]


async def test_the_turn_after_a_failure_is_answered(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(ModelOutOfQuota("openai takes no more requests for now."))
    await client.post("/api/me/chat", json={"message": "first"})
    conversation_id = await only_conversation(client)
    answer_with(*says("Here I am."))

    answer = await say(client, "second", conversation_id)

    assert answer["response"] == "Here I am."


async def test_two_turns_of_one_conversation_are_taken_one_after_the_other(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(*says("Hello."))
    conversation_id = (await say(client, "hi"))["conversation_id"]
    go_on = asyncio.Event()
    responder = answer_with(go_on, *says("Answer."))

    turns = [asyncio.create_task(say(client, text, conversation_id)) for text in ("one", "two", "three")]
    await responder.is_waiting.wait()
    in_the_middle = await messages(client, conversation_id)
    go_on.set()
    await asyncio.gather(*turns)

    in_order = [pair for text in responder.heard for pair in (("user", text), ("assistant", "Answer."))]
    assert in_the_middle[2:] == [("user", responder.heard[0])]
    assert sorted(responder.heard) == ["one", "three", "two"]
    assert (await messages(client, conversation_id))[2:] == in_order


async def test_a_turn_is_recorded_with_who_answered_and_what_it_took(
    client: httpx.AsyncClient, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    answer_with(*says("Done."))

    answer = await say(client, "hi")

    (turn,) = await rows_of(database, "chat_turn", user_id)
    assert turn["conversation_id"] == answer["conversation_id"]
    assert (turn["provider"], turn["model"], turn["outcome"]) == ("scripted", "parrot", "answered")
    assert (turn["requests"], turn["input_tokens"], turn["output_tokens"]) == (2, 30, 7)


async def test_a_turn_asks_the_database_when_it_begins_for_each_tool_and_when_it_ends(
    database: Database, clock: StandingClock, user_id: str
) -> None:
    limits = ChatLimits(SharedLimits(database), clock, messages=message_limits(20, 100))
    turns = ChatTurns(database, clock, history_limit=10, limits=limits)
    responder = ScriptedResponder([*uses("list_tasks", {"items": []}), *says("Nothing.")])
    request = CurrentRequest("request-1")
    before = current_request.set(request)

    new = await turns.begin(Caller(user_id), ChatRequest.of(message="what is due?"), responder.get)
    await turns.settle()
    asked_for_a_new_one = request.queries
    again = ChatRequest.of(message="and now?", conversation_id=new.conversation_id)
    await turns.begin(Caller(user_id), again, responder.get)
    await turns.settle()
    current_request.reset(before)

    assert asked_for_a_new_one == 3
    assert request.queries == 6


async def test_a_failed_turn_is_recorded_with_its_reason(
    client: httpx.AsyncClient, answer_with: AnswerWith, database: Database, user_id: str
) -> None:
    answer_with(ModelOutOfQuota("openai takes no more requests for now."))

    await client.post("/api/me/chat", json={"message": "hi"})

    assert [turn["outcome"] for turn in await rows_of(database, "chat_turn", user_id)] == ["model_quota"]


async def test_a_turn_that_takes_too_long_is_stopped_and_told(
    database: Database, clock: StandingClock, user_id: str
) -> None:
    turns = ChatTurns(database, clock, history_limit=10, turn_seconds=0.01)
    responder = ScriptedResponder([TextDelta("Well"), never()])

    turn = await turns.begin(Caller(user_id), ChatRequest.of(message="hi"), responder.get)
    await turns.settle()

    assert isinstance(turn.failure, TurnTimedOut)
    assert responder.was_stopped.is_set()
    assert [row["outcome"] for row in await rows_of(database, "chat_turn", user_id)] == ["turn_timed_out"]


async def test_a_service_that_stops_stores_what_is_under_way(
    database: Database, clock: StandingClock, client: httpx.AsyncClient, user_id: str
) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    responder = ScriptedResponder([TextDelta("Half an"), never()])
    turn = await turns.begin(Caller(user_id), ChatRequest.of(message="hi"), responder.get)
    await responder.is_waiting.wait()

    await turns.close()

    assert await messages(client, turn.conversation_id) == [("user", "hi"), ("assistant", "Half an")]
    assert isinstance(turn.failure, TurnInterrupted)
    assert [row["outcome"] for row in await rows_of(database, "chat_turn", user_id)] == ["cancelled"]


async def test_a_turn_stopped_before_its_first_step_lets_the_next_one_in(
    database: Database, clock: StandingClock, user_id: str
) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    turn = await turns.begin(
        Caller(user_id), ChatRequest.of(message="hi"), ScriptedResponder(says("Hello.")).get
    )

    turn.stop()
    await turns.settle()
    following = ChatRequest.of(message="again", conversation_id=turn.conversation_id)
    second = await turns.begin(Caller(user_id), following, ScriptedResponder(says("Hello again.")).get)
    await turns.settle()

    assert turn.outcome == "cancelled"
    assert second.text == "Hello again."


async def test_stopping_twice_still_stores_what_was_said(
    database: Database, clock: StandingClock, client: httpx.AsyncClient, user_id: str
) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    responder = ScriptedResponder([TextDelta("Half an"), never()])
    turn = await turns.begin(Caller(user_id), ChatRequest.of(message="hi"), responder.get)
    await responder.is_waiting.wait()

    turn.stop()
    await responder.was_stopped.wait()
    turn.stop()
    await turns.close()

    assert await messages(client, turn.conversation_id) == [("user", "hi"), ("assistant", "Half an")]


async def test_a_tool_that_did_not_come_back_is_known_to_the_next_turn(
    database: Database, clock: StandingClock, user_id: str
) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    caller = Caller(user_id)
    first = ScriptedResponder([ToolCallStarted("call_1", "add_task", {"title": "Milk"}), never()])
    turn = await turns.begin(caller, ChatRequest.of(message="add milk"), first.get)
    await first.is_waiting.wait()
    turn.stop()
    await turns.settle()

    second = ScriptedResponder(says("It may be there."))
    following = ChatRequest.of(message="did you?", conversation_id=turn.conversation_id)
    await turns.begin(caller, following, second.get)
    await turns.settle()

    asked, used, _ = second.histories[0]
    assert asked == UserSaid("add milk")
    assert isinstance(used, ToolUsed)
    assert (used.tool, used.is_error) == ("add_task", True)
    assert "not known" in used.result


async def test_a_conversation_deleted_in_the_middle_of_a_turn_harms_nobody(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    go_on = asyncio.Event()
    responder = answer_with(go_on, *uses("list_tasks", {"items": []}), *says("Nothing."))
    turn = asyncio.create_task(say(client, "what is there?"))
    await responder.is_waiting.wait()

    deleted = await client.delete(f"/api/me/conversations/{await only_conversation(client)}")
    go_on.set()
    answer = await turn

    assert deleted.status_code == 200
    assert answer["response"] == "Nothing."
    assert (await client.get("/api/me/conversations")).json()["items"] == []


async def test_a_turn_left_before_it_began_lets_the_next_one_in_and_leaves_no_empty_conversation(
    database: Database, clock: StandingClock, user_id: str
) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    caller, hello = Caller(user_id), ScriptedResponder(says("Hello."))
    kept = await turns.begin(caller, ChatRequest.of(message="hi"), hello.get)
    await turns.settle()

    begun = await turns.open(caller, "new", None)
    resumed = await turns.open(caller, "again", kept.conversation_id)
    for turn in (begun, resumed, resumed):
        turns.leave(turn)
    await turns.settle()

    (conversation,) = await rows_of(database, "conversation", user_id)
    assert (conversation["id"], conversation["turn_id"]) == (kept.conversation_id, None)
