"""A turn's events as ChatKit tells them, under the ids by which things are stored."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)

from chatkit.errors import CustomStreamError
from src.assistant.events import TextDelta, ToolCallStarted, TurnEvent
from src.chat.sse import PING_SECONDS
from src.chat.turn import Turn
from src.chatkit.progress import progress_of
from src.core.errors import DomainError, ErrorKind

_WORTH_A_RETRY = frozenset(
    {ErrorKind.MODEL_UNAVAILABLE, ErrorKind.UNAVAILABLE, ErrorKind.INTERNAL, ErrorKind.CONFLICT}
)


class Silence(ProgressUpdateEvent):
    """Nothing happened for a while; on the line it becomes a comment, since proxies cut silent streams."""

    text: str = ""


async def told(
    turn: Turn, now: datetime, *, ping_seconds: float = PING_SECONDS
) -> AsyncIterator[ThreadStreamEvent]:
    """The events of a turn's answer as they happen.

    Raises:
        DomainError: the turn ended without a whole answer; what was said is told as done before.
    """
    speech, failure = _Speech(turn, now), None
    try:
        while (events := await turn.next_events(ping_seconds)) is not None:
            for each in chain.from_iterable(map(speech.take_in, events)) if events else (Silence(),):
                yield each
    except DomainError as error:
        failure = error
    for last in speech.end():
        yield last
    if failure is not None:
        raise failure


def stream_error(error: DomainError) -> CustomStreamError:
    return CustomStreamError(error.message, allow_retry=error.kind in _WORTH_A_RETRY)


class _Speech:
    """The assistant's message while it grows."""

    def __init__(self, turn: Turn, now: datetime) -> None:
        self._turn = turn
        self._now = now
        self._has_begun = False

    def take_in(self, event: TurnEvent) -> Iterator[ThreadStreamEvent]:
        if isinstance(event, ToolCallStarted):
            yield progress_of(event.tool)
        elif isinstance(event, TextDelta) and event.text:
            if not self._has_begun:
                yield from self._begin()
            yield self._updated(AssistantMessageContentPartTextDelta(content_index=0, delta=event.text))

    def _begin(self) -> Iterator[ThreadStreamEvent]:
        self._has_begun = True
        item = AssistantMessageItem(
            id=self._turn.answer_id,
            thread_id=str(self._turn.conversation_id),
            created_at=self._now,
            content=[],
        )
        yield ThreadItemAddedEvent(item=item)
        empty = AssistantMessageContent(text="")
        yield self._updated(AssistantMessageContentPartAdded(content_index=0, content=empty))

    def end(self) -> Iterator[ThreadStreamEvent]:
        """The message as it is stored; what could not be stored is taken back."""
        answer = self._turn.answer
        if answer is None:
            if self._has_begun:
                yield ThreadItemRemovedEvent(item_id=self._turn.answer_id)
            return
        item = AssistantMessageItem.model_validate(answer.stored_in(self._turn.conversation_id))
        if self._has_begun:
            yield self._updated(AssistantMessageContentPartDone(content_index=0, content=item.content[0]))
        yield ThreadItemDoneEvent(item=item)

    def _updated(self, update: Any) -> ThreadItemUpdatedEvent:
        return ThreadItemUpdatedEvent(item_id=self._turn.answer_id, update=update)
