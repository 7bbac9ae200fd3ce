"""Limits on how often something may be done, kept in PostgreSQL and so the same for every process.

A limit is a sliding window, exact to the moment: `Limit(5, 900)` lets five through in any 900 seconds. The
row of a key is locked by the statement that takes from it, so of any number who ask at once no more than
the limit get through. `now` comes from the asking process, whose clocks must agree to within what matters.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Integer, Text, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from src.core import shared_limit_table
from src.core.database import Database, Executor, Query
from src.core.errors import DomainError, ErrorKind
from src.core.tables import metadata

PURGED_EVERY = 512
"""At one take in so many, rows whose windows are all over are deleted."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in any so many seconds; both at least 1."""

    most: int
    seconds: int

    def __post_init__(self) -> None:
        if self.most < 1 or self.seconds < 1:
            raise ValueError("A limit lets at least one through, in at least a second.")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the tightest of a key's limits, as the `RateLimit` fields of the IETF draft tell it."""

    limit: Limit
    remaining: int
    reset_seconds: int
    """In how many seconds there is more: when the oldest in the window leaves it."""


class RateLimitExceeded(DomainError):
    """It was done too often lately."""

    kind = ErrorKind.RATE_LIMITED
    code = "rate_limited"

    def __init__(
        self, allowance: Allowance, message: str | None = None, limits: Sequence[Limit] = ()
    ) -> None:
        told = message or f"Too many requests: {allowance.limit.most} in {_words(allowance.limit.seconds)}."
        super().__init__(told, retry_after=allowance.reset_seconds)
        self.allowance = allowance
        self.limits = tuple(limits) or (allowance.limit,)


def limit_key(kind: str, *subject: str) -> str:
    """The key of a kind of limit for a subject, who is not to be read from it: `sign-in:3f5a…`."""
    told = "\0".join(subject).encode()
    return f"{kind}:{hashlib.sha256(told).hexdigest()}"


class SharedLimits:
    """Takes from limits, and gives back what turned out not to count."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._takes = 0

    async def take(self, key: str, limits: Sequence[Limit], now: datetime) -> Allowance:
        """Take one of each limit of a key, or none of any.

        Raises:
            RateLimitExceeded: one of the limits is used up; it says when there is more.
        """
        await self._purge_sometimes(now)
        return await _taken(self._database, key, limits, now)

    async def take_all(self, limits_of: Mapping[str, Sequence[Limit]], now: datetime) -> None:
        """Take one of each limit of each key, or none of any; raises as `take` does."""
        await self._purge_sometimes(now)
        async with self._database.transaction() as transaction:
            # Everybody locks rows in the order of their keys, so nobody waits for one who waits for them.
            for key in sorted(limits_of):
                await _taken(transaction, key, limits_of[key], now)

    async def give_back(self, key: str, now: datetime) -> None:
        """Undo one take of this instant."""
        await self._database.fetch_all(_give_back, key=key, now=now)

    async def clear(self, key: str) -> None:
        """Forget all that was taken."""
        await self._database.fetch_all(_clear, key=key)

    async def _purge_sometimes(self, now: datetime) -> None:
        self._takes += 1
        if self._takes % PURGED_EVERY == 0:
            await self._database.fetch_all(_purge, now=now)


async def _taken(executor: Executor, key: str, limits: Sequence[Limit], now: datetime) -> Allowance:
    longest = timedelta(seconds=max(limit.seconds for limit in limits))
    row = await executor.fetch_one(
        _take,
        key=key,
        now=now,
        mosts=[limit.most for limit in limits],
        spans=[limit.seconds for limit in limits],
        forgotten_at=now + longest,
    )
    assert row is not None  # noqa: S101 - an upsert without a condition always returns its row.
    if not row["was_taken"]:
        raise RateLimitExceeded(refusal_of(row["taken"], limits, now), limits=limits)
    return allowance_of(row["taken"], limits, now)


def allowance_of(taken: Iterable[datetime], limits: Sequence[Limit], now: datetime) -> Allowance:
    """What is left of the tightest limit, by the instants in which it was taken; all are aware."""
    instants = sorted(taken)
    left = [_left(instants, limit, now) for limit in limits]
    return min(left, key=lambda each: (each.remaining, -each.reset_seconds))


def refusal_of(taken: Iterable[datetime], limits: Sequence[Limit], now: datetime) -> Allowance:
    """The used up limit that lasts longest, and when all of them let one through again."""
    instants = sorted(taken)
    left = [_left(instants, limit, now) for limit in limits]
    return max((each for each in left if each.remaining == 0), key=lambda each: each.reset_seconds)


def _left(instants: list[datetime], limit: Limit, now: datetime) -> Allowance:
    window = timedelta(seconds=limit.seconds)
    inside = [instant for instant in instants if instant > now - window]
    remaining = max(limit.most - len(inside), 0)
    # With more inside than are let through (the limit was lowered), the oldest leaving makes no room yet.
    leaving = inside[max(len(inside) - limit.most, 0)] + window - now if inside else timedelta(0)
    return Allowance(limit, remaining, math.ceil(leaving.total_seconds()))


def _words(seconds: int) -> str:
    size, unit = next(each for each in _UNITS if seconds % each[0] == 0)
    return f"{seconds // size} {unit}s" if seconds > size else f"1 {unit}"


_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))

_table = metadata.tables[str(shared_limit_table.SharedLimit.__tablename__)]
_key = bindparam("key", type_=Text)
_now = bindparam("now", type_=DateTime(timezone=True))
_this_one = _table.c.key == _key

_take = Query(
    text("""
INSERT INTO shared_limit AS held (key, taken, was_taken, forgotten_at)
VALUES (:key, ARRAY[:now], true, :forgotten_at)
ON CONFLICT (key) DO UPDATE SET (taken, was_taken, forgotten_at) = (
    SELECT CASE WHEN judged.may THEN array_append(judged.recent, :now) ELSE judged.recent END,
           judged.may,
           excluded.forgotten_at
    FROM (
        SELECT ARRAY(
                   SELECT instant FROM unnest(held.taken) AS instant
                   WHERE instant > :now - (excluded.forgotten_at - :now)
                   ORDER BY instant
               ) AS recent,
               NOT EXISTS (
                   SELECT FROM unnest(:mosts, :spans) AS given(most, seconds)
                   WHERE given.most <= (
                       SELECT count(*) FROM unnest(held.taken) AS instant
                       WHERE instant > :now - make_interval(secs => given.seconds)
                   )
               ) AS may
    ) AS judged
)
RETURNING taken, was_taken
""").bindparams(
        _key,
        _now,
        bindparam("mosts", type_=ARRAY(Integer)),
        bindparam("spans", type_=ARRAY(Integer)),
        bindparam("forgotten_at", type_=DateTime(timezone=True)),
    )
)
_give_back = Query(
    text("""
UPDATE shared_limit
SET taken = taken[1 : array_position(taken, :now) - 1] || taken[array_position(taken, :now) + 1 : ]
WHERE key = :key AND array_position(taken, :now) IS NOT NULL
""").bindparams(_key, _now)
)
_clear = Query(delete(_table).where(_this_one))
_over = select(_table.c.key).where(_table.c.forgotten_at < _now).limit(1000).with_for_update(skip_locked=True)
# A row that somebody holds is left for next time: waiting here with others locked could end in a deadlock.
_purge = Query(delete(_table).where(_table.c.key.in_(_over)))
