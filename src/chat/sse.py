"""A turn as server-sent events: what happens while it happens, and last the whole answer."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import orjson

from src.assistant.events import TextDelta, ToolCallFinished, ToolCallStarted, TurnEvent
from src.chat.turns import ChatTurns, Turn
from src.core.errors import DomainError, ErrorKind
from src.core.http_errors import problem, problem_of

log = logging.getLogger(__name__)
_PING_SECONDS = 15.0

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(turns: ChatTurns, turn: Turn, request_id: str) -> AsyncIterator[bytes]:
    """The lines of the answer; an error is an event too, since the status is long sent."""
    async with aclosing(_with_pings(turns.events(turn))) as lines:
        try:
            async for line in lines:
                yield line
        except DomainError as error:
            yield _data({"type": "error"} | problem_of(error, request_id=request_id))
            return
        except Exception:
            log.exception("a streamed turn failed")
            message = "Something went wrong on our side. Your message is kept."
            yield _data(
                {"type": "error"}
                | problem(ErrorKind.INTERNAL, "internal_error", message, request_id=request_id)
            )
            return
    yield _data(turn.response().model_dump(mode="json"))


async def _with_pings(events: AsyncIterator[TurnEvent]) -> AsyncGenerator[bytes, None]:
    """The events as lines, with a comment where nothing happens for a while: proxies cut silent streams."""
    iterator = aiter(events)
    upcoming = asyncio.ensure_future(_next_or_none(iterator))
    try:
        while True:
            done, _ = await asyncio.wait([upcoming], timeout=_PING_SECONDS)
            if not done:
                yield b": ping\n\n"
                continue
            event = upcoming.result()
            if event is None:
                return
            if (body := _body(event)) is not None:
                yield _data(body)
            upcoming = asyncio.ensure_future(_next_or_none(iterator))
    finally:
        upcoming.cancel()


async def _next_or_none(iterator: AsyncIterator[TurnEvent]) -> TurnEvent | None:
    return await anext(iterator, None)


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
    return None


def _data(body: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(body) + b"\n\n"
