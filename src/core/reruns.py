"""Methods that are one transaction each, run again where PostgreSQL undid it for the sake of others."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from src.core.database import Database
from src.core.outages import rerun_on_conflict

P = ParamSpec("P")
T = TypeVar("T")


class Executing(Protocol):
    """A service that runs its queries by an executor."""

    _executor: Any


S = TypeVar("S", bound=Executing)


def again_on_conflict(
    method: Callable[Concatenate[S, P], Awaitable[T]],
) -> Callable[Concatenate[S, P], Awaitable[T]]:
    """Run a method again after a conflict: nothing of it was committed, for it is one transaction.

    As a part of another transaction it runs once: only the whole can be run again.
    """

    @wraps(method)
    async def run(service: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if not isinstance(service._executor, Database):
            return await method(service, *args, **kwargs)
        return await rerun_on_conflict(lambda: method(service, *args, **kwargs))

    return run
