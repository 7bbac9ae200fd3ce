"""A client that adds next to nothing: bytes out, status and body back, over one kept connection."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how long: the first piece of the body, and all of it."""

    status: int
    body: bytes
    first_byte: float
    seconds: float


class Connection:
    """One connection to a server on this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for the whole answer, of a length that is told or in chunks."""
        started = time.perf_counter()
        status, headers = await self.open(request)
        chunks = self._chunks() if headers.get("transfer-encoding") == "chunked" else self._whole(headers)
        body, first = b"", 0.0
        async for chunk in chunks:
            first = first or time.perf_counter() - started
            body += chunk
        return Answer(status, body, first, time.perf_counter() - started)

    async def open(self, request: bytes) -> tuple[int, dict[str, str]]:
        """Send a request and wait for the head of its answer; the body is left where it is."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *fields = head.rstrip("\r\n").split("\r\n")
        parted = (field.partition(":") for field in fields)
        return int(first.split(" ")[1]), {name.lower(): value.strip() for name, _, value in parted}

    async def first_chunk(self) -> bytes:
        """The first piece of a body that goes on."""
        return await anext(self._chunks())

    async def _whole(self, headers: dict[str, str]) -> AsyncIterator[bytes]:
        yield await self._reader.readexactly(int(headers.get("content-length", "0")))

    async def _chunks(self) -> AsyncIterator[bytes]:
        while size := int(await self._reader.readline(), 16):
            yield (await self._reader.readexactly(size + 2))[:size]
        await self._reader.readline()

    def close(self) -> None:
        self._writer.close()
