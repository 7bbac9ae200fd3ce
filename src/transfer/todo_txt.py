"""Reading todo.txt (github.com/todotxt/todo.txt), with the `due:`, `rec:` and `pri:` that programs add."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from src.core.errors import DomainError, InvalidInput
from src.tasks.schemas import TaskStatus
from src.transfer.described import add_described
from src.transfer.drafts import Draft, Place, ReadingContext
from src.transfer.text_files import numbered_lines

_DATE = r"\d{4}-\d{2}-\d{2}"
_DONE = re.compile(rf"x (?:(?P<completed>{_DATE}) )?(?:(?P<created>{_DATE}) )?")
_OPEN = re.compile(rf"(?:\((?P<priority>[A-Z])\) )?(?:(?P<created>{_DATE}) )?")
_PRIORITY = re.compile(r"\((?P<priority>[A-Z])\) ")
_PAIR = re.compile(r"(?P<key>due|rec|pri):(?P<value>\S+)")
_REPEAT = re.compile(r"(?P<strict>\+?)(?P<number>\d{1,4})(?P<unit>[dwmyb])")
_PRIORITIES = {"A": "High", "B": "Medium", "C": "Low"}
_UNITS = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}


def read_todo_txt(text: str, context: ReadingContext) -> Draft:
    """The tasks of a todo.txt file, one a line.

    The first +project is the category, others and every @context are tags; (A) to (C) are High to Low, and
    later letters Low. `rec:+1w` counts from the due date, `rec:1w` from the day it is done.
    """
    draft = Draft()
    for number, line in numbered_lines(text):
        if line.strip():
            try:
                _add(draft, line.strip(), Place(line=number), context)
            except DomainError as error:
                draft.refuse(Place(line=number), error)
    return draft


def _add(draft: Draft, line: str, place: Place, context: ReadingContext) -> None:
    done = _DONE.match(line)
    head = done or _OPEN.match(line)
    assert head is not None  # noqa: S101 - every part of it may be missing.
    body = line[head.end() :]
    priority = None if done else head["priority"]
    if done and (given := _PRIORITY.match(body)):
        priority, body = given["priority"], body[given.end() :]
    words = body.split()
    pairs = {match["key"]: match["value"] for word in words if (match := _PAIR.fullmatch(word))}
    fields = _fields(words, pairs) | _priority(priority or pairs.get("pri"))
    completed_at = _midnight(done["completed"], context) if done and done["completed"] else None
    add_described(
        draft,
        context,
        place=place,
        key=draft.key_of("todo.txt", " ".join(word for word in words if not _PAIR.fullmatch(word))),
        fields=fields,
        completed_at=completed_at,
        status=TaskStatus.COMPLETED if done else TaskStatus.PENDING,
        created_at=_midnight(head["created"], context) if head["created"] else None,
        said=line,
    )


def _fields(words: list[str], pairs: dict[str, str]) -> dict[str, Any]:
    projects = [word[1:] for word in words if word.startswith("+") and len(word) > 1]
    contexts = [word[1:] for word in words if word.startswith("@") and len(word) > 1]
    plain = [word for word in words if not (word[0] in "+@" and len(word) > 1) and not _PAIR.fullmatch(word)]
    fields: dict[str, Any] = {"title": " ".join(plain or words), "tags": [*projects[1:], *contexts]}
    if projects:
        fields["category"] = projects[0]
    if "due" in pairs:
        fields["due_date"] = pairs["due"]
    if "rec" in pairs:
        fields["recurrence"] = _recurrence(pairs["rec"])
    return fields


def _priority(letter: str | None) -> dict[str, str]:
    if letter is None:
        return {"priority": "None"}
    return {"priority": _PRIORITIES.get(letter.upper(), "Low")}


def _recurrence(value: str) -> dict[str, Any]:
    match = _REPEAT.fullmatch(value)
    if match is None:
        raise InvalidInput("rec", f"'{value[:40]}' is no repetition; write rec:1w or rec:+2m.")
    basis = "due_date" if match["strict"] else "completion"
    if match["unit"] == "b":
        if int(match["number"]) != 1:
            raise InvalidInput("rec", "Of business days only every one, rec:1b, can be followed.")
        return {"rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "basis": basis}
    return {"rule": f"FREQ={_UNITS[match['unit']]};INTERVAL={match['number']}", "basis": basis}


def _midnight(day: str, context: ReadingContext) -> datetime:
    """The start of a day on the wall of the reader's zone."""
    try:
        wall = datetime.combine(date.fromisoformat(day), time.min)
        return wall.replace(tzinfo=context.preferences.zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("date", f"'{day}' is no date that exists.") from error
