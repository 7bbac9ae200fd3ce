"""Reads a model's server-sent events: all that one network read brought at once, as plain JSON.

OpenAI's client hands them on one by one through six generators; what a busy process finds waiting belongs
together.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

import orjson
from httpx2 import Request
from openai import APIConnectionError, APIError

Json: TypeAlias = dict[str, Any]
_DRAIN_SECONDS = 0.1
"""How long a stream may stay open after its last event before the connection is given up."""
_DONE = "done"
_UNTOLD = Request("POST", "")
"""What OpenAI's errors ask for, though nobody reads it."""


class Readable(Protocol):
    """Bytes as they come."""

    async def read(self) -> bytes:
        """What has come by now, as soon as something has; nothing once it has ended."""

    def close(self) -> None:
        """Nobody reads on."""


async def read_json(ask: Callable[[], Awaitable[Readable]]) -> AsyncGenerator[list[Json], None]:
    """The events of an answer up to `[DONE]`, in batches as they came.

    Raises:
        APIConnectionError: the connection broke.
        APIError: the provider refuses, or says in the stream that it failed.
        ValueError: an event is no JSON object.
    """
    answer = await ask()
    del ask  # It holds what was sent, with all tools, and the model may speak for long.
    try:
        events = _Events()
        while received := await answer.read():
            batch: list[Json] = []
            ending = _read(events.feed(received), batch)
            if batch:
                yield batch
            if isinstance(ending, Exception):
                raise ending
            if ending is _DONE:
                await _drained(answer)
                return
            del received, batch  # The model may be silent for long.
    finally:
        answer.close()


async def _drained(answer: Readable) -> None:
    """An answer that is read to its end leaves its connection to the next request."""
    with suppress(TimeoutError, APIConnectionError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while await answer.read():
                pass


def _read(events: Iterable[bytes], batch: list[Json]) -> Exception | str | None:
    """Fill the batch; why it is the last, if it is. What came before a failure is still told."""
    try:
        for data in events:
            if data.startswith(b"[DONE]"):
                return _DONE
            chunk = orjson.loads(data)
            if not isinstance(chunk, dict):
                return ValueError("An event is no JSON object.")
            if error := chunk.get("error"):
                return APIError("The provider failed.", request=_UNTOLD, body=error)
            batch.append(chunk)
    except ValueError as error:
        return error
    return None


class _Events:
    """The data of events, out of bytes that are cut anywhere (WHATWG HTML, section 9.2.6)."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._data: list[bytes] = []

    def feed(self, received: bytes) -> Iterator[bytes]:
        self._rest.append(received)
        # A line of megabytes comes in many reads, and is put together once.
        if b"\n" not in received and b"\r" not in received:
            return
        lines = b"".join(self._rest).splitlines(keepends=True)
        # A carriage return at the end may be half of a line's end.
        self._rest = [] if lines[-1].endswith(b"\n") else [lines.pop()]
        for line in lines:
            name, _, value = line.rstrip(b"\r\n").partition(b":")
            if name == b"data":
                self._data.append(value.removeprefix(b" "))
            elif not name and not value and self._data:
                yield b"\n".join(self._data)
                self._data.clear()
