"""Limits that every process shares: exact, atomic, and gone when they are over."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, select

from src.core.database import Database, Query
from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.errors import ErrorKind
from src.core.shared_limits import (
    PURGED_EVERY,
    Allowance,
    Limit,
    RateLimitExceeded,
    SharedLimits,
    allowance_of,
    limit_key,
    refusal_of,
)
from src.core.tables import metadata
from tests.factories import NOW

THREE_A_MINUTE = (Limit(3, 60),)
TWO_LIMITS = (Limit(2, 60), Limit(3, 3600))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
async def database(app: object, postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """The migrated database, by a pool of the test's own as another process has one."""
    del app
    database = Database(parse_database_url(postgres.url), pool_size=8)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def limits(database: Database) -> SharedLimits:
    return SharedLimits(database)


async def is_taken(limits: SharedLimits, key: str, by: Sequence[Limit], now: datetime) -> bool:
    try:
        await limits.take(key, by, now)
    except RateLimitExceeded:
        return False
    return True


async def test_as_many_as_the_limit_says_get_through_and_are_told_what_is_left(
    limits: SharedLimits, user_id: str
) -> None:
    told = [await limits.take(user_id, THREE_A_MINUTE, after(seconds)) for seconds in (0, 10, 20)]

    assert told == [
        Allowance(Limit(3, 60), 2, 60),
        Allowance(Limit(3, 60), 1, 50),
        Allowance(Limit(3, 60), 0, 40),
    ]


async def test_the_next_is_refused_and_told_when_to_come_back(limits: SharedLimits, user_id: str) -> None:
    for seconds in (0, 10, 20):
        await limits.take(user_id, THREE_A_MINUTE, after(seconds))

    with pytest.raises(RateLimitExceeded) as refused:
        await limits.take(user_id, THREE_A_MINUTE, after(20.5))

    assert (refused.value.kind, refused.value.code) == (ErrorKind.RATE_LIMITED, "rate_limited")
    assert refused.value.retry_after == 40
    assert refused.value.message == "Too many requests: 3 in 1 minute."


async def test_the_window_slides_to_the_moment(limits: SharedLimits, user_id: str) -> None:
    for seconds in (0, 10, 20):
        await limits.take(user_id, THREE_A_MINUTE, after(seconds))

    outcomes = [await is_taken(limits, user_id, THREE_A_MINUTE, after(each)) for each in (59.9, 60, 69.9, 70)]

    assert outcomes == [False, True, False, True]


async def test_being_refused_takes_nothing(limits: SharedLimits, user_id: str) -> None:
    for seconds in (0, 0, 0, 30, 40, 50):
        await is_taken(limits, user_id, THREE_A_MINUTE, after(seconds))

    assert (await limits.take(user_id, THREE_A_MINUTE, after(60))).remaining == 2


async def test_all_limits_of_a_key_must_allow(limits: SharedLimits, user_id: str) -> None:
    outcomes = [await is_taken(limits, user_id, TWO_LIMITS, after(each)) for each in (0, 1, 2, 61, 200, 3600)]

    assert outcomes == [True, True, False, True, False, True]


async def test_keys_do_not_touch_each_other(limits: SharedLimits, user_id: str) -> None:
    for _ in range(3):
        await limits.take(user_id, THREE_A_MINUTE, NOW)

    assert await is_taken(limits, f"{user_id}-other", THREE_A_MINUTE, NOW)


async def test_of_many_at_once_exactly_as_many_as_the_limit_says_get_through(
    database: Database, limits: SharedLimits, user_id: str
) -> None:
    others = SharedLimits(database)
    by = (Limit(20, 60),)

    outcomes = await asyncio.gather(
        *(
            is_taken(each, user_id, by, after(second / 10))
            for second in range(40)
            for each in (limits, others)
        )
    )

    assert outcomes.count(True) == 20


