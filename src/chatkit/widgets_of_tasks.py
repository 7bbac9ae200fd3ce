"""The card that shows tasks, each with buttons for what can be done with it. Pure.

Titles and all other words of the user are values of plain text components, so nothing in them is markup.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from chatkit.types import WidgetItem
from chatkit.widgets import DynamicWidgetRoot

from src.chat.items import NewItem
from src.tasks.schemas import Priority, TaskRead, TaskStatus

MOST_SHOWN = 20
"""Tasks on one card; a list of more is for the answer's text, page by page."""
_SHOWN_AT_FIRST = 10
_ROW_KEY = "task-"

Component: TypeAlias = dict[str, Any]

_ICONS = {
    TaskStatus.PENDING: ("empty-circle", "secondary"),
    TaskStatus.COMPLETED: ("check-circle-filled", "success"),
    TaskStatus.SKIPPED: ("chevron-right", "tertiary"),
}


def task_card(
    item_id: str, thread_id: str, tasks: Sequence[TaskRead], created_at: datetime, *, notice: str = ""
) -> WidgetItem:
    """A card with a row for each task, in their order; a notice stands above them instead of their number."""
    heading = notice or count_of(len(tasks))
    root = {
        "type": "ListView",
        "status": {"text": heading, "icon": "info" if notice else "check-circle"},
        "limit": _SHOWN_AT_FIRST,
        "children": [_row(task) for task in tasks],
    }
    return WidgetItem(
        id=item_id,
        thread_id=thread_id,
        created_at=created_at,
        widget=DynamicWidgetRoot.model_validate(root),
        copy_text="\n".join([heading, *map(_line, tasks)]),
    )


def as_new_item(card: WidgetItem) -> NewItem:
    """A card as it is stored."""
    body = card.model_dump(mode="json", by_alias=True, include={"widget", "copy_text"})
    return NewItem(card.id, card.type, body, card.created_at)


def task_ids_of(item: WidgetItem) -> list[int]:
    """The tasks that a card shows, in their order; none where it is another kind of card."""
    children = item.widget.children
    if item.widget.type != "ListView" or not isinstance(children, list):
        return []
    keys = [str(child.key) for child in children]
    return [int(key.removeprefix(_ROW_KEY)) for key in keys if key.startswith(_ROW_KEY)]


def count_of(number: int) -> str:
    return f"{number} task{'' if number == 1 else 's'}"


def one_line(text: str) -> str:
    return " ".join(text.split())


def facts_of(task: TaskRead) -> str:
    """What there is to know of a task besides its title, on one line."""
    facts = (
        task.due_text,
        f"repeats {task.recurrence.text}" if task.recurrence else None,
        f"{task.priority} priority" if task.priority in (Priority.HIGH, Priority.LOW) else None,
        None if task.status is TaskStatus.PENDING else str(task.status.value),
    )
    return ", ".join(fact for fact in facts if fact)


def _line(task: TaskRead) -> str:
    facts = facts_of(task)
    return f"• {one_line(task.title)}{f' — {facts}' if facts else ''}"


def _row(task: TaskRead) -> Component:
    name, color = _ICONS[task.status]
    return {
        "type": "ListViewItem",
        "key": f"{_ROW_KEY}{task.id}",
        "gap": 3,
        "align": "center",
        "children": [
            {"type": "Icon", "name": name, "color": color},
            {"type": "Col", "flex": 1, "gap": 1, "children": _words(task)},
            {"type": "Row", "gap": 1, "wrap": "wrap", "justify": "end", "children": _buttons(task)},
        ],
    }


def _words(task: TaskRead) -> list[Component]:
    is_done = task.status is not TaskStatus.PENDING
    title: Component = {"type": "Text", "value": one_line(task.title), "maxLines": 2}
    if is_done:
        title |= {"lineThrough": True, "color": "tertiary"}
    facts = facts_of(task)
    return [title, {"type": "Caption", "value": facts}] if facts else [title]


def _buttons(task: TaskRead) -> list[Component]:
    if task.status is not TaskStatus.PENDING:
        return [_task_button("Undo", "reload", "task.reopen", task)]
    skip = [_task_button("Skip", "chevron-right", "task.skip", task)] if task.recurrence else []
    return [
        _task_button("Done", "check", "task.complete", task),
        *skip,
        _task_button("Tomorrow", "clock", "task.snooze", task, until="tomorrow"),
        _task_button("Next week", "calendar", "task.snooze", task, until="next week"),
    ]


def _task_button(label: str, icon: str, action: str, task: TaskRead, **more: str) -> Component:
    return button(label, icon, action, {"task_id": task.id, **more})


def button(
    label: str,
    icon: str,
    action: str,
    payload: dict[str, Any],
    *,
    color: Literal["secondary", "danger"] = "secondary",
) -> Component:
    """A button whose action this service answers; while it does, all of the card waits."""
    return {
        "type": "Button",
        "label": label,
        "iconStart": icon,
        "size": "xs",
        "variant": "outline",
        "color": color,
        "onClickAction": {
            "type": action,
            "payload": payload,
            "handler": "server",
            "loadingBehavior": "container",
            "streaming": True,
        },
    }
