"""A turn as one answer."""

import asyncio

from starlette.types import Receive

from src.chat.schemas import ChatResponse
from src.chat.turn import Turn


async def whole_answer(turn: Turn, receive: Receive) -> ChatResponse:
    """Wait for the whole answer; a client that hangs up meanwhile stops the model.

    Raises:
        DomainError: the turn ended without one.
    """
    watching = asyncio.create_task(_stop_at_hangup(turn, receive))
    try:
        while await turn.next_event() is not None:
            pass
    finally:
        watching.cancel()
        turn.stop()
    return turn.response()


async def _stop_at_hangup(turn: Turn, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    turn.stop()
