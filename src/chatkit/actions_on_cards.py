"""Buttons of stored cards: pressed at once, without a model, and the card is renewed in its place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chatkit.actions import Action
from chatkit.types import WidgetItem
from pydantic import TypeAdapter

from src.chat.items import NewItem, tool_call
from src.chatkit.actions_on_tasks import Deed, TaskButtons, is_of_task, payload_of, press
from src.chatkit.context import ChatKitContext
from src.chatkit.errors import ItemNotFound
from src.chatkit.repository import ThreadRepository
from src.chatkit.schemas import conversation_id_of
from src.chatkit.widgets_of_confirmations import check_empty, is_of_confirmation
from src.chatkit.widgets_of_tasks import MOST_SHOWN, as_new_item, task_card, task_ids_of
from src.core.database import Database, Row
from src.core.errors import DomainError, ErrorKind, InvalidInput, named_by
from src.tasks.errors import TaskNotFound

GONE = "That task is no longer there."
_TOLD_ON_CARD = frozenset({ErrorKind.NOT_FOUND, ErrorKind.CONFLICT})
_CARD: TypeAdapter[WidgetItem] = TypeAdapter(WidgetItem)


def check_press(action: Action[str, Any], sender: Row | None) -> None:
    """Refuse what no button of ours sends from where it stands.

    Raises:
        InvalidInput: the payload or the item is another.
    """
    if sender is not None and sender["kind"] != "widget":
        raise InvalidInput("params.item_id", "Actions come from widgets; this item is none.")
    if not is_of_task(action) and not is_of_confirmation(action):
        return  # Told as not possible, by whoever would do it.
    with named_by("params.action.payload"):
        payload_of(action) if is_of_task(action) else check_empty(action)
    home = "ListView" if is_of_task(action) else "Card"
    if sender is None or sender["item"]["widget"]["type"] != home:
        raise InvalidInput("params.item_id", "Name the card whose button it is.")


class TaskCards:
    """Presses the buttons of cards that show tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def press(
        self, action: Action[str, Any], sender: WidgetItem, context: ChatKitContext
    ) -> WidgetItem:
        """Do what a button stands for, and store its card as it is afterwards: both, or neither.

        Presses of one card are taken one after the other. Whatever is the matter with its task, the card says
        so; pressing twice leaves what pressing once does.

        Raises:
            InvalidInput: it is no button of such a card.
            ItemNotFound: the card is gone.
        """
        thread_id = conversation_id_of(sender.thread_id)
        async with self._database.transaction() as transaction:
            threads = ThreadRepository(transaction, context.caller.user_id)
            stored = await threads.lock_item(thread_id, sender.id)
            if stored is None:
                raise ItemNotFound(sender.id)
            card = _CARD.validate_python(stored["item"])
            buttons = TaskButtons.of(transaction, context.caller, context.now)
            deed, notice = await _pressed(buttons, action, card)
            if deed is not None:
                note = _note(deed, context)
                await threads.delete_item(thread_id, note.id)
                await threads.put(thread_id, note, context.now)
            shown = await buttons.tasks.get_all(_ids_behind(task_ids_of(card), deed))
            renewed = task_card(card.id, card.thread_id, shown, card.created_at, notice=notice)
            await threads.put(thread_id, as_new_item(renewed), context.now)
        return renewed


async def _pressed(
    buttons: TaskButtons, action: Action[str, Any], card: WidgetItem
) -> tuple[Deed | None, str]:
    """What was done, or what the card tells instead."""
    if payload_of(action).task_id not in task_ids_of(card):
        return None, GONE
    try:
        return await press(buttons, action), ""
    except TaskNotFound:
        return None, GONE
    except DomainError as error:
        if error.kind not in _TOLD_ON_CARD:
            raise
        return None, error.message


def _ids_behind(ids: Sequence[int], deed: Deed | None) -> list[int]:
    """The tasks to show now: what follows a finished one stands behind it."""
    if deed is None or deed.upcoming is None or deed.upcoming.id in ids:
        return list(ids)
    place = ids.index(deed.task.id) + 1
    return [*ids[:place], deed.upcoming.id, *ids[place:]][:MOST_SHOWN]


def _note(deed: Deed, context: ChatKitContext) -> NewItem:
    """What the model shall know of it in the next turn: of each task the last press, where it came."""
    return replace(tool_call(deed.used, context.now), id=f"button_{deed.task.id}")
