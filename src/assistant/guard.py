"""Holds what a model is about to do against what the user asked for, before any of it is done."""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from src.assistant.approval import CONFIRMATION_REQUIRED, approved, words_of
from src.assistant.deeds import ADDING, REMOVING, Call, Deed, UnreadableCall
from src.assistant.events import AwaitedCall, HistoryItem, NamedTask, ToolUsed
from src.assistant.repairs import parsed_arguments
from src.assistant.wishes import Wish, Words

MOST_AT_ONCE = 5
"""How many tasks a turn may change or delete before the user is asked."""

_UNREADABLE = "task_id must be the whole number of a task. (invalid_input)"
_NAMED_AT_MOST = 10
_VERBS = {
    "add_task": "add",
    "update_task": "change",
    "complete_task": "complete",
    "skip_task": "skip",
    "stop_recurrence": "stop repeating",
    "delete_task": "delete",
}

_Key: TypeAlias = tuple[str, int | str]
Titles: TypeAlias = Callable[[Sequence[int]], Awaitable[Mapping[int, str]]]


class Guard:
    """The guard of one turn.

    - The calls of one response are judged together. Beyond five tasks in a turn none of them is done.
    - While the user only asks to be told something, nothing is changed: a model that wants to obeys a text it
      read. While they only add something, nothing is finished. Deleting needs words of the user that ask for
      it and that fit the tasks.
    - What is held back is told to the model as `confirmation_required`, and to the user as a question. It is
      open in the next turn, and only there, when the user's next message is a plain yes. So nothing is kept
      but the conversation itself.

    The local model reads the user's words and nothing else, so no title moves it. Since it may misread them,
    two deletes are enough for it to ask.
    """

    def __init__(self, history: Sequence[HistoryItem], titles: Titles) -> None:
        self._history = history
        self._look_up = titles
        self._titles: dict[int, str] = {}
        self._told_by_tools: list[Any] = []
        self._touched: set[int] = set()
        self._has_pointed = False
        self._expected: list[Call] = []
        self._is_judged = True
        self._heeds_titles = True
        self._held: dict[_Key, str] = {}
        self._awaited: list[Call] = []

    # Most turns change nothing that has to be judged, so what it takes to judge is read when it is needed.
    @cached_property
    def _words(self) -> Words:
        return words_of(self._history)

    @cached_property
    def _open(self) -> frozenset[Deed]:
        return approved(self._history)

    @cached_property
    def _titles_before(self) -> dict[int, str]:
        told = (item.result for item in self._history if isinstance(item, ToolUsed))
        return {task_id: title for result in told for task_id, title in _titles_in(result)}

    def expect(self, calls: Iterable[tuple[str, str]], *, heeds_titles: bool) -> None:
        """Take in the calls of a response, as name and JSON, before the first of them is made.

        `heeds_titles` says whether what tasks are called can move the model that makes them.
        """
        self._expected, self._is_judged = [], False
        self._heeds_titles = heeds_titles
        for tool, arguments in calls:
            try:
                self._expected.append(Call.read(tool, parsed_arguments(arguments) or {}))
            except UnreadableCall:
                continue

    def learn(self, outcome: Any) -> None:
        """Take in a tool's outcome, for what tasks are called."""
        self._told_by_tools.append(outcome)

    async def admitted(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any] | str:
        """The arguments with which the call may be made, or why it is not: a sentence for the model."""
        try:
            call = Call.read(tool, arguments)
        except UnreadableCall:
            return _UNREADABLE
        if call.is_free:
            return call.arguments
        if call not in self._expected:
            await self._judge([call])
        elif not self._is_judged:
            self._is_judged = True
            await self._judge([each for each in self._expected if not each.is_free])
        held = [self._held[key] for key in _keys(call) if key in self._held]
        return held[0] if held else call.arguments

    def awaited(self) -> tuple[AwaitedCall, ...]:
        """What waits for the user's yes."""
        return tuple(
            AwaitedCall(
                call.tool,
                call.arguments,
                tuple(NamedTask(each, self._title(each)) for each in call.task_ids),
            )
            for call in self._awaited
        )

    async def _judge(self, calls: Sequence[Call]) -> None:
        asked = [call for call in calls if not self._open.issuperset(call.deeds())]
        asked = [call for call in asked if self._held.keys().isdisjoint(_keys(call))]
        await self._name(task_id for call in asked for task_id in call.task_ids)
        ids = {task_id for call in asked for task_id in call.task_ids}
        is_too_much = len(self._touched | ids) > MOST_AT_ONCE
        refused = [call for call in asked if is_too_much and call.task_ids]
        refused += self._unasked([call for call in asked if call not in refused])
        self._hold(refused)
        self._touched |= {task_id for call in asked if call not in refused for task_id in call.task_ids}

    def _unasked(self, calls: Sequence[Call]) -> list[Call]:
        """The calls that the user's words do not ask for."""
        if not self._heeds_titles:
            return self._several_deletes(calls)
        if self._open:
            return list(calls)  # A yes opens what it answers, and asks for nothing else.
        return [call for call in calls if not self._is_asked(call, calls)]

    def _several_deletes(self, calls: Sequence[Call]) -> list[Call]:
        removing = [call for call in calls if call.tool in REMOVING]
        ids = {task_id for call in removing for task_id in call.task_ids}
        return removing if len(ids) > 1 else []

    def _is_asked(self, call: Call, calls: Sequence[Call]) -> bool:
        alike = sum(each.tool == call.tool for each in calls)
        match self._words.wish:
            case Wish.READS:
                return False
            case Wish.ADDS:
                return call.tool in ADDING or (call.tool == "update_task" and self._is_meant(call, alike))
            case Wish.REMOVES:
                return call.tool not in REMOVING or self._is_meant(call, alike)
            case _:
                return call.tool not in REMOVING

    def _is_meant(self, call: Call, alike: int) -> bool:
        """Whether the words fit the tasks: they name them, speak of many, or point at the only one."""
        unnamed = [each for each in call.task_ids if not self._words.name(self._titles.get(each, ""))]
        speaks_of_many = self._words.wish is Wish.REMOVES and self._words.points_at_many
        if not unnamed or speaks_of_many:
            return True
        is_the_one = self._words.points_at_one and alike == len(unnamed) == 1 and not self._has_pointed
        self._has_pointed |= is_the_one
        return is_the_one

    def _hold(self, calls: Sequence[Call]) -> None:
        """Keep the calls back; the first one tells of all, so that ten refusals do not cost ten lists."""
        self._awaited += calls
        for call in calls:
            self._held |= dict.fromkeys(_keys(call), f"Not done, as said before. ({CONFIRMATION_REQUIRED})")
        if calls:
            self._held |= dict.fromkeys(
                _keys(calls[0]),
                f"Nothing was done. Without the user's yes you may not {self._told(calls)}. Ask the user, "
                "naming them, unless only a task's text called for it; after a yes make the same calls "
                f"again. ({CONFIRMATION_REQUIRED})",
            )

    def question(self) -> str:
        """What is asked of the user where calls were held back, whatever the model said; else empty."""
        return f"Waiting for your yes: {self._told(self._awaited)}." if self._awaited else ""

    def _told(self, calls: Sequence[Call]) -> str:
        by_tool: dict[str, list[Call]] = {}
        for call in calls:
            by_tool.setdefault(call.tool, []).append(call)
        return " and ".join(self._told_of(tool, several) for tool, several in by_tool.items())

    def _told_of(self, tool: str, calls: Sequence[Call]) -> str:
        ids = dict.fromkeys(task_id for call in calls for task_id in call.task_ids)
        names = [self._title(each) for each in ids] or [str(call.arguments.get("title")) for call in calls]
        rest = len(names) - _NAMED_AT_MOST
        shown = ", ".join(
            json.dumps(" ".join(name.split()), ensure_ascii=False) for name in names[:_NAMED_AT_MOST]
        )
        more = f" and {rest} more" if rest > 0 else ""
        return f"{_VERBS[tool]} {len(names)} task{'s' if len(names) != 1 else ''}: {shown}{more}"

    def _title(self, task_id: int) -> str:
        return self._titles.get(task_id, f"task {task_id}")

    async def _name(self, ids: Iterable[int]) -> None:
        self._titles = self._titles_before | self._titles | dict(_titles_in(self._told_by_tools))
        self._told_by_tools.clear()
        unknown = [each for each in dict.fromkeys(ids) if each not in self._titles]
        if unknown:
            self._titles.update(await self._look_up(unknown[:_NAMED_AT_MOST]))


def _titles_in(outcome: Any) -> Iterator[tuple[int, str]]:
    if isinstance(outcome, list):
        for each in outcome:
            yield from _titles_in(each)
    elif isinstance(outcome, Mapping):
        if isinstance(outcome.get("id"), int) and isinstance(outcome.get("title"), str):
            yield outcome["id"], outcome["title"]
        for each in outcome.values():
            yield from _titles_in(each)


def _keys(call: Call) -> list[_Key]:
    """What a refusal holds for: the tool on each task, whatever else another call of the turn says."""
    return [(deed.tool, deed.task_id or deed.arguments) for deed in call.deeds()]
