"""Which tasks an answer is followed by: those it changed, else those it found and names. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from src.assistant.events import ToolUsed
from src.chatkit.widgets_of_tasks import MOST_SHOWN, one_line

CHANGING = frozenset({"add_task", "update_task", "complete_task", "skip_task", "stop_recurrence"})
_FINDING = frozenset({"list_tasks", "get_task"})


def tasks_to_show(calls: Sequence[ToolUsed], answer: str) -> list[int]:
    """The ids of the tasks, at most as many as a card holds; none where the answer is about none.

    A model may look through many tasks on its way to an answer about a few, so of what was only found the
    answer's own words decide.
    """
    done = [call for call in calls if not call.is_error]
    changed = [task_id for call in done if call.tool in CHANGING for task_id, _ in _tasks_in(call.result)]
    ids = changed or [task_id for task_id, _ in named_tasks(done, answer)]
    return list(dict.fromkeys(ids))[:MOST_SHOWN]


def named_tasks(calls: Sequence[ToolUsed], answer: str) -> list[tuple[int, str]]:
    """The tasks that were found and that the answer names, as id and title, in the order they were found."""
    said = one_line(answer).casefold()
    found = (task for call in calls if call.tool in _FINDING for task in _tasks_in(call.result))
    return list(dict.fromkeys((task_id, title) for task_id, title in found if title.casefold() in said))


def _tasks_in(result: Any) -> Iterator[tuple[int, str]]:
    """All tasks in a tool's result: whatever has an id, a title and a status."""
    if isinstance(result, list):
        for each in result:
            yield from _tasks_in(each)
    elif isinstance(result, Mapping):
        if isinstance(result.get("id"), int) and isinstance(result.get("title"), str) and "status" in result:
            yield result["id"], one_line(result["title"])
            return
        for each in result.values():
            yield from _tasks_in(each)
