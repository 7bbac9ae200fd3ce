"""One turn under way: what it belongs to, what it has brought so far, and how it ended."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from src.assistant.events import (
    ConfirmationNeeded,
    TextDelta,
    ToolCallFinished,
    ToolCallStarted,
    ToolUsed,
    TurnEvent,
    TurnFinished,
)
from src.auth.context import Caller
from src.chat.items import NewItem, message_id, tool_call
from src.chat.limits import Admission
from src.chat.mailbox import Mailbox
from src.chat.schemas import ChatResponse, ToolCall
from src.chat.turn_repository import Opening
from src.core.errors import DomainError, ErrorKind

ANSWERED = "answered"
CANCELLED = "cancelled"
_UNKNOWN_RESULT = "This call was interrupted; whether it was done is not known."


class TurnTimedOut(DomainError):
    """The answer took longer than a turn may take."""

    kind = ErrorKind.MODEL_UNAVAILABLE
    code = "turn_timed_out"


class TurnInterrupted(DomainError):
    """The answer was stopped, by the client or because the service stops."""

    kind = ErrorKind.UNAVAILABLE
    code = "turn_interrupted"


class AnswerFailed(DomainError):
    """A fault of ours ended the answer."""

    kind = ErrorKind.INTERNAL
    code = "internal_error"


class Work:
    """What a task does within, which is all that `stop` cancels, and nothing that it does later."""

    __slots__ = ("_task", "_was_stopped")

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None
        self._was_stopped = False

    def __enter__(self) -> None:
        """Begin.

        Raises:
            CancelledError: it was stopped, before or meanwhile.
        """
        if self._was_stopped:
            raise asyncio.CancelledError
        self._task = asyncio.current_task()

    def __exit__(self, *_: object) -> None:
        task, self._task = self._task, None
        while task is not None and task.uncancel():
            pass

    def stop(self) -> None:
        self._was_stopped = True
        if self._task is not None:
            self._task.cancel()


@dataclass(slots=True)
class Turn:
    """A message and what becomes of it; the events wait here for whoever reads them."""

    caller: Caller
    conversation_id: int
    message: str
    started_at: datetime
    is_new: bool = False
    """Whether the conversation begins with this turn."""
    model: str | None = None
    """The model the user picked; the service's own choice where it is None."""
    id: UUID = field(default_factory=uuid4)
    answer_id: str = field(default_factory=message_id)
    answer: NewItem | None = None
    """The answer as it is stored."""
    admission: Admission | None = None
    opening: Opening | None = None
    """What it found in the database, until the model is given that."""
    was_started: bool = False
    was_left: bool = False
    text: str = ""
    tool_calls: list[ToolUsed] = field(default_factory=list)
    awaited: ConfirmationNeeded | None = None
    """What the answer left undone until the user says yes."""
    finished: TurnFinished | None = None
    failure: DomainError | None = None
    outcome: str = CANCELLED
    answered_at: datetime | None = None
    unstored: list[NewItem] = field(default_factory=list)
    work: Work = field(default_factory=Work)
    _open: dict[str, ToolCallStarted] = field(default_factory=dict)
    _events: Mailbox = field(default_factory=Mailbox)

    async def next_events(self, patience: float | None = None) -> list[TurnEvent] | None:
        """What has happened since, once something has, or None when the answer is whole.

        After so many seconds in which nothing happened, that is nothing.

        Raises:
            DomainError: the turn ended without a whole answer.
        """
        events = await self._events.take(patience)
        if events is None and self.failure is not None:
            raise self.failure
        return events

    def tell(self, event: TurnEvent) -> None:
        self._events.put(event)

    def stop(self) -> None:
        """Stop the model; what was said so far is kept. After the end this does nothing."""
        self.work.stop()

    def take_in(self, event: TurnEvent, now: datetime) -> None:
        if isinstance(event, TextDelta):
            self.text += event.text
        elif isinstance(event, ToolCallStarted):
            self._open[event.call_id] = event
        elif isinstance(event, ToolCallFinished):
            self._open.pop(event.used.call_id, None)
            self._take_in_result(event.used, now)
        elif isinstance(event, ConfirmationNeeded):
            self.awaited = event
        elif isinstance(event, TurnFinished):
            self.finished, self.text, self.outcome = event, event.text, ANSWERED

    def end(self, failure: DomainError | None, now: datetime) -> None:
        """Note how it ended; a call that never came back may have been done, and the next turn shall know."""
        self.answered_at = now
        for call in self._open.values():
            interrupted = ToolUsed(call.call_id, call.tool, call.arguments, _UNKNOWN_RESULT, is_error=True)
            self._take_in_result(interrupted, now)
        self._open.clear()
        if failure is not None:
            self.failure = failure
            self.outcome = CANCELLED if isinstance(failure, TurnInterrupted) else failure.code

    def let_go(self) -> None:
        """Tell the reader that nothing more comes, and let the user begin another turn."""
        if self.admission is not None:
            self.admission.leave()
        self._events.close()

    def _take_in_result(self, used: ToolUsed, now: datetime) -> None:
        self.tool_calls.append(used)
        self.unstored.append(tool_call(used, now))

    def response(self) -> ChatResponse:
        calls = [ToolCall(tool=c.tool, arguments=c.arguments, result=c.result) for c in self.tool_calls]
        return ChatResponse(
            conversation_id=self.conversation_id,
            message=self.message,
            response=self.text,
            tool_calls=calls,
            created_at=self.answered_at or self.started_at,
        )

    def record(self, finished_at: datetime) -> dict[str, Any]:
        """What the turns' table keeps, as the parameters of `TurnRepository.finish`."""
        done = self.finished
        return {
            "this_turn": self.id,
            "conversation_id": self.conversation_id,
            "provider": done.provider if done else None,
            "model": done.model if done else None,
            "outcome": self.outcome,
            "requests": done.usage.requests if done else 0,
            "input_tokens": done.usage.input_tokens if done else 0,
            "output_tokens": done.usage.output_tokens if done else 0,
            "started_at": self.started_at,
            "finished_at": finished_at,
        }
