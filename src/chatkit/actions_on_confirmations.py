"""The yes and the no of a button: a turn of its own, in which no model is asked."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from chatkit.actions import Action
from chatkit.types import (
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
)
from pydantic import TypeAdapter

from src.chat.items import NewItem, user_message
from src.chat.turn import Turn
from src.chat.turns import Assistant, ChatTurns
from src.chatkit.context import ChatKitContext
from src.chatkit.errors import ItemNotFound
from src.chatkit.repository import ThreadRepository
from src.chatkit.schemas import conversation_id_of
from src.chatkit.translation import told
from src.chatkit.widgets_of_confirmations import is_waiting, is_yes, settled
from src.chatkit.widgets_of_tasks import as_new_item
from src.core.database import Database

OVERTAKEN = "The conversation has moved on; nothing was done."
_CARD: TypeAdapter[WidgetItem] = TypeAdapter(WidgetItem)


class Confirmations:
    """Presses the buttons of cards that wait for a yes. The request's turn holds the thread meanwhile."""

    def __init__(self, database: Database, turns: ChatTurns, consent: Assistant) -> None:
        self._database = database
        self._turns = turns
        self._consent = consent
        self._answering: set[asyncio.Task[tuple[WidgetItem, bool]]] = set()

    async def press(
        self, action: Action[str, Any], sender: WidgetItem, context: ChatKitContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Say yes or no in the user's name, once; what was held back is in the conversation.

        Raises:
            ItemNotFound: the card is gone.
        """
        turn = context.held_turn
        context.turn = None  # What was agreed to is done, whether or not its reader stays.
        said = user_message(turn.message, context.now)
        card, is_answered = await self._uninterrupted(self._answered(turn, action, sender, said, context))
        yield ThreadItemReplacedEvent(item=card)
        if not is_answered:
            return
        yield ThreadItemDoneEvent(item=UserMessageItem.model_validate(said.stored_in(turn.conversation_id)))
        async for event in told(turn, context.now):
            yield event

    async def _uninterrupted(
        self, answering: Coroutine[Any, Any, tuple[WidgetItem, bool]]
    ) -> tuple[WidgetItem, bool]:
        """Cut off between the two, a yes would be stored and nothing done."""
        task = asyncio.create_task(answering)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        return await asyncio.shield(task)

    async def _answered(
        self, turn: Turn, action: Action[str, Any], sender: WidgetItem, said: NewItem, context: ChatKitContext
    ) -> tuple[WidgetItem, bool]:
        is_answered = False
        try:
            card, is_answered = await self._settle(action, sender, said, context)
            if is_answered:
                self._turns.start(turn, self._consent)
            return card, is_answered
        finally:
            if not is_answered:
                self._turns.leave(turn)

    async def _settle(
        self, action: Action[str, Any], sender: WidgetItem, said: NewItem, context: ChatKitContext
    ) -> tuple[WidgetItem, bool]:
        """The card as it is from now on, and whether this press was the one that answered it."""
        thread_id = conversation_id_of(sender.thread_id)
        async with self._database.transaction() as transaction:
            threads = ThreadRepository(transaction, context.caller.user_id)
            stored = await threads.lock_item(thread_id, sender.id)
            if stored is None:
                raise ItemNotFound(sender.id)
            card = _CARD.validate_python(stored["item"])
            if not is_waiting(stored["item"]["widget"]):
                return card, False
            is_overtaken = await threads.is_overtaken(thread_id, card.id)
            outcome = OVERTAKEN if is_overtaken else "You said yes." if is_yes(action) else "You said no."
            card = settled(card, outcome)
            await threads.put(thread_id, as_new_item(card), context.now)
            if not is_overtaken:
                await threads.put(thread_id, said, context.now)
        return card, not is_overtaken
