"""The application behind a real server, and requests as bytes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

PATIENCE_SECONDS = 10


@asynccontextmanager
async def served(app: ASGIApp, *, http: type[asyncio.Protocol] | str = "auto") -> AsyncIterator[int]:
    """The port on loopback where a server runs the application."""
    config = uvicorn.Config(
        app,
        http=http,
        lifespan="off",
        log_config=None,
        ws="none",
        timeout_keep_alive=1,
    )
    server = uvicorn.Server(config)
    # The protocol is named: only then asyncio sends small answers at once, 40 ms sooner.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # Whoever connects before the server has started waits.
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def answer_to(port: int, *pieces: bytes) -> bytes:
    """All that a server says to some bytes until it hangs up; it does so when idle for a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _exchange(reader, writer, pieces)
    finally:
        writer.close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces: tuple[bytes, ...]
) -> bytes:
    answer = asyncio.ensure_future(_all_of(reader))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass  # It was refused before it was all sent.
    return await answer


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    received = b""
    try:
        while piece := await reader.read(65536):
            received += piece
    except ConnectionError:
        pass  # It hung up with some of the request unread.
    return received
