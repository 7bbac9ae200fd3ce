"""What the local model decided, in the Responses form that the Agents SDK reads: whole and as a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseStreamEvent,
)

from src.assistant.responses import completed, message, text_delta

_PIECE = 200
"""Characters of one text delta: the whole answer is there at once, and each piece costs its way out."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model wants called."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the model does next: calls tools, or says something."""

    calls: tuple[Call, ...] = ()
    text: str = ""


def output_items(decision: Decision) -> list[ResponseOutputMessage | ResponseFunctionToolCall]:
    """The decision as output items, every one with an id of its own."""
    if decision.calls:
        return [_call_item(call) for call in decision.calls]
    return [message(decision.text, item_id=_new_id("msg"))]


def _call_item(call: Call) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        id=_new_id("fc"),
        type="function_call",
        status="completed",
        call_id=_new_id("call"),
        name=call.tool,
        arguments=orjson.dumps(call.arguments).decode(),
    )


def _new_id(kind: str) -> str:
    return f"{kind}_{uuid4().hex}"


def stream_events(
    items: list[ResponseOutputMessage | ResponseFunctionToolCall], response_id: str
) -> Iterator[ResponseStreamEvent]:
    """The pieces of the text, and the end with all items."""
    for item in items:
        if isinstance(item, ResponseOutputMessage):
            yield from map(text_delta, _pieces(item))
    yield completed(items, response_id=response_id)


def _pieces(item: ResponseOutputMessage) -> Iterator[str]:
    for part in item.content:
        if isinstance(part, ResponseOutputText):
            for start in range(0, len(part.text), _PIECE):
                yield part.text[start : start + _PIECE]
