"""The end of the service, as a signal asks for it: what is under way may end by itself, for some seconds."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import FrameType

import uvicorn

GRACE_SECONDS = 7.0
"""What streams get to end by themselves; containers are often killed ten seconds after they were asked."""
SHUTDOWN_SECONDS = 10
"""What is not done by then is cancelled."""


@asynccontextmanager
async def interrupting_at_the_end(
    interrupt: Callable[[], Awaitable[None]], *, grace_seconds: float = GRACE_SECONDS
) -> AsyncIterator[None]:
    """Within, `interrupt` runs some seconds after uvicorn was asked to end.

    uvicorn stops listening and waits for the requests under way, but tells the application only when none is
    left: a stream that goes on would keep it waiting, for ever where its command line sets no limit.
    """
    loop = asyncio.get_running_loop()
    endings: list[asyncio.Task[None]] = []

    async def end() -> None:
        await asyncio.sleep(grace_seconds)
        await interrupt()

    def begin() -> None:
        endings.append(asyncio.create_task(end()))

    previous = _listen(lambda: loop.call_soon_threadsafe(begin))
    try:
        yield
    finally:
        for number, server in previous.items():
            signal.signal(number, server.handle_exit)
        for each in endings:
            each.cancel()
        await asyncio.gather(*endings, return_exceptions=True)


def _listen(tell: Callable[[], object]) -> dict[signal.Signals, uvicorn.Server]:
    """Tell of the signals that end a uvicorn of this thread, and return whom each one ends."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    servers = {number: server for number, handler in handlers.items() if (server := _server_of(handler))}

    def end(number: int, frame: FrameType | None) -> None:
        server = servers[signal.Signals(number)]
        if server.config.timeout_graceful_shutdown is None:
            server.config.timeout_graceful_shutdown = SHUTDOWN_SECONDS
        server.handle_exit(number, frame)
        tell()

    for number in servers:
        signal.signal(number, end)
    return servers


def _server_of(handler: object) -> uvicorn.Server | None:
    """The server that a signal would end; None where another program than uvicorn runs the application."""
    server = getattr(handler, "__self__", None)
    return server if isinstance(server, uvicorn.Server) else None
