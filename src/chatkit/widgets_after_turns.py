"""What an answer is followed by."""

from typing import Any

from chatkit.types import ThreadItem, ThreadMetadata, WidgetItem

from chatkit.store import Store
from src.chat.turn import Turn
from src.chatkit.actions_on_tasks import TaskButtons
from src.chatkit.context import ChatKitContext
from src.chatkit.repository import ThreadRepository
from src.chatkit.schemas import conversation_id_of
from src.chatkit.widgets_of_choices import choice_question, choices_in
from src.chatkit.widgets_of_confirmations import confirmation_card, is_waiting
from src.chatkit.widgets_of_tasks import task_card
from src.chatkit.widgets_of_turns import tasks_to_show
from src.core.database import Database

_LOOKED_BACK = 10
"""Items in which a question of the turn before stands."""


class TurnWidgets:
    """Makes the widgets that go with answers."""

    def __init__(self, database: Database, store: Store[ChatKitContext]) -> None:
        self._database = database
        self._store = store

    async def after(self, turn: Turn, thread: ThreadMetadata, context: ChatKitContext) -> list[ThreadItem]:
        """The items behind a whole answer: a question where it asks one, else the tasks it is about."""
        if turn.awaited is not None:
            item_id = self._store.generate_item_id("message", thread, context)
            return [confirmation_card(item_id, thread.id, turn.awaited, context.now)]
        if choices := choices_in(turn.tool_calls, turn.text, turn.message):
            item_id = self._store.generate_item_id("message", thread, context)
            return [choice_question(item_id, thread.id, *choices, context.now)]
        ids = tasks_to_show(turn.tool_calls, turn.text)
        card = await self._card(ids, thread, context) if ids else None
        return [card] if card is not None else []

    async def overtaken(self, thread: ThreadMetadata, context: ChatKitContext) -> list[str]:
        """The items that wait for an answer although the user has gone on; what they asked was said too."""
        if context.held_turn.is_new:
            return []
        threads = ThreadRepository(self._database, context.caller.user_id)
        thread_id = conversation_id_of(thread.id)
        rows = await threads.items(thread_id, None, _LOOKED_BACK, is_descending=True)
        return [row["id"] for row in rows if _waits(row["item"])]

    async def _card(
        self, ids: list[int], thread: ThreadMetadata, context: ChatKitContext
    ) -> WidgetItem | None:
        """The tasks as they are by now; none where all of them are gone again."""
        tasks = await TaskButtons.of(self._database, context.caller, context.now).tasks.get_all(ids)
        if not tasks:
            return None
        item_id = self._store.generate_item_id("message", thread, context)
        return task_card(item_id, thread.id, tasks, context.now)


def _waits(item: dict[str, Any]) -> bool:
    if item["type"] == "widget":
        return is_waiting(item["widget"])
    return bool(item["type"] == "structured_input" and item["status"] == "pending")
