"""One turn at a time in a conversation, however many instances there are and however they end."""

import asyncio
from uuid import uuid4

import pytest

from src.assistant.events import TextDelta
from src.auth.context import Caller
from src.chat.errors import ConversationBusy, ConversationNotFound
from src.chat.leases import LEASE_SECONDS, TURN_SECONDS, Leases
from src.chat.schemas import ChatRequest
from src.chat.turn_repository import Beginning, TurnRepository
from src.chat.turns import ChatTurns
from src.core.database import Database
from tests.chat.factories import ScriptedResponder, never, rows_of, says
from tests.factories import NOW, StandingClock


def a_turn() -> Beginning:
    return Beginning(uuid4(), NOW)


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
    leases, mine = Leases(database, wait_seconds=0.01), a_turn()
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


async def test_a_turn_whose_lease_ran_out_does_not_end_the_next_ones(
    database: Database, repository: TurnRepository, user_id: str, conversation_id: int
) -> None:
    late, current = a_turn(), a_turn()
    await repository.begin(conversation_id, late, -1)
    await repository.begin(conversation_id, current, LEASE_SECONDS)

    await repository.release(conversation_id, late.id)

    assert [row["turn_id"] for row in await rows_of(database, "conversation", user_id)] == [current.id]


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
