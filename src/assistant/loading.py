"""The assistant loads behind the start of the service: its libraries take seconds to import."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from src.assistant.agent import Assistant

log = logging.getLogger(__name__)


class AssistantLoader:
    """Builds the assistant in a thread, once; who asks for it earlier waits."""

    def __init__(self, build: "Callable[[], Assistant]", local_time: datetime) -> None:
        self._build = build
        self._local_time = local_time
        self._task: asyncio.Task[Assistant] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._load())

    async def get(self) -> "Assistant":
        assert self._task is not None  # noqa: S101 - started in the lifespan.
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        if self._task is None:
            return
        if not self._task.done():
            self._task.cancel()
        elif self._task.exception() is None:
            await self._task.result().close()

    async def _load(self) -> "Assistant":
        try:
            assistant = await asyncio.to_thread(self._build)
            await assistant.warm_up(self._local_time)
        except Exception:
            log.exception("the assistant could not be loaded; chat will not answer")
            raise
        return assistant
