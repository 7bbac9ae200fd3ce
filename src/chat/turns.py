"""Turns: a message in, an answer out, and everything on the way stored as it happens."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from src.assistant.events import HistoryItem, TextDelta, ToolCallFinished, ToolUsed, TurnEvent, TurnFinished
from src.auth.context import Actor, ActorKind, Caller
from src.chat.items import NewItem, assistant_message, history_of, tool_call, user_message
from src.chat.leases import TURN_SECONDS, Leases
from src.chat.repository import ConversationRepository
from src.chat.schemas import ChatRequest, ChatResponse, ToolCall
from src.core.clock import Clock
from src.core.database import Database
from src.core.errors import DatabaseUnavailable, DomainError, ErrorKind
from src.preferences.schemas import Preferences
from src.preferences.service import PreferencesService

log = logging.getLogger(__name__)
_TITLE_LENGTH = 60


class TurnTimedOut(DomainError):
    """The answer took longer than a turn may take."""

    kind = ErrorKind.MODEL_UNAVAILABLE
    code = "turn_timed_out"


class Responder(Protocol):
    """Whoever answers: the assistant."""

    def run(
        self,
        history: Sequence[HistoryItem],
        *,
        caller: Caller,
        local_time: datetime,
        week_start: str,
        date_order: str,
    ) -> AsyncIterator[TurnEvent]:
        """The events of one answer."""
        ...


@dataclass(slots=True)
class Turn:
    """One turn under way: what it belongs to, and what it has brought so far."""

    caller: Caller
    conversation_id: int
    message: str
    started_at: datetime
    id: UUID = field(default_factory=uuid4)
    text: str = ""
    tool_calls: list[ToolUsed] = field(default_factory=list)
    finished: TurnFinished | None = None
    outcome: str = "cancelled"
    answered_at: datetime | None = None
    events: asyncio.Queue[TurnEvent | None] = field(default_factory=asyncio.Queue)
    work: asyncio.Task[None] | None = None

    def take_in(self, event: TurnEvent) -> None:
        if isinstance(event, TextDelta):
            self.text += event.text
        elif isinstance(event, ToolCallFinished):
            self.tool_calls.append(event.used)
        elif isinstance(event, TurnFinished):
            self.finished, self.text, self.outcome = event, event.text, "answered"

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
        """The row of the turns' table."""
        done = self.finished
        return {
            "id": self.id,
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


class ChatTurns:
    """Starts turns and sees each to its end, whether or not its reader stays."""

    def __init__(self, database: Database, clock: Clock, *, history_limit: int) -> None:
        self._database = database
        self._clock = clock
        self._history_limit = history_limit
        self._leases = Leases(database)
        self._running: set[asyncio.Task[None]] = set()

    async def begin(self, caller: Caller, request: ChatRequest, responder: Responder) -> Turn:
        """Wait for the conversation's turn, store the user's message, and only then set the model to work."""
        now = self._clock()
        conversation_id = request.conversation_id or await self._new_conversation(
            caller, request.message, now
        )
        turn = Turn(caller, conversation_id, request.message, now)
        await self._leases.take(caller.user_id, conversation_id, turn.id)
        try:
            await self._store(turn, user_message(request.message, self._clock()))
        except BaseException:
            await self._leases.give_back(caller.user_id, conversation_id, turn.id)
            raise
        turn.work = asyncio.create_task(self._work(turn, responder))
        self._running.add(turn.work)
        turn.work.add_done_callback(self._running.discard)
        turn.work.add_done_callback(lambda _: turn.events.put_nowait(None))
        return turn

    async def events(self, turn: Turn) -> AsyncIterator[TurnEvent]:
        """The turn's events; a reader that leaves early stops the model, and what was said so far is kept."""
        assert turn.work is not None  # noqa: S101 - begin() set it to work.
        try:
            while (event := await turn.events.get()) is not None:
                yield event
            await turn.work
        finally:
            turn.work.cancel()
            # A cancelled reader may not wait; the task saves what there is all the same.
            with suppress(asyncio.CancelledError, DomainError):
                await turn.work

    async def close(self) -> None:
        """Stop what is under way and wait until all of it is stored."""
        for work in self._running:
            work.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _work(self, turn: Turn, responder: Responder) -> None:
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._answer(turn, responder)
        except TimeoutError as error:
            turn.outcome = TurnTimedOut.code
            raise TurnTimedOut("The model took too long; your message is kept, try again.") from error
        except DomainError as error:
            turn.outcome = error.code
            raise
        finally:
            await self._finish(turn)

    async def _answer(self, turn: Turn, responder: Responder) -> None:
        repository = ConversationRepository(self._database, turn.caller.user_id)
        rows = await repository.latest_items(turn.conversation_id, self._history_limit)
        preferences = await PreferencesService(self._database, turn.caller).in_force()
        run = responder.run(
            history_of(rows),
            caller=replace(turn.caller, actor=Actor(ActorKind.AGENT)),
            **_clock_and_calendar(preferences, self._clock()),
        )
        async with aclosing(run) as events:  # type: ignore[type-var]
            async for event in events:
                turn.take_in(event)
                if isinstance(event, ToolCallFinished):
                    await self._store(turn, tool_call(event.used, self._clock()))
                turn.events.put_nowait(event)

    async def _finish(self, turn: Turn) -> None:
        """Keep what was said, note what it took, and let the next turn in."""
        turn.answered_at = self._clock()
        try:
            if turn.text:
                await self._store(turn, assistant_message(turn.text, turn.answered_at))
            repository = ConversationRepository(self._database, turn.caller.user_id)
            await repository.record_turn(turn.record(turn.answered_at))
        except DatabaseUnavailable:
            log.warning("the answer in conversation %s could not be stored", turn.conversation_id)
            raise
        finally:
            await self._leases.give_back(turn.caller.user_id, turn.conversation_id, turn.id)

    async def _new_conversation(self, caller: Caller, message: str, now: datetime) -> int:
        title = " ".join(message.split())
        title = title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rstrip() + "…"
        return await ConversationRepository(self._database, caller.user_id).create(title, now)

    async def _store(self, turn: Turn, item: NewItem) -> None:
        repository = ConversationRepository(self._database, turn.caller.user_id)
        await repository.append(turn.conversation_id, item, self._clock())


def _clock_and_calendar(preferences: Preferences, now: datetime) -> dict[str, Any]:
    return {
        "local_time": preferences.local(now),
        "week_start": preferences.week_start.value,
        "date_order": preferences.date_order.value,
    }
