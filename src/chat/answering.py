"""A message answered in the form that the client asks for: as one object, or as events."""

from fastapi import Request
from starlette.responses import Response

from src.auth.context import Caller
from src.chat.schemas import ChatRequest, ChatResponse
from src.chat.sse import EVENT_STREAM, EventStream
from src.chat.turn import Turn
from src.chat.turns import Assistant, ChatTurns
from src.chat.whole import whole_answer
from src.core.http_errors import request_id_of
from src.core.quota import tell


class Answering:
    """Answers messages, whichever door they came in by."""

    def __init__(self, turns: ChatTurns, assistant: Assistant, *, streams: bool) -> None:
        self._turns = turns
        self._assistant = assistant
        self._streams = streams

    async def answer(self, caller: Caller, message: ChatRequest, request: Request) -> Response | ChatResponse:
        turn = await self._turns.begin(caller, message, self._assistant)
        tell_quota(turn, request)
        if self._streams:
            return EventStream(turn, request_id_of(request))
        return await whole_answer(turn, request.receive)


def tell_quota(turn: Turn, request: Request) -> None:
    """Let the answer say how many messages are left."""
    if turn.admission is not None and turn.admission.quota is not None:
        tell(request.scope, turn.admission.quota)


def wants_stream(request: Request, asked: bool | None, by_default: bool) -> bool:
    """Whether a client reads events: it says so in the query, else in `Accept`; else by the settings."""
    accept = request.headers.get("accept", "")
    if asked is not None:
        return asked
    return EVENT_STREAM in accept or (by_default and "application/json" not in accept)
