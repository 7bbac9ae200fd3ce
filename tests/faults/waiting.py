"""Waiting for what will be so, for some time and no longer."""

import asyncio
import time
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.02


def until(condition: Callable[[], object], told: str) -> None:
    """Wait until something is so, in a process or thread that may block."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"It never came that {told}"
        time.sleep(_POLL_SECONDS)


async def awaited(condition: Callable[[], Awaitable[object]], told: str) -> None:
    """The same where nothing may block."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await condition():
        assert time.monotonic() < deadline, f"It never came that {told}"
        await asyncio.sleep(_POLL_SECONDS)
