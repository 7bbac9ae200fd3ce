"""The card that asks for a yes before several tasks are changed. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chatkit.actions import Action
from chatkit.types import WidgetItem
from chatkit.widgets import DynamicWidgetRoot
from pydantic import TypeAdapter

from src.assistant.events import AwaitedCall, ConfirmationNeeded
from src.chatkit.widgets_of_tasks import button, count_of, one_line
from src.core.errors import InvalidInput

_YES, _NO = "confirmation.yes", "confirmation.no"
_ANSWERS = {_YES: "Yes", _NO: "No"}
_WAITING = "waiting"
_NAMED = 10
_VERBS = {
    "add_task": "Add",
    "update_task": "Change",
    "complete_task": "Complete",
    "skip_task": "Skip",
    "stop_recurrence": "Stop repeating",
    "delete_task": "Delete",
}
_CARD: TypeAdapter[WidgetItem] = TypeAdapter(WidgetItem)


def confirmation_card(
    item_id: str, thread_id: str, awaited: ConfirmationNeeded, created_at: datetime
) -> WidgetItem:
    """A card that names what waits, with a button for yes and one for no."""
    lines = _lines(awaited.calls)
    is_deleting = any(call.tool == "delete_task" for call in awaited.calls)
    buttons = [
        button("Yes", "check", _YES, {}, color="danger" if is_deleting else "secondary"),
        button("No", "reload", _NO, {}),
    ]
    root = {
        "type": "Card",
        "key": _WAITING,
        "size": "md",
        "children": [
            *({"type": "Text", "value": line} for line in lines),
            {"type": "Row", "gap": 2, "children": buttons},
        ],
    }
    return WidgetItem(
        id=item_id,
        thread_id=thread_id,
        created_at=created_at,
        widget=DynamicWidgetRoot.model_validate(root),
        copy_text="\n".join(lines),
    )


def settled(card: WidgetItem, outcome: str) -> WidgetItem:
    """The card once it waits no more: what became of it in the place of its buttons."""
    body = card.model_dump(mode="json", by_alias=True)
    root = body["widget"]
    root["key"] = None
    root["children"] = [*root["children"][:-1], {"type": "Caption", "value": outcome}]
    body["copy_text"] = f"{body['copy_text']}\n{outcome}"
    return _CARD.validate_python(body)


def is_waiting(widget: Mapping[str, Any]) -> bool:
    """Whether a stored widget is such a card and has its buttons."""
    return widget["type"] == "Card" and widget.get("key") == _WAITING


def is_of_confirmation(action: Action[str, Any]) -> bool:
    return action.type in _ANSWERS


def answer_of(action: Action[str, Any]) -> str:
    """What the user says by pressing the button."""
    return _ANSWERS[action.type]


def is_yes(action: Action[str, Any]) -> bool:
    return action.type == _YES


def check_empty(action: Action[str, Any]) -> None:
    """What waits is read from the conversation; nothing that a client sends adds to it.

    Raises:
        InvalidInput: the button came with something.
    """
    if action.payload:
        raise InvalidInput("params.action.payload", "This button says nothing besides itself.")


def _lines(calls: Sequence[AwaitedCall]) -> list[str]:
    by_tool: dict[str, list[str]] = {}
    for call in calls:
        titles = [task.title for task in call.tasks] or [str(call.arguments.get("title"))]
        by_tool.setdefault(call.tool, []).extend(map(one_line, titles))
    return [line for tool, titles in by_tool.items() for line in _lines_of(tool, titles)]


def _lines_of(tool: str, titles: Sequence[str]) -> list[str]:
    """The deed, and the tasks it would be done to."""
    rest = len(titles) - _NAMED
    more = [f"… and {rest} more"] if rest > 0 else []
    return [f"{_VERBS[tool]} {count_of(len(titles))}?", *(f"• {each}" for each in titles[:_NAMED]), *more]
