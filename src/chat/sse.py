"""A turn as server-sent events: what happens while it happens, and last the whole answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from src.assistant.events import ConfirmationNeeded, TextDelta, ToolCallFinished, ToolCallStarted, TurnEvent
from src.chat.hangup import stop_at_hangup
from src.chat.turn import Turn
from src.core.errors import DomainError
from src.core.http_errors import problem_of

PING_SECONDS = 15.0
EVENT_STREAM = "text/event-stream"
# One event of a stream, as OpenAPI 3.2 describes it and FastAPI does already.
EVENT_SCHEMA = {
    "type": "object",
    "properties": {"data": {"type": "string", "contentMediaType": "application/json"}},
    "required": ["data"],
}
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_PING = b": ping\n\n"


class EventStream(StreamingResponse):
    """The events of a turn; however the connection ends, the model does not work on for nobody."""

    def __init__(self, turn: Turn, request_id: str) -> None:
        super().__init__(lines(turn, request_id), media_type=EVENT_STREAM, headers=STREAM_HEADERS)
        self._turn = turn

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        # Not Starlette's way, which is a group of two tasks and cancels the one that reads the turn.
        watching = asyncio.create_task(stop_at_hangup(self._turn, receive))
        try:
            await self.stream_response(send)
        except OSError as error:
            raise ClientDisconnect from error
        finally:
            watching.cancel()
            self._turn.stop()


async def lines(turn: Turn, request_id: str, *, ping_seconds: float = PING_SECONDS) -> AsyncIterator[bytes]:
    """The lines of the answer; an error is an event too, since the status is long sent.

    Where nothing happens for a while there is a comment: proxies cut silent streams.
    """
    try:
        while (events := await turn.next_events(ping_seconds)) is not None:
            # What happened at once is sent at once; the whole answer stands alone, a retry may ask for it.
            if told := b"".join(_data(body) for event in events if (body := _body(event))):
                yield told
            elif not events:
                yield _PING
    except DomainError as error:
        yield _data(problem_of(error, request_id=request_id) | {"type": "error"})
    else:
        yield _data(turn.response().model_dump(mode="json"))


def _body(event: TurnEvent) -> dict[str, Any] | None:
    if isinstance(event, TextDelta):
        return {"type": "text_delta", "text": event.text}
    if isinstance(event, ToolCallStarted):
        return {
            "type": "tool_call",
            "call_id": event.call_id,
            "tool": event.tool,
            "arguments": event.arguments,
        }
    if isinstance(event, ToolCallFinished):
        used = event.used
        return {
            "type": "tool_result",
            "call_id": used.call_id,
            "tool": used.tool,
            "result": used.result,
            "is_error": used.is_error,
        }
    if isinstance(event, ConfirmationNeeded):
        return {
            "type": "confirmation_needed",
            "question": event.question,
            "calls": [asdict(call) for call in event.calls],
        }
    return None


def _data(body: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(body) + b"\n\n"
