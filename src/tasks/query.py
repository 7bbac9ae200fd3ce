"""A filter in a client's words as conditions on rows, and pages as cursors."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from src.core.database import Row
from src.core.errors import InvalidInput
from src.core.pagination import decode_cursor, encode_cursor, instant_from_cursor
from src.preferences.schemas import Preferences
from src.recurrence.terms import Weekday
from src.tasks.dates import read_due
from src.tasks.filters import DueWindow, TaskFilter, TaskSort

_WEEKDAYS = list(Weekday)


def conditions_of(chosen: TaskFilter, preferences: Preferences, now: datetime) -> Mapping[str, Any]:
    """The bind values of the conditions that a filter asks for."""
    if not chosen.names_days:
        return chosen.values
    return chosen.values | _instants(chosen, preferences, now) | _due_conditions(chosen, preferences, now)


def _instants(chosen: TaskFilter, preferences: Preferences, now: datetime) -> dict[str, Any]:
    """After a day means after its end."""
    said = {"created_after": chosen.created_after, "updated_after": chosen.updated_after}
    dues = {name: read_due(text, preferences, now, field=name) for name, text in said.items() if text}
    instants = {name: due.at or _end_of(due.on, preferences) for name, due in dues.items()}
    return instants | _completion_days(chosen, preferences, now)


def _completion_days(chosen: TaskFilter, preferences: Preferences, now: datetime) -> dict[str, Any]:
    """Both days belong to it: completed after today and before today is completed today."""
    days: dict[str, Any] = {}
    if chosen.completed_after:
        first = read_due(chosen.completed_after, preferences, now, field="completed_after")
        days["completed_after"] = first.at or _start_of(first.on, preferences)
    if chosen.completed_before:
        last = read_due(chosen.completed_before, preferences, now, field="completed_before")
        days["completed_before"] = last.at or _end_of(last.on, preferences)
    return days


def escaped(text: str) -> str:
    """Text in which LIKE sees no wildcard."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def _due_conditions(chosen: TaskFilter, preferences: Preferences, now: datetime) -> dict[str, Any]:
    conditions = _window(chosen.due, preferences, now) if chosen.due else {}
    if chosen.due and (chosen.due_after or chosen.due_before):
        raise InvalidInput("due", "Use either due, or due_after and due_before.")
    if chosen.due_after:
        due = read_due(chosen.due_after, preferences, now, field="due_after")
        conditions |= {"due_from_on": due.on, "due_from_at": due.at or _start_of(due.on, preferences)}
    if chosen.due_before:
        due = read_due(chosen.due_before, preferences, now, field="due_before")
        conditions |= {"due_until_on": due.on, "due_until_at": due.at or _end_of(due.on, preferences)}
    return conditions


def _window(window: DueWindow, preferences: Preferences, now: datetime) -> dict[str, Any]:
    today = preferences.local(now).date()
    if window is DueWindow.NONE:
        return {"undated": True}
    if window is DueWindow.OVERDUE:
        return {"due_until_on": today - timedelta(days=1), "due_until_at": now}
    if window is DueWindow.UPCOMING:
        return {"due_from_on": today, "due_from_at": now}
    if window is DueWindow.THIS_WEEK:
        first = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(preferences.week_start)) % 7)
        return _days(first, first + timedelta(days=6), preferences)
    day = today + timedelta(days=1) if window is DueWindow.TOMORROW else today
    return _days(day, day, preferences)


def _days(first: Any, last: Any, preferences: Preferences) -> dict[str, Any]:
    return {
        "due_from_on": first,
        "due_from_at": _start_of(first, preferences),
        "due_until_on": last,
        "due_until_at": _end_of(last, preferences),
    }


def _start_of(day: Any, preferences: Preferences) -> datetime:
    return datetime.combine(day, time.min, preferences.zone).astimezone(UTC)


def _end_of(day: Any, preferences: Preferences) -> datetime:
    return _start_of(day + timedelta(days=1), preferences) - timedelta(microseconds=1)


def cursor_after(row: Row, chosen: TaskFilter, key: bytes) -> str:
    """The cursor of the page behind a row."""
    return encode_cursor(key, chosen.order_name, [row["sort_key"], row["id"]])


def position_of(chosen: TaskFilter, key: bytes) -> tuple[Any, int] | None:
    """The position behind which the wanted page begins, or None for the first page."""
    if chosen.cursor is None:
        return None
    sort_key, last_id = decode_cursor(key, chosen.order_name, chosen.cursor)
    if chosen.sort in (TaskSort.CREATED_AT, TaskSort.UPDATED_AT, TaskSort.DUE_DATE):
        sort_key = instant_from_cursor(sort_key)
    return sort_key, last_id
