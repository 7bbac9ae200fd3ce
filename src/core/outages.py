"""What PostgreSQL's failures mean: away, too slow, or undone for another's sake; and what may run again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from src.core.errors import DatabaseUnavailable, InvalidInput

T = TypeVar("T")

_RETRY_AFTER_SECONDS = 2
_AWAY = "The database does not answer. Nothing was lost; try again."
_UNSURE = "The database went away in the middle. Look whether it was done before you try again."
_SLOW = "The database took too long, and nothing was changed; try again."
_BUSY = "Too many others use the database right now, and nothing was changed; try again."
_UNDONE = "Others changed the same at once, and nothing was changed; try again."

_CONFLICTS = ("40001", "40P01")
"""Serialization failure and deadlock: the whole transaction is undone."""
_TIMEOUTS = ("57014", "55P03", "25P03", "25P04")
"""Cancelled, a lock not got in time, a transaction idle or open for too long: undone as well."""
_AWAY_STATES = ("08", "53", "57P", "58", "25006")
"""Connection, resources (a full disk too), shutdown, input and output; read-only is a failover."""
_NEVER_RUN = ("57P01", "57P03", "57P05", "53300")
"""A session that was ended before its statement was committed, and one that was not let in."""
_CONFLICT_RERUNS = 5
_SHORTEST_PAUSE_SECONDS = 0.01


class DatabaseTimeout(DatabaseUnavailable):
    """PostgreSQL took longer than a statement may take, or waited for a lock for as long."""

    code = "database_timeout"


class DatabaseConflict(DatabaseUnavailable):
    """PostgreSQL undid a transaction because of another one; it may be run again as a whole."""

    code = "database_conflict"


class ZoneUnknownToDatabase(InvalidInput):
    """An IANA zone that this PostgreSQL's time zone tables do not have."""

    code = "unknown_timezone"


def is_outage(error: BaseException) -> bool:
    """Whether PostgreSQL is away, rather than unhappy with a statement."""
    if isinstance(error, asyncpg.PostgresError):
        return _state(error).startswith(_AWAY_STATES)
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError | asyncpg.InternalClientError)


def told(error: BaseException, *, is_unsure: bool = False) -> DatabaseUnavailable | InvalidInput | None:
    """The failure as clients are told of it; None where it is a fault of ours.

    `is_unsure` says that a change may have been made although no answer came.
    """
    if isinstance(error, DatabaseUnavailable):
        return error
    if is_conflict(error):
        return DatabaseConflict(_UNDONE, retry_after=1)
    if _state(error) in _TIMEOUTS:
        return DatabaseTimeout(_SLOW, retry_after=_RETRY_AFTER_SECONDS)
    if is_outage(error):
        sentence = _UNSURE if is_unsure and not _was_never_run(error) and is_loss(error) else _AWAY
        return DatabaseUnavailable(sentence, retry_after=_RETRY_AFTER_SECONDS)
    return _unknown_zone(error)


def busy() -> DatabaseTimeout:
    """What whoever got no connection in time is told."""
    return DatabaseTimeout(_BUSY, retry_after=_RETRY_AFTER_SECONDS)


def is_conflict(error: BaseException) -> bool:
    """Whether PostgreSQL undid the transaction so that another one, or a migration, could go on."""
    return _state(error) in _CONFLICTS or isinstance(
        error, DatabaseConflict | asyncpg.InvalidCachedStatementError | asyncpg.OutdatedSchemaCacheError
    )


def is_loss(error: BaseException) -> bool:
    """Whether the connection broke or fell silent, so that others of the pool are suspect, too."""
    if isinstance(error, asyncpg.PostgresError):
        return _state(error).startswith(("08", "57P"))
    return is_outage(error)


def is_demotion(error: BaseException) -> bool:
    """Whether the server only reads by now: after a failover the address may lead to another one."""
    return _state(error) == "25006"


def pause_before_rerun(error: BaseException, attempt: int, *, is_harmless: bool) -> float | None:
    """In how many seconds a statement may be run again after its attempt failed; None for not at all.

    What was undone is run again some times, apart from others who were undone as well. What certainly never
    ran is run again once, at once, and so is what is harmless to run twice, such as a read.
    """
    if is_conflict(error):
        if attempt > _CONFLICT_RERUNS:
            return None
        return _SHORTEST_PAUSE_SECONDS * 2.0**attempt * random.random()  # noqa: S311 - no secret.
    if attempt > 1 or isinstance(error, TimeoutError):
        return None
    return 0.0 if _was_never_run(error) or (is_harmless and is_loss(error)) else None


async def rerun_on_conflict(work: Callable[[], Awaitable[T]]) -> T:
    """Run what is one transaction as a whole, again where PostgreSQL undid it for another's sake.

    Raises:
        DatabaseConflict: it was undone time and again. It may be the cause of the error that is raised.
    """
    return await rerun(work, is_harmless=False, reason=_conflict_behind)


async def rerun(
    work: Callable[[], Awaitable[T]],
    *,
    is_harmless: bool,
    reason: Callable[[BaseException], BaseException] = lambda error: error,
) -> T:
    """Run work, and again as long as `pause_before_rerun` allows; `reason` finds what an error comes from."""
    attempt = 0
    while True:
        attempt += 1
        try:
            return await work()
        except Exception as error:
            pause = pause_before_rerun(reason(error), attempt, is_harmless=is_harmless)
            if pause is None:
                raise
            await asyncio.sleep(pause)


def _conflict_behind(error: BaseException) -> BaseException:
    if isinstance(error, DatabaseConflict) or error.__cause__ is None:
        return error
    return _conflict_behind(error.__cause__)


def _was_never_run(error: BaseException) -> bool:
    """PostgreSQL said so, perhaps as its last words before it hung up, or asyncpg refused to send."""
    if isinstance(error, asyncpg.ConnectionDoesNotExistError) and error.__cause__ is not None:
        return _state(error.__cause__) in _NEVER_RUN
    if isinstance(error, asyncpg.InterfaceError):
        return "connection is closed" in str(error)
    return _state(error) in _NEVER_RUN


def _unknown_zone(error: BaseException) -> ZoneUnknownToDatabase | None:
    if _state(error) != "22023" or not str(error).startswith("time zone "):
        return None
    return ZoneUnknownToDatabase("timezone", f"The database does not know this zone: {error}.")


def _state(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")
