"""Reads the stream of a Chat Completions answer: plain text here, whatever is more by the Agents SDK.

The SDK builds a dozen checked objects for each chunk. Most answers are text from the first chunk to the last,
of which a turn reads the pieces and the end.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import cast

from agents.items import TResponseStreamEvent
from agents.models.chatcmpl_stream_handler import ChatCmplStreamHandler
from agents.models.fake_id import FAKE_RESPONSES_ID
from openai import AsyncStream
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import Response, ResponseTextDeltaEvent
from pydantic import ValidationError

from src.assistant.event_stream import Json
from src.assistant.repairs import with_distinct_calls
from src.assistant.responses import completed, message, text_delta, usage_of

_PLAIN = frozenset({"role", "content"})
_ENDINGS = (None, "stop")


async def read_answer(
    batches: AsyncGenerator[list[Json], None], *, model: str, must_be_ended: bool
) -> AsyncGenerator[TResponseStreamEvent, None]:
    """The events of an answer, from the chunks as they came over the wire; what came together is one piece.

    `must_be_ended` says whether an answer without a reason for its end is broken off.

    Raises:
        AgentsException: the answer cannot be used.
    """
    text = _PlainText()
    more: list[Json] = []
    async with aclosing(batches):
        async for batch in batches:
            piece, more = text.take(batch)
            if piece:
                yield text_delta(piece)
            if more:
                break
            del batch
        if text.is_whole and not more:
            yield text.end()
            return
        is_told = not text.pieces
        async for event in _read_by_sdk([*text.as_chunks(), *more], batches, model, must_be_ended):
            if is_told or not isinstance(event, ResponseTextDeltaEvent):
                yield event
            else:
                is_told = True


def _read_by_sdk(
    before: list[Json], batches: AsyncIterator[list[Json]], model: str, must_be_ended: bool
) -> AsyncIterator[TResponseStreamEvent]:
    chunks = with_distinct_calls(_typed(before, batches))
    return ChatCmplStreamHandler.handle_stream(
        _blank(model),
        cast(AsyncStream[ChatCompletionChunk], chunks),
        model=model,
        raise_on_length_truncation=True,
        require_finish_reason=must_be_ended,
    )


@dataclass(slots=True)
class _PlainText:
    """What an answer begins with, up to the first chunk that brings more than text, its end and its usage."""

    pieces: list[str] = field(default_factory=list)
    ending: str | None = None
    usage: Json | None = None

    @property
    def is_whole(self) -> bool:
        return self.ending is not None and bool(self.pieces)

    def take(self, batch: list[Json]) -> tuple[str, list[Json]]:
        """The text of the chunks, and those of them that begin with more than can be told here."""
        told = len(self.pieces)
        more = list(dropwhile(self._takes, batch))
        return "".join(self.pieces[told:]), more

    def _takes(self, chunk: Json) -> bool:
        choices = chunk.get("choices") or ()
        if len(choices) > 1 or not all(_is_plain(choice) for choice in choices):
            return False
        self.usage = chunk.get("usage") or self.usage
        for choice in choices:
            self.ending = choice.get("finish_reason") or self.ending
            if piece := (choice.get("delta") or {}).get("content"):
                self.pieces.append(piece)
        return True

    def end(self) -> TResponseStreamEvent:
        usage = self.usage or {}
        spent = usage_of(usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
        said = message("".join(self.pieces), item_id=FAKE_RESPONSES_ID)
        return completed([said], response_id=FAKE_RESPONSES_ID, usage=spent)

    def as_chunks(self) -> list[Json]:
        """All of it in one chunk, for whoever reads on."""
        if not (self.pieces or self.ending or self.usage):
            return []
        delta = {"role": "assistant", "content": "".join(self.pieces)}
        choice = {"index": 0, "delta": delta, "finish_reason": self.ending}
        return [{"choices": [choice], "usage": self.usage}]


def _is_plain(choice: Json) -> bool:
    delta = choice.get("delta") or {}
    return (
        not choice.get("index")
        and not choice.get("logprobs")
        and choice.get("finish_reason") in _ENDINGS
        and isinstance(delta.get("content") or "", str)
        and all(name in _PLAIN or not value for name, value in delta.items())
    )


async def _typed(
    before: list[Json], batches: AsyncIterator[list[Json]]
) -> AsyncIterator[ChatCompletionChunk]:
    for chunk in before:
        yield _chunk(chunk)
    async for batch in batches:
        for chunk in batch:
            yield _chunk(chunk)


def _chunk(given: Json) -> ChatCompletionChunk:
    """A chunk as it should be, or, in twenty times the time, with whatever its provider left out."""
    try:
        return ChatCompletionChunk.model_validate(given)
    except ValidationError:
        return ChatCompletionChunk.construct(**given)


def _blank(model: str) -> Response:
    """The response that the SDK fills."""
    return Response(
        id=FAKE_RESPONSES_ID,
        created_at=0,
        model=model,
        object="response",
        output=[],
        tool_choice="auto",
        tools=[],
        parallel_tool_calls=False,
    )
