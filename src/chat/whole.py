"""A turn as one answer."""

import asyncio

from starlette.types import Receive

from src.chat.hangup import stop_at_hangup
from src.chat.schemas import ChatResponse
from src.chat.turn import Turn


async def whole_answer(turn: Turn, receive: Receive) -> ChatResponse:
    """Wait for the whole answer; a client that hangs up meanwhile stops the model.

    Raises:
        DomainError: the turn ended without one.
    """
    watching = asyncio.create_task(stop_at_hangup(turn, receive))
    try:
        while await turn.next_events() is not None:
            pass
    finally:
        watching.cancel()
        turn.stop()
    return turn.response()
