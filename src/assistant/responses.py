"""A model's answer in the Responses form of the Agents SDK, by the two kinds of event that a turn reads.

OpenAI's classes check what they are given in 2 us; their `model_construct`, which does not, takes 30.
"""

from collections.abc import Sequence

from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputItem,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseUsage,
)
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails


def text_delta(text: str) -> ResponseTextDeltaEvent:
    """A piece of the answer."""
    return ResponseTextDeltaEvent(
        type="response.output_text.delta",
        delta=text,
        content_index=0,
        item_id="",
        output_index=0,
        sequence_number=0,
        logprobs=[],
    )


def completed(
    output: Sequence[ResponseOutputItem], *, response_id: str, usage: ResponseUsage | None = None
) -> ResponseCompletedEvent:
    """The end of an answer, with all that came of it."""
    response = Response(
        id=response_id,
        created_at=0,
        model="",
        object="response",
        output=list(output),
        usage=usage,
        parallel_tool_calls=True,
        tool_choice="auto",
        tools=[],
    )
    return ResponseCompletedEvent(type="response.completed", sequence_number=0, response=response)


def message(text: str, *, item_id: str) -> ResponseOutputMessage:
    part = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(
        id=item_id, type="message", role="assistant", status="completed", content=[part]
    )


def usage_of(input_tokens: int, output_tokens: int) -> ResponseUsage:
    """The tokens of one request."""
    return ResponseUsage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        total_tokens=input_tokens + output_tokens,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
    )


_NOTHING = message("", item_id="nothing")
SAID_NOTHING = completed([_NOTHING], response_id="nothing")
"""The end of an answer of which nothing came."""


def is_nothing(item: object) -> bool:
    return isinstance(item, ResponseOutputMessage) and item.id == _NOTHING.id


def calls_in(response: Response) -> list[ResponseFunctionToolCall]:
    return [item for item in response.output if isinstance(item, ResponseFunctionToolCall)]


def is_plain_text(response: Response) -> bool:
    """Whether all of an answer is text, and nothing is left to do."""
    return all(
        isinstance(item, ResponseOutputMessage)
        and all(isinstance(part, ResponseOutputText) for part in item.content)
        for item in response.output
    )
