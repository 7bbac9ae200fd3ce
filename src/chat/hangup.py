"""Clients that hang up."""

from starlette.types import Receive

from src.chat.turn import Turn


async def stop_at_hangup(turn: Turn, receive: Receive) -> None:
    """Stop the model when nobody is left to read the answer; what was said by then is kept."""
    while (await receive())["type"] != "http.disconnect":
        pass
    turn.stop()
