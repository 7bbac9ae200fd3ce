"""One turn at a time in a conversation, however many instances there are and however they end."""

import asyncio
from collections import Counter
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import text

from src.assistant.events import TextDelta
from src.auth.context import Caller
from src.chat.errors import ConversationBusy, ConversationNotFound
from src.chat.items import assistant_message, user_message
from src.chat.leases import LEASE_SECONDS, TURN_SECONDS, Leases
from src.chat.limits import Admission
from src.chat.repository import ConversationRepository
from src.chat.schemas import ChatRequest
from src.chat.turn import Turn, TurnInterrupted
from src.chat.turn_repository import Beginning, TurnRepository
from src.chat.turns import ChatTurns
from src.core.database import Database, Query
from tests.chat.factories import ScriptedResponder, never, rows_of, says
from tests.factories import NOW, StandingClock
from tests.faults.waiting import awaited

_BLOCKED = Query(text("SELECT 1 FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"))


async def is_blocked(database: Database) -> bool:
    """Whether somebody waits for what somebody else has locked."""
    return await database.fetch_one(_BLOCKED) is not None


def a_turn() -> Beginning:
    return Beginning(uuid4(), NOW, Admission("anna", Counter()))


@pytest.fixture
def repository(database: Database, user_id: str) -> TurnRepository:
    return TurnRepository(database, user_id)


@pytest.fixture
async def conversation_id(repository: TurnRepository) -> int:
    """A conversation in which no turn is under way."""
    first = a_turn()
    conversation_id, _ = await repository.begin_new("A talk", first, LEASE_SECONDS)
    await repository.release(conversation_id, first.id)
    return conversation_id


async def test_another_instance_waits_until_the_turn_is_over(
    database: Database, user_id: str, conversation_id: int
) -> None:
    here, elsewhere = Leases(database), Leases(database)
    mine, theirs = a_turn(), a_turn()
    await here.take(user_id, conversation_id, mine)

    waiting = asyncio.create_task(elsewhere.take(user_id, conversation_id, theirs))
    with pytest.raises(ConversationBusy):
        await Leases(database, wait_seconds=0.01).take(user_id, conversation_id, a_turn())
    was_waiting = not waiting.done()
    await here.give_back(user_id, conversation_id, mine.id)
    await asyncio.wait_for(waiting, timeout=5)

    assert was_waiting
    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [theirs.id]


async def test_who_waits_in_the_same_instance_is_told_when_it_takes_too_long(
    database: Database, user_id: str, conversation_id: int
) -> None:
    leases, mine = Leases(database, wait_seconds=0.5), a_turn()
    await leases.take(user_id, conversation_id, mine)

    with pytest.raises(ConversationBusy) as refused:
        await leases.take(user_id, conversation_id, a_turn())
    await leases.give_back(user_id, conversation_id, mine.id)

    assert refused.value.retry_after == 5
    await leases.take(user_id, conversation_id, a_turn())


async def test_who_gives_up_waiting_leaves_the_conversation_to_the_next(
    database: Database, user_id: str, conversation_id: int
) -> None:
    leases, mine, following = Leases(database), a_turn(), a_turn()
    await leases.take(user_id, conversation_id, mine)
    gives_up = asyncio.create_task(leases.take(user_id, conversation_id, a_turn()))
    await asyncio.sleep(0)

    gives_up.cancel()
    await asyncio.wait([gives_up])
    await leases.give_back(user_id, conversation_id, mine.id)
    await asyncio.wait_for(leases.take(user_id, conversation_id, following), timeout=5)

    assert gives_up.cancelled()
    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [following.id]


async def test_the_lease_of_a_dead_process_runs_out(
    database: Database, repository: TurnRepository, user_id: str, conversation_id: int
) -> None:
    dead, alive = a_turn(), a_turn()
    await repository.begin(conversation_id, dead, -1)

    await asyncio.wait_for(Leases(database).take(user_id, conversation_id, alive), timeout=5)

    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [alive.id]


