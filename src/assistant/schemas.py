"""The schemas of turns, made before the first one: OpenAI's library leaves each to whoever needs it first.

Only those that turns need: all that the library has would take another 15 MB.
"""

from collections.abc import Iterable

from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseCreatedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionToolCall,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseUsage,
)
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails
from pydantic import BaseModel

_OF_TURNS: tuple[type[BaseModel], ...] = (
    ResponseFunctionToolCall,
    ResponseOutputText,
    ResponseOutputMessage,
    InputTokensDetails,
    OutputTokensDetails,
    ResponseUsage,
    ResponseTextDeltaEvent,
    Response,
    ResponseCompletedEvent,
)
_OF_STREAMS: tuple[type[BaseModel], ...] = (
    ChoiceDelta,
    Choice,
    ChatCompletionChunk,
    ResponseCreatedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
)


def complete_schemas_of_turns() -> None:
    """Make what every turn is told with."""
    _complete(_OF_TURNS)


def complete_schemas_of_streams() -> None:
    """Make what the answers of a model elsewhere are read with."""
    _complete(_OF_STREAMS)


def _complete(models: Iterable[type[BaseModel]]) -> None:
    for each in models:
        each.model_rebuild()
