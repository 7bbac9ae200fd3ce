"""The assistant loads behind the start of the service, or for whoever needs it first: in seconds."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from src.core.background import in_the_background, of_nobody
from src.core.garbage import keep_what_is_loaded

if TYPE_CHECKING:
    from src.assistant.agent import Assistant

log = logging.getLogger(__name__)


class AssistantLoader:
    """Builds the assistant in a thread, once; who asks for it earlier waits."""

    def __init__(self, build: "Callable[[], Assistant]", local_time: datetime) -> None:
        self._build = build
        self._local_time = local_time
        self._task: asyncio.Task[Assistant] | None = None

    def start(self) -> "asyncio.Task[Assistant]":
        if self._task is None:
            self._task = of_nobody(self._load())
        return self._task

    async def get(self) -> "Assistant":
        return await asyncio.shield(self.start())

    async def close(self) -> None:
        if self._task is None:
            return
        if not self._task.done():
            self._task.cancel()
        elif self._task.exception() is None:
            await self._task.result().close()

    async def _load(self) -> "Assistant":
        try:
            assistant = await in_the_background(self._built, "assistant")
        except Exception:
            log.exception("the assistant could not be loaded; chat will not answer")
            raise
        keep_what_is_loaded()
        return assistant

    def _built(self) -> "Assistant":
        """All that takes long happens here, in a thread: requests of others go on meanwhile."""
        assistant = self._build()
        asyncio.run(assistant.warm_up(self._local_time))
        return assistant
