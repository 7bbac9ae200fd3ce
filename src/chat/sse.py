"""A turn as server-sent events: what happens while it happens, and last the whole answer."""

import asyncio
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
_RAW_HEADERS = [
    (b"content-type", f"{EVENT_STREAM}; charset=utf-8".encode()),
    *((name.lower().encode(), value.encode()) for name, value in STREAM_HEADERS.items()),
]


class EventStream(StreamingResponse):
    """What happens in a turn; however the connection ends, the model does not work on for nobody.

    An error is an event too, since the status is long sent. Where nothing happens for a while there is a
    comment: proxies cut silent streams.
    """

    def __init__(self, turn: Turn, request_id: str) -> None:
        # Not by the class above: it takes an iterator, through which every piece would go.
        self.status_code, self.background, self.raw_headers = 200, None, _RAW_HEADERS.copy()
        self._turn = turn
        self._request_id = request_id

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        # Not Starlette's way, which is a group of two tasks and cancels the one that reads the turn.
        watching = asyncio.create_task(stop_at_hangup(self._turn, receive))
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            is_over = False
            while not is_over:
                told, is_over = await self._next()
                if told:
                    await send({"type": "http.response.body", "body": told, "more_body": not is_over})
        except OSError as error:
            raise ClientDisconnect from error
        finally:
            watching.cancel()
            self._turn.stop()

    async def _next(self) -> tuple[bytes, bool]:
        """The lines of what happened at once, and whether they are the last: the whole answer, or the error.

        That stands alone: a retry may ask for it.
        """
        try:
            events = await self._turn.next_events(PING_SECONDS)
        except DomainError as error:
            return _data(problem_of(error, request_id=self._request_id) | {"type": "error"}), True
        if events is None:
            return _data(self._turn.response().model_dump(mode="json")), True
        told = b"".join(_data(body) for event in events if (body := _body(event)))
        return told if events else _PING, False


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
