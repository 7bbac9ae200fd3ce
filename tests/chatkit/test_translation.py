"""What a turn's events become on the way to ChatKit, and what a text without deltas or a lost one becomes."""

from typing import Any

import httpx
from chatkit.types import ThreadItemDoneEvent, ThreadItemRemovedEvent

from src.assistant.events import TextDelta
from src.auth.context import Caller
from src.chat.items import assistant_message
from src.chat.turn import Turn, TurnInterrupted
from src.chatkit.progress import progress_of
from src.chatkit.translation import Silence, told
from tests.factories import NOW


def turn_that(*events: Any, answer: str | None, failure: TurnInterrupted | None = None) -> Turn:
    turn = Turn(Caller("anna"), 7, "hi", NOW)
    for event in events:
        turn.tell(event)
    turn.failure = failure
    turn.answer = assistant_message(answer, NOW, item_id=turn.answer_id) if answer else None
    turn.let_go()
    return turn


async def test_a_silent_turn_is_kept_open() -> None:
    turn = Turn(Caller("anna"), 7, "hi", NOW)
    events = told(turn, NOW, ping_seconds=0.001)

    first = await anext(events)
    turn.let_go()
    rest = [event async for event in events]

    assert isinstance(first, Silence)
    assert all(isinstance(event, Silence) for event in rest)


async def test_an_answer_without_pieces_is_told_whole() -> None:
    events = [event async for event in told(turn_that(answer="Hello."), NOW)]

    assert [type(event) for event in events] == [ThreadItemDoneEvent]


async def test_an_answer_that_could_not_be_stored_is_taken_back() -> None:
    turn = turn_that(TextDelta("Hello."), answer=None, failure=TurnInterrupted("The database is away."))
    events, failure = await told_until_failure(turn)

    assert events[-1] == ThreadItemRemovedEvent(item_id=turn.answer_id)
    assert failure is turn.failure


async def told_until_failure(turn: Turn) -> tuple[list[Any], Exception]:
    events: list[Any] = []
    try:
        async for event in told(turn, NOW):
            events.append(event)
    except TurnInterrupted as error:
        return events, error
    raise AssertionError("the turn ended well")


async def test_every_tool_has_words_and_a_picture_of_its_own(client: httpx.AsyncClient) -> None:
    tools = (await client.get("/api/mcp/info")).json()["available_tools"]

    names = [tool if isinstance(tool, str) else tool["name"] for tool in tools]
    assert len(names) >= 10
    assert progress_of("add_task").text != progress_of("unknown").text
    assert [name for name in names if progress_of(name) == progress_of("unknown")] == []
