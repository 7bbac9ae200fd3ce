"""Rows as the JSON that the service answers, with as little work as it takes."""

import base64
from datetime import date, datetime
from typing import Any

import asyncpg
import orjson

_NEAR = {0: "today, ", 1: "tomorrow, ", -1: "yesterday, "}


def task_of(row: asyncpg.Record, now: datetime) -> dict[str, Any]:
    """One row as a task; everybody here lives in UTC."""
    due_on, due_at, described = row["due_on"], row["due_at"], row["series_described"]
    return {
        "id": row["id"],
        "user_id": row["user_id"],
        "title": row["title"],
        "description": row["description"],
        "status": row["status"],
        "completed": row["status"] == "completed",
        "priority": row["priority"],
        "category": row["category"],
        "tags": row["tags"],
        "due_date": due_at or due_on,
        "due_timezone": row["due_timezone"],
        "due_text": None if due_on is None else _in_words(due_on, due_at, now),
        # Made by PostgreSQL already: it goes out as it came.
        "recurrence": None if described is None else orjson.Fragment(described),
        "series_id": row["series_id"],
        "occurrence": row["occurrence"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "completed_at": row["completed_at"],
        "version": row["version"],
    }


def _in_words(due_on: date, due_at: datetime | None, now: datetime) -> str:
    on = due_on if due_at is None else due_at.date()
    near = _NEAR.get((on - now.date()).days, "")
    year = "" if on.year == now.year else f" {on.year}"
    clock = "" if due_at is None else f", {due_at:%H:%M}"
    return f"{near}{on:%a} {on.day} {on:%b}{year}{clock}"


def page_of(rows: list[asyncpg.Record], limit: int) -> bytes:
    """A page whose tasks are JSON already."""
    items = ",".join([row["task"] for row in rows[:limit]])
    cursor = "null"
    if len(rows) > limit:
        last = rows[limit - 1]
        cursor = f'"{base64.urlsafe_b64encode(orjson.dumps([last["sort_key"], last["id"]])).decode()}"'
    return f'{{"items":[{items}],"next_cursor":{cursor}}}'.encode()
