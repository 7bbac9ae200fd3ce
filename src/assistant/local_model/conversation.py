"""The conversation so far, read from a model's input: what was said, what tools gave back, what was shown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from src.language.when import LanguageContext

Task: TypeAlias = dict[str, Any]
"""A task as the tools return it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the user or the assistant."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """A tool call and its outcome: a JSON object, or the sentence of an error."""

    tool: str
    arguments: dict[str, Any]
    outcome: dict[str, Any] | None
    error: str = ""

    @property
    def is_held(self) -> bool:
        """Whether the call waits for the user's yes."""
        return self.error.endswith("(confirmation_required)")

    def tasks(self) -> list[Task]:
        """The tasks in the outcome, in the order they were given."""
        if self.outcome is None:
            return []
        items = self.outcome.get("items")
        if isinstance(items, list):
            return [item for item in items if isinstance(item, dict) and "id" in item]
        return [value for value in self.outcome.values() if isinstance(value, dict) and "id" in value]


Event: TypeAlias = Said | ToolResult

CHANGING_TOOLS = frozenset(
    {"add_task", "update_task", "complete_task", "skip_task", "stop_recurrence", "delete_task"}
)
# A run of punctuation says nothing, and every rule would try each place in it.
_RUN = re.compile(r"(?:[,;:.!?-]\s*){6,}")
_NUMBERED_LINE = re.compile(r"^(\d+)\. (.+?)(?: — .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One request to the model: what happened before the last message of the user, and since."""

    utterance: str
    earlier: tuple[Event, ...]
    results: tuple[ToolResult, ...]
    tools: Mapping[str, frozenset[str]]
    context: LanguageContext

    @classmethod
    def read(cls, items: Sequence[Any], instructions: str, tools: Mapping[str, frozenset[str]]) -> Self:
        """Read a model's input (dicts of the Responses form) and the last lines of its instructions."""
        events = list(_events(items))
        spoken = [index for index, event in enumerate(events) if _is_user(event)]
        last = spoken[-1] if spoken else len(events)
        utterance = events[last].text if spoken else ""  # type: ignore[union-attr] # _is_user saw a message.
        results = tuple(event for event in events[last + 1 :] if isinstance(event, ToolResult))
        return cls(
            _RUN.sub(", ", utterance), tuple(events[:last]), results, tools, read_context(instructions)
        )

    def before(self) -> "Conversation | None":
        """The conversation as it stood when the user said the message before this one."""
        spoken = [index for index, event in enumerate(self.earlier) if _is_user(event)]
        if not spoken:
            return None
        event = self.earlier[spoken[-1]]
        text = event.text if isinstance(event, Said) else ""
        return replace(self, utterance=text, earlier=self.earlier[: spoken[-1]], results=())

    @property
    def previous_answer(self) -> str:
        """What the assistant said last, if nothing else was said since."""
        said = [event for event in self.earlier if isinstance(event, Said)]
        return said[-1].text if said and said[-1].role == "assistant" else ""

    def shown(self) -> list[Task]:
        """The tasks of the last numbered answer, or the last several that were added at once, in order."""
        added: list[Task] = []
        for index in range(len(self.earlier) - 1, -1, -1):
            event = self.earlier[index]
            if isinstance(event, ToolResult):
                added = event.tasks() + added if event.tool == "add_task" else added
            elif event.role == "user":
                if len(added) > 1:
                    return added
                added = []
            elif titles := [match[1] for match in _NUMBERED_LINE.findall(event.text)]:
                return _by_title(titles, self.earlier[:index])
        return []

    def held(self) -> list[ToolResult]:
        """The calls of the turn before that wait for a yes."""
        last = max((index for index, event in enumerate(self.earlier) if _is_user(event)), default=0)
        return [event for event in self.earlier[last:] if isinstance(event, ToolResult) and event.is_held]

    def task(self, task_id: int) -> Task:
        """The task of an id as a tool last told it; by its id alone where none did."""
        told = [event for event in (*self.earlier, *self.results) if isinstance(event, ToolResult)]
        known = (task for result in reversed(told) for task in result.tasks() if task["id"] == task_id)
        return next(known, {"id": task_id, "title": f"task {task_id}"})

    def touched(self, *, is_finished: bool = False) -> Task | None:
        """The task that was last changed, or the only one that was last shown.

        Of a repeating task that was done or skipped that is its next occurrence, unless the finished one is
        meant.
        """
        for event in reversed(self.earlier):
            if isinstance(event, ToolResult) and event.tasks():
                tasks = event.tasks()
                if event.tool in CHANGING_TOOLS or len(tasks) == 1:
                    return tasks[0] if is_finished else tasks[-1]
        return None

    def changes(self) -> list[ToolResult]:
        """What was changed before this message, the latest first."""
        done = [event for event in self.earlier if isinstance(event, ToolResult)]
        return [event for event in reversed(done) if event.tool in CHANGING_TOOLS and event.outcome]


def _is_user(event: Event) -> bool:
    return isinstance(event, Said) and event.role == "user"


def _by_title(titles: Iterable[str], events: Sequence[Event]) -> list[Task]:
    known = [task for event in reversed(events) if isinstance(event, ToolResult) for task in event.tasks()]
    found: list[Task] = []
    for title in titles:
        taken = {task["id"] for task in found}
        match = next((t for t in known if t["id"] not in taken and one_line(t["title"]) == title), None)
        if match is not None:
            found.append(match)
    return found


def one_line(title: object) -> str:
    """A title as a numbered line shows it."""
    return " ".join(str(title).replace(" — ", " - ").split())


@dataclass(slots=True)
class _Calls:
    """Function calls that wait for their outputs."""

    open: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)


