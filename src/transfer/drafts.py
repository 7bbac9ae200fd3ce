"""What a file says, read but not yet compared with what is stored."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from src.core.errors import DomainError, InvalidInput
from src.core.zones import zone_named
from src.history.operation import ChangeKind
from src.preferences.schemas import Preferences, SettingsUpdate
from src.tasks.pattern import Pattern, wall_of
from src.tasks.recurrence_schemas import read_pattern
from src.tasks.schemas import TaskStatus

_MOST_TOLD = 100
_LONGEST_UID = 255


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands: a line from 1 on, or the path of a JSON value."""

    line: int | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a place of the file."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class DraftSeries:
    """A series of the file: the columns of its row, without ids, and what was missed of it."""

    key: str
    columns: dict[str, Any]
    missed: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftTask:
    """A task of the file: the columns of its row, without ids.

    `key` is the name by which the file knows it, and `said` a fingerprint of all that the file says of it.
    """

    place: Place
    key: str
    said: bytes
    columns: dict[str, Any]
    series_key: str | None = None
    file_id: int | None = None


@dataclass(frozen=True, slots=True)
class DraftChange:
    """A change of the file; `before` and `after` are columns without ids, with the file's `series_id`."""

    file_task_id: int
    operation_id: UUID
    kind: ChangeKind
    actor_kind: str
    actor_name: str | None
    occurred_at: datetime
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(slots=True)
class Draft:
    """A file as it was read."""

    tasks: list[DraftTask] = field(default_factory=list)
    series: dict[str, DraftSeries] = field(default_factory=dict)
    changes: list[DraftChange] = field(default_factory=list)
    settings: SettingsUpdate | None = None
    is_state: bool = False
    """Whether the file is a whole state, where every occurrence of a series is in it."""
    series_key_of: dict[int, str] = field(default_factory=dict)
    skipped: int = 0
    errors: list[Remark] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)
    _left_out: Counter[str] = field(default_factory=Counter)
    _keys: Counter[str] = field(default_factory=Counter)

    def refuse(self, place: Place, reason: DomainError | str) -> None:
        """Leave an item out, and say why."""
        self.skipped += 1
        if len(self.errors) < _MOST_TOLD:
            self.errors.append(Remark(place, reason if isinstance(reason, str) else told(reason)))

    def notice(self, place: Place, message: str) -> None:
        """Say what became of a part of an item that is imported."""
        if len(self.notices) < _MOST_TOLD:
            self.notices.append(Remark(place, message))

    def leave_out(self, message: str) -> None:
        """Count what is left out of many items alike; it is told once."""
        self._left_out[message] += 1

    def remarks(self) -> list[Remark]:
        """All notices: those on what was left out first."""
        alike = [Remark(Place(), f"{message} ({count} times)") for message, count in self._left_out.items()]
        return alike + self.notices

    def key_of(self, source: str, words: str) -> str:
        """A name for an item that has none: its words, and the how-manieth with these words it is."""
        name = f"{source}:{fingerprint(words).hex()}"
        self._keys[name] += 1
        return f"{name}:{self._keys[name]}"


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """By whose clock and calendar a file is read, and when."""

    preferences: Preferences
    now: datetime

    def in_zone(self, zone: ZoneInfo) -> "ReadingContext":
        return replace(self, preferences=replace(self.preferences, zone=zone))

    def in_zone_named(self, name: str) -> "ReadingContext":
        return self.in_zone(zone_named(name))


def checked_uid(uid: str) -> str:
    """A name that a file gives an item.

    Raises:
        InvalidInput: it cannot be kept.
    """
    if not 1 <= len(uid) <= _LONGEST_UID or not uid.isprintable():
        raise InvalidInput("uid", f"A UID has 1 to {_LONGEST_UID} printable characters here.")
    return uid


def told(error: DomainError) -> str:
    """A failure as one sentence that names its fields."""
    return "; ".join(f"{each.field}: {each.message}" for each in error.errors) or error.message


def fingerprint(said: Any) -> bytes:
    """A short name of what was said, equal for what is equal."""
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()[:16]


def begun_series(key: str, pattern: Pattern, columns: dict[str, Any], now: datetime) -> DraftSeries:
    """The series of a task that a file describes as repeating; what is finished does not go on."""
    is_finished = columns["status"] != TaskStatus.PENDING
    return DraftSeries(
        key,
        pattern_columns(pattern)
        | {
            "last_occurrence": 1,
            "created_at": columns["created_at"],
            "updated_at": now,
            "stopped_at": now if is_finished else None,
        },
    )


def pattern_columns(pattern: Pattern) -> dict[str, Any]:
    """How a series stores its pattern, and how it is told."""
    return pattern.columns() | {"described": read_pattern(pattern).model_dump(mode="json")}


def first_place(pattern: Pattern) -> dict[str, Any]:
    """The columns of the first occurrence of a pattern."""
    return {"occurrence": 1, "scheduled_wall": wall_of(pattern.start)}
