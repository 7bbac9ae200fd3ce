"""What a model is given of the conversation."""

import httpx
import pytest
from fastapi import FastAPI

from src.assistant.events import AssistantSaid, HistoryItem, ToolUsed, UserSaid
from src.auth.context import Caller
from src.chat.schemas import ChatRequest
from src.chat.turns import ChatTurns
from src.core.database import Database
from tests.chat.conftest import AnswerWith
from tests.chat.factories import ScriptedResponder, say, says, uses
from tests.factories import StandingClock

LISTED = ToolUsed("call_1", "list_tasks", {"due": "today"}, {"items": [{"id": 7}]})


async def test_earlier_messages_and_tool_results_are_given_in_order(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(*uses("list_tasks", LISTED.result, due="today"), *says("One task."))
    conversation_id = (await say(client, "what is due?"))["conversation_id"]
    responder = answer_with(*says("Done."))

    await say(client, "mark it done", conversation_id)

    assert responder.histories == [
        [UserSaid("what is due?"), LISTED, AssistantSaid("One task."), UserSaid("mark it done")]
    ]


async def test_conversations_do_not_see_each_other(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    responder = answer_with(*says("Hello."))

    await say(client, "one")
    await say(client, "two")

    assert responder.histories[1] == [UserSaid("two")]


def asked(number: int) -> list[HistoryItem]:
    return [UserSaid(f"question {number}"), LISTED, LISTED, AssistantSaid("One task.")]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (1, [UserSaid("and now?")]),
        # The answer before would stand without the question that led to it.
        (2, [UserSaid("and now?")]),
        (3, [*asked(3), UserSaid("and now?")]),
        (5, [*asked(2), *asked(3), UserSaid("and now?")]),
        (50, [*asked(1), *asked(2), *asked(3), UserSaid("and now?")]),
    ],
)
async def test_the_history_is_so_many_messages_with_all_their_tool_calls(
    database: Database, clock: StandingClock, user_id: str, limit: int, expected: list[HistoryItem]
) -> None:
    turns = ChatTurns(database, clock, history_limit=limit)
    tools = uses("list_tasks", LISTED.result, due="today")
    responder = ScriptedResponder([*tools, *tools, *says("One task.")])
    conversation_id: int | None = None

    for message in ("question 1", "question 2", "question 3", "and now?"):
        request = ChatRequest.of(message=message, conversation_id=conversation_id)
        conversation_id = (await turns.begin(Caller(user_id), request, responder.get)).conversation_id
        await turns.settle()

    assert responder.histories[-1] == expected


async def test_the_service_gives_as_much_as_its_settings_say(
    app: FastAPI, client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    limit = app.state.settings.max_conversation_history
    responder = answer_with(*says("Yes."))
    conversation_id: int | None = None

    for number in range(limit // 2 + 2):
        conversation_id = (await say(client, f"message {number}", conversation_id))["conversation_id"]

    assert limit - 1 <= len(responder.histories[-1]) <= limit
    assert responder.histories[-1][-1] == UserSaid(f"message {limit // 2 + 1}")
