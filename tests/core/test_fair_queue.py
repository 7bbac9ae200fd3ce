"""Whoever waits for a turn."""

import asyncio

import pytest

from src.core.fair_queue import Turns
from src.core.outages import DatabaseTimeout

PATIENT = 60.0


async def test_turns_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order = Turns(1, patience=PATIENT), []
    await turns.take()

    async def wait(number: int) -> None:
        await turns.take()
        order.append(number)
        turns.give_back()

    waiting = [asyncio.create_task(wait(number)) for number in range(5)]
    await asyncio.sleep(0)
    assert turns.waiting == 5
    turns.give_back()
    await asyncio.gather(*waiting)

    assert order == [0, 1, 2, 3, 4]
    assert turns.waiting == 0


async def test_a_turn_that_comes_in_the_moment_of_a_cancellation_goes_to_the_next() -> None:
    turns = Turns(1, patience=PATIENT)
    await turns.take()
    cut_off, next_one = asyncio.create_task(turns.take()), asyncio.create_task(turns.take())
    await asyncio.sleep(0)

    turns.give_back()
    cut_off.cancel()

    with pytest.raises(asyncio.CancelledError):
        await cut_off
    await next_one


async def test_who_stops_waiting_is_passed_over() -> None:
    turns = Turns(1, patience=PATIENT)
    await turns.take()
    cut_off, next_one = asyncio.create_task(turns.take()), asyncio.create_task(turns.take())
    await asyncio.sleep(0)

    cut_off.cancel()
    await asyncio.sleep(0)
    assert turns.waiting == 1
    turns.give_back()

    await next_one


async def test_who_has_waited_long_enough_is_told_so_and_the_turn_is_not_lost() -> None:
    turns = Turns(1, patience=0.0)
    await turns.take()

    with pytest.raises(DatabaseTimeout) as refused:
        await turns.take()

    assert refused.value.retry_after
    turns.give_back()
    await turns.take()
