"""A toolbox of a few lines, and a conversation with the local model over it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from src.assistant.events import AssistantSaid, HistoryItem, ToolUsed, UserSaid
from src.assistant.guard import Guard
from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.decisions import decide
from src.assistant.transcript import input_items

INSTRUCTIONS = "Local time: 2026-11-21T10:00:00+01:00 (Europe/Berlin)\nWeek starts on: mon\nDate order: mdy\n"
"""Saturday morning, 21 November 2026."""

TOOLS: Mapping[str, frozenset[str]] = {
    name: frozenset()
    for name in (
        "add_task",
        "list_tasks",
        "update_task",
        "complete_task",
        "skip_task",
        "stop_recurrence",
        "delete_task",
        "list_tags",
        "get_analytics",
    )
}


@dataclass
class FakeTools:
    """Tasks in memory, answering like the service's tools."""

    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, tool: str, arguments: dict[str, Any]) -> str:
        self.calls.append((tool, arguments))
        outcome = getattr(self, f"_{tool}")(**arguments)
        return outcome if isinstance(outcome, str) else json.dumps(outcome)

    def _add_task(self, title: str, **fields: Any) -> dict[str, Any]:
        task_id = 100 + len(self.tasks)
        task: dict[str, Any] = {"id": task_id, "title": title, "status": "pending", "priority": "None"}
        task |= {"tags": [], "category": None, "due_date": None, **fields}
        task["due_text"] = task["due_date"]
        self.tasks[task_id] = task
        return {"task": task}

    def _list_tasks(self, status: str = "pending", search: str = "", **filters: Any) -> dict[str, Any]:
        found = [task for task in self.tasks.values() if status in (task["status"], "all")]
        found = [task for task in found if search.lower() in task["title"].lower()]
        if "category" in filters:
            found = [task for task in found if task["category"] == filters["category"]]
        return {"items": found[::-1], "next_cursor": None}

    def _update_task(self, task_id: int, clear: Sequence[str] = (), **fields: Any) -> dict[str, Any]:
        self.tasks[task_id] |= {**dict.fromkeys(clear), **fields}
        self.tasks[task_id]["due_text"] = self.tasks[task_id]["due_date"]
        return {"task": self.tasks[task_id]}

    def _complete_task(self, task_id: int, *, completed: bool = True) -> dict[str, Any] | str:
        if task_id not in self.tasks:
            return f"Task {task_id} was not found."
        self.tasks[task_id]["status"] = "completed" if completed else "pending"
        return {"completed_task": self.tasks[task_id], "next_occurrence": None}

    def _skip_task(self, task_id: int) -> dict[str, Any]:
        return {"skipped_task": self.tasks[task_id], "next_occurrence": {"id": 1, "due_text": "next Monday"}}

    def _stop_recurrence(self, task_id: int) -> dict[str, Any]:
        return {"task": self.tasks[task_id]}

    def _delete_task(self, task_id: int, **_: Any) -> dict[str, Any]:
        return {"deleted_task_id": task_id, "title": self.tasks.pop(task_id)["title"]}

    def _get_analytics(self, **_: Any) -> dict[str, Any]:
        return {"completion_stats": {"completed": 4, "pending": 2, "completion_rate": 66.7}}


@dataclass
class Talk:
    """A conversation: what is said goes in, the answer comes out, tools are called between, under guard."""

    tools: FakeTools = field(default_factory=FakeTools)
    available: Mapping[str, frozenset[str]] = field(default_factory=lambda: TOOLS)
    history: list[HistoryItem] = field(default_factory=list)

    def say(self, text: str) -> str:
        self.history.append(UserSaid(text))
        guard = Guard(self.history, self._titles)
        for _ in range(6):
            decision = decide(Conversation.read(input_items(self.history), INSTRUCTIONS, self.available))
            if not decision.calls:
                self.history.append(AssistantSaid(decision.text))
                return decision.text
            guard.expect(
                [(call.tool, json.dumps(call.arguments)) for call in decision.calls], heeds_titles=False
            )
            for call in decision.calls:
                self._run(guard, call.tool, call.arguments)
        raise AssertionError("The model calls tools without end.")

    def _run(self, guard: Guard, tool: str, arguments: dict[str, Any]) -> None:
        admitted = asyncio.run(guard.admitted(tool, arguments))
        refused = isinstance(admitted, str)
        output = admitted if isinstance(admitted, str) else self.tools.call(tool, arguments)
        self.history.append(ToolUsed(f"c{len(self.history)}", tool, arguments, output, is_error=refused))

    async def _titles(self, task_ids: Sequence[int]) -> dict[int, str]:
        return {each: self.tools.tasks[each]["title"] for each in task_ids if each in self.tools.tasks}

    def open_titles(self) -> list[str]:
        return [task["title"] for task in self.tools.tasks.values() if task["status"] == "pending"]


def talk_with(*titles: str) -> Talk:
    """A conversation of somebody who has these tasks."""
    talk = Talk()
    for title in titles:
        talk.tools.call("add_task", {"title": title})
    talk.tools.calls.clear()
    return talk
