"""What an answer is followed by."""


from chatkit.types import ThreadItem, ThreadMetadata, WidgetItem

from chatkit.store import Store
from src.chat.turn import Turn
from src.chatkit.actions_on_tasks import TaskButtons
from src.chatkit.context import ChatKitContext
from src.chatkit.widgets_of_tasks import task_card
from src.chatkit.widgets_of_turns import tasks_to_show
from src.core.database import Database


class TurnWidgets:
    """Makes the widgets that go with answers."""

    def __init__(self, database: Database, store: Store[ChatKitContext]) -> None:
        self._database = database
        self._store = store

    async def after(self, turn: Turn, thread: ThreadMetadata, context: ChatKitContext) -> list[ThreadItem]:
        """The items behind a whole answer."""
        ids = tasks_to_show(turn.tool_calls, turn.text)
        card = await self._card(ids, thread, context) if ids else None
        return [card] if card is not None else []

    async def _card(
        self, ids: list[int], thread: ThreadMetadata, context: ChatKitContext
    ) -> WidgetItem | None:
        """The tasks as they are by now; none where all of them are gone again."""
        tasks = await TaskButtons.of(self._database, context.caller, context.now).tasks.get_all(ids)
        if not tasks:
            return None
        item_id = self._store.generate_item_id("message", thread, context)
        return task_card(item_id, thread.id, tasks, context.now)
