"""What the local model decided, in the Responses form that the Agents SDK reads: whole and as a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import orjson
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseFunctionToolCall,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseStreamEvent,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)

_PIECE = 24
"""Characters of one text delta, about what a hosted model sends."""


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
    part = ResponseOutputText(type="output_text", text=decision.text, annotations=[])
    return [
        ResponseOutputMessage(
            id=_new_id("msg"), type="message", role="assistant", status="completed", content=[part]
        )
    ]


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
    """The least sequence of events from which the SDK builds the same items."""
    numbers = count()
    yield ResponseCreatedEvent(
        type="response.created", response=_response(response_id, []), sequence_number=next(numbers)
    )
    for index, item in enumerate(items):
        yield from _item_events(item, index, numbers)
    yield ResponseCompletedEvent(
        type="response.completed", response=_response(response_id, items), sequence_number=next(numbers)
    )


def _response(response_id: str, items: list[ResponseOutputMessage | ResponseFunctionToolCall]) -> Response:
    return Response(
        id=response_id,
        created_at=0,
        model="local",
        object="response",
        output=list(items),
        parallel_tool_calls=True,
        tool_choice="auto",
        tools=[],
    )


def _item_events(
    item: ResponseOutputMessage | ResponseFunctionToolCall, index: int, numbers: "count[int]"
) -> Iterator[ResponseStreamEvent]:
    yield ResponseOutputItemAddedEvent(
        type="response.output_item.added",
        item=_empty(item),
        output_index=index,
        sequence_number=next(numbers),
    )
    if isinstance(item, ResponseFunctionToolCall):
        yield from _argument_events(item, index, numbers)
    else:
        yield from _text_events(item, index, numbers)
    yield ResponseOutputItemDoneEvent(
        type="response.output_item.done", item=item, output_index=index, sequence_number=next(numbers)
    )


def _empty(
    item: ResponseOutputMessage | ResponseFunctionToolCall,
) -> ResponseOutputMessage | ResponseFunctionToolCall:
    if isinstance(item, ResponseFunctionToolCall):
        return item.model_copy(update={"arguments": "", "status": "in_progress"})
    return item.model_copy(update={"content": [], "status": "in_progress"})


def _argument_events(
    item: ResponseFunctionToolCall, index: int, numbers: "count[int]"
) -> Iterator[ResponseStreamEvent]:
    yield ResponseFunctionCallArgumentsDeltaEvent(
        type="response.function_call_arguments.delta",
        delta=item.arguments,
        item_id=item.id or "",
        output_index=index,
        sequence_number=next(numbers),
    )
    yield ResponseFunctionCallArgumentsDoneEvent(
        type="response.function_call_arguments.done",
        arguments=item.arguments,
        name=item.name,
        item_id=item.id or "",
        output_index=index,
        sequence_number=next(numbers),
    )


def _text_events(
    item: ResponseOutputMessage, index: int, numbers: "count[int]"
) -> Iterator[ResponseStreamEvent]:
    part = item.content[0]
    text = part.text if isinstance(part, ResponseOutputText) else ""
    place = {"item_id": item.id, "output_index": index, "content_index": 0}
    empty = ResponseOutputText(type="output_text", text="", annotations=[])
    yield ResponseContentPartAddedEvent(
        type="response.content_part.added", part=empty, sequence_number=next(numbers), **place
    )
    for start in range(0, len(text), _PIECE):
        yield ResponseTextDeltaEvent(
            type="response.output_text.delta",
            delta=text[start : start + _PIECE],
            logprobs=[],
            sequence_number=next(numbers),
            **place,
        )
    yield ResponseTextDoneEvent(
        type="response.output_text.done", text=text, logprobs=[], sequence_number=next(numbers), **place
    )
    yield ResponseContentPartDoneEvent(
        type="response.content_part.done", part=part, sequence_number=next(numbers), **place
    )