async def test_what_is_given_back_can_be_taken_again_once(limits: SharedLimits, user_id: str) -> None:
    for seconds in (0, 1, 1):
        await limits.take(user_id, THREE_A_MINUTE, after(seconds))

    await limits.give_back(user_id, after(1))

    assert [await is_taken(limits, user_id, THREE_A_MINUTE, after(2)) for _ in range(2)] == [True, False]
    await limits.give_back(user_id, after(3))
    assert not await is_taken(limits, user_id, THREE_A_MINUTE, after(3))


async def test_a_cleared_key_is_as_new(limits: SharedLimits, user_id: str) -> None:
    for _ in range(3):
        await limits.take(user_id, THREE_A_MINUTE, NOW)

    await limits.clear(user_id)

    assert (await limits.take(user_id, THREE_A_MINUTE, NOW)).remaining == 2


async def test_several_keys_are_taken_together_or_not_at_all(limits: SharedLimits, user_id: str) -> None:
    one, other = f"{user_id}-a", f"{user_id}-b"
    for _ in range(3):
        await limits.take(other, THREE_A_MINUTE, NOW)

    with pytest.raises(RateLimitExceeded):
        await limits.take_all({one: THREE_A_MINUTE, other: THREE_A_MINUTE}, NOW)

    assert (await limits.take(one, THREE_A_MINUTE, NOW)).remaining == 2


async def test_several_keys_in_any_order_at_once_never_lock_each_other_out(
    limits: SharedLimits, user_id: str
) -> None:
    keys, by = [f"{user_id}-{number}" for number in range(4)], (Limit(100, 60),)

    await asyncio.gather(
        *(limits.take_all(dict.fromkeys(keys[turn % 4 :] + keys[: turn % 4], by), NOW) for turn in range(40))
    )

    assert [(await limits.take(key, by, NOW)).remaining for key in keys] == [59, 59, 59, 59]


async def test_rows_whose_windows_are_over_are_deleted_in_passing(
    database: Database, limits: SharedLimits, user_id: str
) -> None:
    old, kept = f"{user_id}-old", f"{user_id}-kept"
    await limits.take(old, THREE_A_MINUTE, after(-120))
    await limits.take(kept, THREE_A_MINUTE, NOW)

    for _ in range(PURGED_EVERY):
        await is_taken(limits, user_id, THREE_A_MINUTE, NOW)

    assert await held(database, old, kept) == [kept]


async def held(database: Database, *keys: str) -> list[str]:
    table = metadata.tables["shared_limit"]
    find = Query(select(table.c.key).where(table.c.key == bindparam("key")))
    return [key for key in keys if await database.fetch_one(find, key=key)]


@pytest.mark.parametrize("wrong", [(0, 60), (5, 0), (-1, 60)])
def test_a_limit_that_lets_nobody_through_is_a_mistake(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Limit(*wrong)


def test_a_key_does_not_tell_its_subject_and_parts_are_kept_apart() -> None:
    key = limit_key("sign-in", "ada@example.com", "10.0.0.1")

    assert key.startswith("sign-in:")
    assert "ada" not in key
    assert (
        len(
            {
                key,
                limit_key("sign-up", "ada@example.com", "10.0.0.1"),
                limit_key("sign-in", "ada@example.com10.0.0.1"),
            }
        )
        == 3
    )


TAKEN = st.lists(st.integers(0, 5000).map(after), min_size=1, max_size=40)
LIMITS = st.lists(st.builds(Limit, st.integers(1, 20), st.integers(1, 4000)), min_size=1, max_size=3)


@given(TAKEN, LIMITS)
def test_who_comes_back_when_told_gets_through_and_no_second_earlier(
    taken: list[datetime], limits: list[Limit]
) -> None:
    now = after(5000)

    if all(count(taken, limit, now) < limit.most for limit in limits):
        assert allowance_of(taken, limits, now).remaining > 0
        return
    wait = refusal_of(taken, limits, now).reset_seconds

    assert all(count(taken, limit, now + timedelta(seconds=wait)) < limit.most for limit in limits)
    assert any(count(taken, limit, now + timedelta(seconds=wait - 1)) >= limit.most for limit in limits)


def count(taken: list[datetime], limit: Limit, now: datetime) -> int:
    return sum(instant > now - timedelta(seconds=limit.seconds) for instant in taken)
