"""One question for all who ask it at the same time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from functools import partial
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class Flights(Generic[Key, Answer]):
    """Questions under way: who comes while one is asked waits for its answer, who comes later asks anew."""

    def __init__(self) -> None:
        self._under_way: dict[Key, asyncio.Task[Answer]] = {}

    async def join(self, key: Key, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """The answer to a question, or the error that it ended with, asked only if nobody is asking it."""
        flight = self._under_way.get(key)
        if flight is None:
            flight = self._under_way[key] = asyncio.create_task(ask())
            flight.add_done_callback(partial(self._land, key))
        # Any of those who wait may be cancelled, and the question goes on for the others.
        return await asyncio.shield(flight)

    def _land(self, key: Key, flight: asyncio.Task[Answer]) -> None:
        del self._under_way[key]
        if not flight.cancelled():
            flight.exception()  # It was looked at, even where nobody waits any more.
