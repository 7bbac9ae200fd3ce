"""A tool call taken apart into what it does to which task. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REMOVING = frozenset({"delete_task"})
CHANGING = frozenset({"update_task", "complete_task", "skip_task", "stop_recurrence"}) | REMOVING
ADDING = frozenset({"add_task"})

_DEFAULTS = {"completed": True, "scope": "task"}
_NEVER_HEARD = frozenset({"confirmed"})
"""The user's yes is heard from the user, not from a model."""

_LARGEST_ID = 2**63 - 1


class UnreadableCall(Exception):
    """The arguments do not say plainly which tasks are meant."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one call does to one task; calls that spell it otherwise are the same deed."""

    tool: str
    task_id: int | None
    arguments: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as it will be made."""

    tool: str
    arguments: dict[str, Any]

    @classmethod
    def read(cls, tool: str, arguments: Mapping[str, Any]) -> "Call":
        """The call with ids as numbers, so that what is judged is what is done.

        Raises:
            UnreadableCall: it changes tasks and its ids are none.
        """
        given = {name: value for name, value in arguments.items() if name not in _NEVER_HEARD}
        if tool in CHANGING:
            given["task_id"] = _id(given.get("task_id"))
            if given.get("more") is not None:
                given["more"] = _ids(given["more"])
        return cls(tool, given)

    @property
    def is_free(self) -> bool:
        """Whether nothing is changed by it."""
        return self.tool not in CHANGING | ADDING

    @property
    def task_ids(self) -> tuple[int, ...]:
        if self.tool not in CHANGING:
            return ()
        return tuple(dict.fromkeys([self.arguments["task_id"], *(self.arguments.get("more") or ())]))

    def deeds(self) -> tuple[Deed, ...]:
        """One for each task; a call that names none is one deed."""
        named = ("task_id", "more") if self.tool in CHANGING else ()
        rest = {
            name: value
            for name, value in self.arguments.items()
            if value is not None and name not in named and _DEFAULTS.get(name) != value
        }
        spelled = json.dumps(rest, sort_keys=True, ensure_ascii=False, default=str)
        return tuple(Deed(self.tool, task_id, spelled) for task_id in self.task_ids or (None,))


def _ids(value: Any) -> list[int]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise UnreadableCall from error
    if not isinstance(value, list):
        raise UnreadableCall
    return [_id(each) for each in value]


def _id(value: Any) -> int:
    """A whole number however it is spelled; the tools would read "7" and 7.0 as 7 too."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value[:20])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_ID:
        raise UnreadableCall
    return value
