"""A toolbox of a few lines, and a conversation with the local model over it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.decisions import decide

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

    def _delete_task(self, task_id: int) -> dict[str, Any]:
        return {"deleted_task_id": task_id, "title": self.tasks.pop(task_id)["title"]}

    def _get_analytics(self, **_: Any) -> dict[str, Any]:
        return {"completion_stats": {"completed": 4, "pending": 2, "completion_rate": 66.7}}


@dataclass
class Talk:
    """A conversation: what is said goes in, the answer comes out, tools are called between."""

    tools: FakeTools = field(default_factory=FakeTools)
    available: Mapping[str, frozenset[str]] = field(default_factory=lambda: TOOLS)
    items: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str) -> str:
        self.items.append({"role": "user", "content": text})
        for _ in range(6):
            decision = decide(Conversation.read(self.items, INSTRUCTIONS, self.available))
            if not decision.calls:
                self.items.append({"role": "assistant", "content": decision.text})
                return decision.text
            for call in decision.calls:
                self._run(call.tool, call.arguments)
        raise AssertionError("The model calls tools without end.")

    def _run(self, tool: str, arguments: dict[str, Any]) -> None:
        call_id = f"call_{len(self.items)}"
        text = json.dumps(arguments)
        self.items.append({"type": "function_call", "call_id": call_id, "name": tool, "arguments": text})
        output = self.tools.call(tool, arguments)
        self.items.append({"type": "function_call_output", "call_id": call_id, "output": output})

    def open_titles(self) -> list[str]:
        return [task["title"] for task in self.tools.tasks.values() if task["status"] == "pending"]


def talk_with(*titles: str) -> Talk:
    """A conversation of somebody who has these tasks."""
    talk = Talk()
    for title in titles:
        talk.tools.call("add_task", {"title": title})
    talk.tools.calls.clear()
    return talk
