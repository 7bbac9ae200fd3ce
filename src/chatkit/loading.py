"""The protocol's library loads with the first request that speaks it, in half a second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from src.assistant.provider_choice import choices
from src.chat.turns import Assistant, ChatTurns
from src.core.background import in_the_background, of_nobody
from src.core.config import Settings
from src.core.database import Database
from src.core.garbage import keep_what_is_loaded

if TYPE_CHECKING:
    from src.chatkit.server import TodoChatKit

log = logging.getLogger(__name__)

LoadedChatKit: TypeAlias = "Callable[[], Awaitable[TodoChatKit]]"
"""The server of the protocol, once it is loaded."""


class ChatKitLoader:
    """Builds the server of the protocol in a thread, once; who asks for it earlier waits."""

    def __init__(self, build: "Callable[[], TodoChatKit]", assistant: Assistant) -> None:
        self._build = build
        self._assistant = assistant
        self._task: asyncio.Task[TodoChatKit] | None = None

    def start(self) -> "asyncio.Task[TodoChatKit]":
        if self._task is None:
            self._task = of_nobody(self._load())
        return self._task

    async def get(self) -> "TodoChatKit":
        return await asyncio.shield(self.start())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _load(self) -> "TodoChatKit":
        try:
            # One import of these libraries after the other: two threads would wait for each other's modules.
            await self._assistant()
            chatkit = await in_the_background(self._build, "chatkit")
        except Exception:
            log.exception("ChatKit could not be loaded; it will not answer")
            raise
        keep_what_is_loaded()
        return chatkit


def build_chatkit(
    settings: Settings, database: Database, turns: ChatTurns, consent: Assistant
) -> "TodoChatKit":
    """The server; `consent` answers the yes or no of a button."""
    from src.chatkit.server import TodoChatKit  # noqa: PLC0415 - loaded when it is needed, in a thread.

    # Where LOG_LEVEL is set the library brings a handler of its own, and every line would come twice.
    logging.getLogger("chatkit").handlers.clear()
    return TodoChatKit(database, turns, _models(settings), consent)


def _models(settings: Settings) -> frozenset[str]:
    """The names by which a user may pick one of the models that answer here."""
    found = choices(settings)
    return frozenset({each.model for each in found} | {f"{each.provider}/{each.model}" for each in found})
