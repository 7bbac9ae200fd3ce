"""So many at once and the others in a queue: first come, first served, and nobody waits for ever."""

import asyncio
from collections import deque

from src.core.outages import busy


class Turns:
    """A semaphore whose waiters share one clock: all are as patient, so who came first gives up first.

    A time limit for each would cost more than the wait mostly takes.
    """

    def __init__(self, count: int, *, patience: float) -> None:
        """Let `count` in at once; who waited `patience` seconds is told that all are busy."""
        self._free = count
        self._patience = patience
        self._queue: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._clock: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        return sum(not turn.done() for _, turn in self._queue)

    async def take(self) -> None:
        """Wait for a turn.

        Raises:
            DatabaseBusy: none came in time.
        """
        if self._free:
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        until = loop.time() + self._patience
        self._queue.append((until, turn))
        if self._clock is None:
            self._clock = loop.call_at(until, self._give_up)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give_back()  # It came in the very moment in which nobody wanted it any more.
            raise

    def give_back(self) -> None:
        """Let the next one in."""
        while self._queue:
            _, turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _give_up(self) -> None:
        """Send those away whose patience is over, and look again when the next one's is."""
        self._clock = None
        loop = asyncio.get_running_loop()
        while self._queue:
            until, turn = self._queue[0]
            if until > loop.time() and not turn.done():
                self._clock = loop.call_at(until, self._give_up)
                return
            self._queue.popleft()
            if not turn.done():
                turn.set_exception(busy())
