"""What belongs to one ChatKit request."""

from dataclasses import dataclass
from datetime import datetime

from src.auth.context import Caller
from src.chat.turn import Turn
from src.chat.turns import Assistant
from src.chatkit.links import FileLinks


@dataclass(slots=True)
class ChatKitContext:
    """For whom a request is answered, when, and in which turn."""

    caller: Caller
    now: datetime
    assistant: Assistant
    links: FileLinks
    turn: Turn | None = None
    """The turn that holds the thread, where the request leads to an answer."""

    @property
    def held_turn(self) -> Turn:
        assert self.turn is not None  # noqa: S101 - every request that leads to an answer was prepared.
        return self.turn
