"""Rows as the records of a JSON export; what is null or empty is left out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from src.core.database import Row
from src.transfer.uids import OriginKind, uid_of

FORMAT, VERSION = "todo-ai", 1

_TASK_FIELDS = (
    "title",
    "description",
    "status",
    "priority",
    "category",
    "tags",
    "due_timezone",
    "series_id",
    "occurrence",
    "version",
)
_INSTANTS = ("created_at", "updated_at", "completed_at")


def task_record(row: Row) -> dict[str, Any]:
    """A task, with the name it is known by outside."""
    return {"id": row["id"], "uid": uid_of_row(row, OriginKind.TASK)} | state_record(dict(row))


def state_record(state: Mapping[str, Any]) -> dict[str, Any]:
    """What a task is like: a row, or an image of one in the change log, where dates are text."""
    record = {name: state.get(name) for name in _TASK_FIELDS}
    due = state.get("due_at")
    record["due_date"] = state.get("due_on") if due is None else _instant(due)
    record["scheduled"] = state.get("scheduled_wall")
    record |= {name: _instant(state.get(name)) for name in _INSTANTS}
    return _told(record)


def series_record(row: Row, missed: Sequence[Row]) -> dict[str, Any]:
    """A series, with the occurrences of it that were missed."""
    starts: datetime = row["starts_wall"]
    names = ("rule", "basis", "catch_up", "timezone", "last_occurrence")
    instants = ("created_at", "updated_at", "stopped_at")
    return _told(
        {"id": row["id"], "uid": uid_of_row(row, OriginKind.SERIES)}
        | {name: row[name] for name in names}
        | {"starts": starts if row["has_time"] else starts.date()}
        | {name: _instant(row[name]) for name in instants}
        | {"missed": [_missed_record(each) for each in missed]}
    )


def change_record(row: Row, before: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A change after a known state of its task, and the state it leaves.

    `before` is there only where it is not what the task's change before left; `after` holds what changed,
    and is missing where the task is gone.
    """
    was = None if row["before"] is None else state_record(row["before"])
    left = None if row["after"] is None else state_record(row["after"])
    record = {
        "task_id": row["task_id"],
        "operation_id": str(row["operation_id"]),
        "kind": row["kind"],
        "actor_kind": row["actor_kind"],
        "actor_name": row["actor_name"],
        "occurred_at": _instant(row["occurred_at"]),
    }
    if was != before:
        record["before"] = was or {}
    record = _told(record)
    if left is not None:
        record["after"] = difference(was or {}, left)
    return record, left


def difference(was: Mapping[str, Any], is_now: Mapping[str, Any]) -> dict[str, Any]:
    """What differs in a state from another; null where it is no longer there."""
    names = [*is_now, *(name for name in was if name not in is_now)]
    return {name: is_now.get(name) for name in names if is_now.get(name) != was.get(name)}


def uid_of_row(row: Row, kind: OriginKind) -> str:
    """The name that a row came with, else its own."""
    return row["origin_uid"] or uid_of(row["user_id"], kind, row["id"], row["created_at"])


def _missed_record(row: Row) -> dict[str, Any]:
    return {
        "occurrence": row["occurrence"],
        "scheduled": row["scheduled_wall"],
        "recorded_at": _instant(row["recorded_at"]),
    }


def _told(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None and value != []}


def _instant(moment: datetime | str | None) -> str | None:
    """RFC 3339 in UTC; the change log keeps instants as text with the offset of the database's zone."""
    if moment is None:
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
