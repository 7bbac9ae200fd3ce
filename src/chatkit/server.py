"""The ChatKit protocol: what the library leaves open, over this service's conversations and turns."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Set
from contextlib import aclosing
from datetime import datetime
from typing import Any, TypeAlias

import orjson
from chatkit.actions import Action
from chatkit.types import (
    ChatKitReq,
    ErrorEvent,
    FeedbackKind,
    SyncCustomActionResponse,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    UserMessageItem,
    WidgetItem,
    is_streaming_req,
)
from pydantic import TypeAdapter, ValidationError

from chatkit.errors import ErrorCode
from chatkit.server import ChatKitServer
from src.chat.items import title_of
from src.chat.turn import Turn
from src.chat.turns import Assistant, ChatTurns
from src.chatkit.actions_on_cards import TaskCards
from src.chatkit.actions_on_confirmations import Confirmations
from src.chatkit.actions_on_tasks import is_of_task
from src.chatkit.attachments import UploadedFiles
from src.chatkit.context import ChatKitContext
from src.chatkit.errors import ItemNotFound, NotPossible
from src.chatkit.preparation import Preparation
from src.chatkit.repository import ThreadRepository
from src.chatkit.schemas import conversation_id_of
from src.chatkit.store import ConversationStore
from src.chatkit.translation import Silence, stream_error, told
from src.chatkit.widgets_after_turns import TurnWidgets
from src.chatkit.widgets_of_confirmations import is_of_confirmation
from src.core.database import Database
from src.core.errors import DomainError, FieldError, InvalidInput
from src.core.schemas import field_error

log = logging.getLogger(__name__)

Lines: TypeAlias = AsyncGenerator[bytes, None]

# Built once: it takes milliseconds, and the library builds it for every request.
_REQUEST: TypeAdapter[ChatKitReq] = TypeAdapter(ChatKitReq)
_PING = b": ping\n\n"


class TodoChatKit(ChatKitServer[ChatKitContext]):
    """Answers requests of the protocol; whoever answers messages is handed over with each request."""

    def __init__(self, database: Database, turns: ChatTurns, models: Set[str], consent: Assistant) -> None:
        super().__init__(ConversationStore(database), UploadedFiles(database))
        self._database = database
        self._turns = turns
        self._preparation = Preparation(database, turns, models)
        self._cards = TaskCards(database)
        self._confirmations = Confirmations(database, turns, consent)
        self._widgets = TurnWidgets(database, self.store)

    async def handle(self, given: dict[str, Any], context: ChatKitContext) -> Lines | bytes:
        """Answer a request: with the lines of an event stream, or with JSON.

        The stream's first line is made already where it is returned, so whatever is refused is raised.

        Raises:
            DomainError: the request cannot be served.
        """
        request = _read(given)
        try:
            await self._preparation.prepare(request, context)
            if is_streaming_req(request):
                return await _begun(self._lines(request, context))
            return await self._process_non_streaming(request, context)
        except BaseException:
            self.leave(context)
            raise

    def leave(self, context: ChatKitContext) -> None:
        """The reader is gone, or served: nobody is held any more, and the model does not work for nobody."""
        if context.turn is not None:
            self._turns.leave(context.turn)

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: ChatKitContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Set the model to work on what the library has stored by now, and tell what happens."""
        del input_user_message  # The turn reads it with the rest of the thread.
        turn = context.held_turn
        self._turns.start(turn, context.assistant)
        thread.title = thread.title or title_of(turn.message) or None
        try:
            for item_id in await self._widgets.overtaken(thread, context):
                yield ThreadItemRemovedEvent(item_id=item_id)
            async for event in told(turn, context.now):
                yield event
            async for event in self.shown_after(turn, thread, context):
                yield event
        except DomainError as error:
            raise stream_error(error) from error

    async def shown_after(
        self, turn: Turn, thread: ThreadMetadata, context: ChatKitContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """What a whole answer is followed by, by what its tools gave back and what awaits a yes."""
        for item in await self._widgets.after(turn, thread, context):
            yield ThreadItemDoneEvent(item=item)

    async def action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatKitContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Do what a button stands for."""
        try:
            async for event in self._pressed(thread, action, sender, context):
                yield event
        except DomainError as error:
            raise stream_error(error) from error

    async def sync_action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatKitContext,
    ) -> SyncCustomActionResponse:
        """Do what a button stands for, and answer with the item it changed."""
        renewed: ThreadItem | None = None
        async for event in self._pressed(thread, action, sender, context):
            if isinstance(event, ThreadItemReplacedEvent):
                renewed = event.item
            elif isinstance(event, ThreadItemDoneEvent):
                await self.store.add_thread_item(thread.id, event.item, context)
        return SyncCustomActionResponse(updated_item=renewed)

    async def _pressed(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatKitContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        if sender is not None and is_of_task(action):
            yield ThreadItemReplacedEvent(item=await self._cards.press(action, sender, context))
        elif sender is not None and is_of_confirmation(action):
            turn = context.held_turn
            async for event in self._confirmations.press(action, sender, context):
                yield event
            async for event in self.shown_after(turn, thread, context):
                yield event
        else:
            raise NotPossible(f"There is no action {action.type} here.")

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: ChatKitContext
    ) -> None:
        await self.store.load_thread(thread_id, context)
        async with self._database.transaction() as transaction:
            threads = ThreadRepository(transaction, context.caller.user_id)
            number = conversation_id_of(thread_id)
            found = await threads.give_feedback(number, item_ids, feedback, context.now)
            if missing := [item_id for item_id in item_ids if item_id not in found]:
                raise ItemNotFound(missing[0])

    async def handle_stream_cancelled(
        self,
        thread: ThreadMetadata,
        pending_items: list[ThreadItem],
        context: ChatKitContext,
    ) -> None:
        """The turn keeps what was said so far by itself, whoever is still there to read it."""
        del thread, pending_items
        self.leave(context)

    async def _lines(self, request: Any, context: ChatKitContext) -> Lines:
        has_begun = False
        try:
            async for event in self._process_streaming_impl(request, context):
                yield self._line(event, context.now)
                has_begun = True
        except DomainError as error:
            if not has_begun:
                raise
            failure = stream_error(error)
            yield self._line(
                ErrorEvent(message=failure.message, allow_retry=failure.allow_retry), context.now
            )
        except Exception:
            if not has_begun:
                raise
            log.exception("a ChatKit stream broke off")
            yield self._line(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True), context.now)

    def _line(self, event: ThreadStreamEvent, now: datetime) -> bytes:
        if isinstance(event, Silence):
            return _PING
        if (
            isinstance(event, ThreadCreatedEvent | ThreadUpdatedEvent)
            and event.thread.created_at.tzinfo is None
        ):
            event.thread.created_at = now  # The library gave it this machine's wall time.
        return b"data: " + self._serialize(event) + b"\n\n"


def _read(given: dict[str, Any]) -> ChatKitReq:
    try:
        orjson.dumps(given)
    except TypeError as error:
        raise InvalidInput("params", "This is nested too deeply, or a number is too large.") from error
    try:
        return _REQUEST.validate_python(given)
    except ValidationError as error:
        fields = [_field_error(detail) for detail in error.errors(include_url=False)]
        raise InvalidInput(fields[0].field, fields[0].message, *fields[1:]) from error


def _field_error(detail: Any) -> FieldError:
    """The first step of the path only repeats the type of the request."""
    return field_error({**detail, "loc": detail["loc"][1:]})


async def _begun(lines: Lines) -> Lines:
    """The same lines, once the first of them is there."""
    first = await anext(lines, b"")

    async def all_of_them() -> Lines:
        async with aclosing(lines):
            yield first
            async for line in lines:
                yield line

    return all_of_them()
