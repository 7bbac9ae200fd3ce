"""What happened in a turn, kept until its one reader comes for it."""

import asyncio

from src.assistant.events import TurnEvent


class Mailbox:
    """Events in their order; whoever reads gets all that have come together at once."""

    __slots__ = ("_events", "_is_closed", "_reader")

    def __init__(self) -> None:
        self._events: list[TurnEvent] = []
        self._is_closed = False
        self._reader: asyncio.Future[None] | None = None

    def put(self, event: TurnEvent) -> None:
        self._events.append(event)
        self._wake_reader()

    def close(self) -> None:
        """Let the reader know that nothing more comes."""
        self._is_closed = True
        self._wake_reader()

    async def take(self, patience: float | None) -> list[TurnEvent] | None:
        """What has come since, once something has, or None when nothing more does.

        After so many seconds in which nothing came, that is nothing.
        """
        if not self._events and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._reader = loop.create_future()
            # Not `asyncio.timeout`, which costs more than all the rest that is done for an event.
            alarm = None if patience is None else loop.call_later(patience, self._wake_reader)
            try:
                await self._reader
            finally:
                self._reader = None
                if alarm is not None:
                    alarm.cancel()
        if not self._events and self._is_closed:
            return None
        events, self._events = self._events, []
        return events

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
