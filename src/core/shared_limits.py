"""Limits on how often something may be done, kept in PostgreSQL and so the same for every process.

A limit is a sliding window, exact to the moment: `Limit(5, 900)` lets five through in any 900 seconds. The
row of a key is locked by the statement that takes from it, so of any number who ask at once no more than
the limit get through. `now` comes from the asking process, whose clocks must agree to within what matters.
"""

import hashlib
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from src.core.database import Database, Executor, Row
from src.core.errors import DomainError, ErrorKind
from src.core.shared_limit_statements import CLEAR, GIVE_BACK, PURGE, TAKE_ALONE

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


@dataclass(frozen=True, slots=True)
class Take:
    """One of each limit of a key, taken by `TAKE_ALONE` or by a statement that has `TAKE` in it."""

    key: str
    limits: tuple[Limit, ...]
    at: datetime

    def parameters(self) -> dict[str, Any]:
        longest = max(limit.seconds for limit in self.limits)
        return {
            "limit_key": self.key,
            "taken_at": self.at,
            "mosts": [limit.most for limit in self.limits],
            "spans": [limit.seconds for limit in self.limits],
            "forgotten_at": self.at + timedelta(seconds=longest),
        }

    def allowance(self, row: Row) -> Allowance:
        """What is left, by what `TAKE` returned.

        Raises:
            RateLimitExceeded: one of the limits is used up; it says when there is more.
        """
        if not row["was_taken"]:
            raise RateLimitExceeded(refusal_of(row["taken"], self.limits, self.at), limits=self.limits)
        return allowance_of(row["taken"], self.limits, self.at)


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
        await self.purge_sometimes(now)
        take = Take(key, tuple(limits), now)
        return take.allowance(await self.taken(take))

    async def taken(self, take: Take) -> Row:
        """What `TAKE` returns for a take."""
        return await _taken(self._database, take)

    async def take_all(self, limits_of: Mapping[str, Sequence[Limit]], now: datetime) -> None:
        """Take one of each limit of each key, or none of any; raises as `take` does."""
        await self.purge_sometimes(now)
        async with self._database.transaction() as transaction:
            # Everybody locks rows in the order of their keys, so nobody waits for one who waits for them.
            for key in sorted(limits_of):
                take = Take(key, tuple(limits_of[key]), now)
                take.allowance(await _taken(transaction, take))

    async def give_back(self, key: str, now: datetime) -> None:
        """Undo one take of this instant."""
        await self._database.fetch_all(GIVE_BACK, key=key, now=now)

    async def clear(self, key: str) -> None:
        """Forget all that was taken."""
        await self._database.fetch_all(CLEAR, key=key)

    async def purge_sometimes(self, now: datetime) -> None:
        """To be called before each take."""
        self._takes += 1
        if self._takes % PURGED_EVERY == 0:
            await self._database.fetch_all(PURGE, now=now)


async def _taken(executor: Executor, take: Take) -> Row:
    row = await executor.fetch_one(TAKE_ALONE, **take.parameters())
    assert row is not None  # noqa: S101 - with a key there always is a row.
    return row


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
    inside = instants[bisect_right(instants, now - window) :]
    remaining = max(limit.most - len(inside), 0)
    # With more inside than are let through (the limit was lowered), the oldest leaving makes no room yet.
    leaving = inside[max(len(inside) - limit.most, 0)] + window - now if inside else timedelta(0)
    return Allowance(limit, remaining, math.ceil(leaving.total_seconds()))


def _words(seconds: int) -> str:
    size, unit = next(each for each in _UNITS if seconds % each[0] == 0)
    return f"{seconds // size} {unit}s" if seconds > size else f"1 {unit}"


_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))