def _events(items: Sequence[Any]) -> Iterable[Event]:
    calls = _Calls()
    for item in items:
        kind = item.get("type")
        if kind == "function_call":
            calls.open[item["call_id"]] = (item["name"], _object(item.get("arguments")))
        elif kind == "function_call_output":
            tool, arguments = calls.open.get(item["call_id"], ("", {}))
            yield _result(tool, arguments, item.get("output"))
        elif item.get("role") in ("user", "assistant"):
            yield Said(item["role"], _text(item.get("content")))


def _result(tool: str, arguments: dict[str, Any], output: object) -> ToolResult:
    text = _text(output)
    outcome = _object(text)
    return ToolResult(tool, arguments, outcome or None, "" if outcome else text)


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return str(content.get("text") or "")
    if isinstance(content, list):
        return "".join(_text(part) for part in content)
    return ""


def _object(text: object) -> dict[str, Any]:
    try:
        value = orjson.loads(text) if isinstance(text, str) else text
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


_MOST_OF_LINES = 300
_LOCAL_TIME = re.compile(r"^Local time: (\S+) \(([^)]+)\)", re.MULTILINE)
_WEEK_START = re.compile(r"^Week starts on: (\w{3})", re.MULTILINE)
_DATE_ORDER = re.compile(r"^Date order: (mdy|dmy)", re.MULTILINE)


def read_context(instructions: str) -> LanguageContext:
    """The user's present, zone and calendar habits from the last lines of the instructions.

    Without a line that says the local time the context stands at the epoch in UTC, which no run of this
    service meets: its instructions always say it.
    """
    lines = instructions[-_MOST_OF_LINES:]  # To search all of the instructions takes a hundred times as long.
    stated = _LOCAL_TIME.search(lines)
    now = datetime.fromisoformat(stated[1]) if stated else datetime.fromtimestamp(0, UTC)
    week_start = _WEEK_START.search(lines)
    order = _DATE_ORDER.search(lines)
    return LanguageContext.of(
        now if now.tzinfo else now.replace(tzinfo=UTC),
        _zone(stated[2] if stated else "UTC"),
        week_start=week_start[1].lower() if week_start else "mon",
        date_order=order[1] if order else "mdy",
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