async def test_a_turn_that_comes_while_its_conversation_is_changed_is_let_in_after_that(
    database: Database, repository: TurnRepository, user_id: str, conversation_id: int
) -> None:
    said = replace(a_turn(), message=user_message("hi", NOW), history_limit=10)
    async with database.transaction() as change:
        await ConversationRepository(change, user_id).rename(conversation_id, "Another title", NOW)
        beginning = asyncio.create_task(repository.begin(conversation_id, said, LEASE_SECONDS))
        await awaited(partial(is_blocked, database), "the turn waits for the change")

    opening = await beginning

    assert opening is not None
    assert [row["item"]["content"][0]["text"] for row in opening.items] == ["hi"]
    (conversation,) = await rows_of(database, "conversation", user_id)
    assert (conversation["title"], conversation["turn_id"]) == ("Another title", said.id)


async def test_a_turn_whose_lease_ran_out_does_not_end_the_next_ones(
    database: Database, repository: TurnRepository, user_id: str, conversation_id: int
) -> None:
    late, current = a_turn(), a_turn()
    await repository.begin(conversation_id, late, -1)
    await repository.begin(conversation_id, current, LEASE_SECONDS)

    await repository.release(conversation_id, late.id)

    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [current.id]


async def test_a_late_answer_is_kept_and_does_not_end_the_next_turn(
    database: Database, repository: TurnRepository, user_id: str, conversation_id: int
) -> None:
    late, current = a_turn(), a_turn()
    await repository.begin(conversation_id, late, -1)
    await repository.begin(conversation_id, current, LEASE_SECONDS)
    turn = Turn(Caller(user_id), conversation_id, "hi", NOW, id=late.id)

    answer = assistant_message("At last.", NOW, item_id=turn.answer_id)
    for _ in range(2):  # Where the connection is lost it is done again, and may have been done.
        await repository.finish(turn.record(NOW), answer)

    (conversation,) = await rows_of(database, "conversation", user_id)
    assert conversation["turn_id"] == current.id
    assert conversation["turn_expires_at"] is not None
    assert [row["id"] for row in await rows_of(database, "conversation_item", user_id)] == [turn.answer_id]
    assert [row["id"] for row in await rows_of(database, "chat_turn", user_id)] == [late.id]


async def test_a_service_that_ends_begins_no_conversation(
    database: Database, clock: StandingClock, user_id: str
) -> None:
    leases = Leases(database)
    turns = ChatTurns(database, clock, history_limit=10, leases=leases)
    leases.close()

    with pytest.raises(TurnInterrupted):
        await turns.begin(Caller(user_id), ChatRequest.of(message="hi"), ScriptedResponder([]).get)

    assert await rows_of(database, "conversation", user_id) == []


def test_a_lease_outlives_every_turn() -> None:
    assert LEASE_SECONDS > TURN_SECONDS


async def test_a_conversation_that_is_not_there_cannot_be_taken(database: Database, user_id: str) -> None:
    with pytest.raises(ConversationNotFound):
        await Leases(database).take(user_id, 2**62, a_turn())


async def test_an_ended_turn_leaves_no_lease(database: Database, clock: StandingClock, user_id: str) -> None:
    turns = ChatTurns(database, clock, history_limit=10)
    stalled = ScriptedResponder([TextDelta("Half an"), never()])
    await turns.begin(Caller(user_id), ChatRequest.of(message="one"), ScriptedResponder(says("Hello.")).get)
    await turns.begin(
        Caller(user_id), ChatRequest.of(message="two"), ScriptedResponder([OSError("broken")]).get
    )
    await turns.begin(Caller(user_id), ChatRequest.of(message="three"), stalled.get)
    await stalled.is_waiting.wait()

    await turns.close()

    rows = await rows_of(database, "conversation", user_id)
    assert [(row["turn_id"], row["turn_expires_at"]) for row in rows] == [(None, None)] * 3
