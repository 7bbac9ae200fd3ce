"""Reading the rows of Todoist's CSV template."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from src.core.errors import DomainError, InvalidInput
from src.core.zones import UnknownTimezone
from src.transfer.described import add_described
from src.transfer.drafts import Draft, Place, ReadingContext, told

_PRIORITIES = {"1": "High", "2": "Medium", "3": "Low", "4": "None"}
_LABEL = re.compile(r"(?<!\S)@(\S+)")
_ATTACHMENT = re.compile(r"\[\[file\s.*?\]\]", re.DOTALL)
_READ = frozenset(
    ("TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "DATE", "DATE_LANG", "TIMEZONE", "DEADLINE")
)
_LAYOUT = frozenset(("DEADLINE_LANG", "IS_COLLAPSED", "DURATION_UNIT"))
"""Columns that say nothing of a task by themselves."""
_LONGEST_CATEGORY = 50


@dataclass(slots=True)
class _Waiting:
    """A task whose notes may still follow."""

    place: Place
    row: dict[str, str]
    category: str | None
    parents: list[str]
    notes: list[str] = field(default_factory=list)


def read_rows(rows: Iterable[tuple[int, dict[str, str]]], draft: Draft, context: ReadingContext) -> None:
    """Add the tasks of rows to the draft: sections become categories, notes a part of the description.

    Lists are flat here: a sub-task says in its description what it is a part of.
    """
    waiting: _Waiting | None = None
    category: str | None = None
    parents: list[str] = []
    for number, row in rows:
        place, kind = Place(line=number), row.get("TYPE", "").strip().lower()
        if kind == "note":
            _take_note(draft, place, waiting, row)
            continue
        _settle(draft, waiting, context)
        waiting = None
        if kind == "section":
            category, parents = _category(draft, place, row), []
        elif kind == "task":
            parents = parents[: _indent(row) - 1]
            waiting = _Waiting(place, row, category, list(parents))
            parents = [*parents, _title(row.get("CONTENT", "").strip())]
        elif kind and kind != "meta":
            draft.refuse(place, f"A row of the type '{kind[:40]}' is not known here.")
    _settle(draft, waiting, context)


def _take_note(draft: Draft, place: Place, waiting: _Waiting | None, row: dict[str, str]) -> None:
    if waiting is None:
        draft.refuse(place, "A note without a task before it.")
        return
    content = row.get("CONTENT", "")
    if _ATTACHMENT.search(content):
        draft.notice(place, "The attachment was left out.")
        content = _ATTACHMENT.sub("", content)
    if content.strip():
        waiting.notes.append(content.strip())


def _category(draft: Draft, place: Place, row: dict[str, str]) -> str | None:
    name = row.get("CONTENT", "").strip()
    if len(name) > _LONGEST_CATEGORY:
        draft.notice(place, f"The section's name was cut to {_LONGEST_CATEGORY} characters.")
    return name[:_LONGEST_CATEGORY].strip() or None


def _indent(row: dict[str, str]) -> int:
    indent = row.get("INDENT", "").strip()
    return int(indent) if indent.isascii() and indent.isdigit() and len(indent) == 1 and indent != "0" else 1


def _settle(draft: Draft, waiting: _Waiting | None, context: ReadingContext) -> None:
    if waiting is None:
        return
    try:
        _add(draft, waiting, context)
    except DomainError as error:
        draft.refuse(waiting.place, error)


def _add(draft: Draft, waiting: _Waiting, context: ReadingContext) -> None:
    row, place = waiting.row, waiting.place
    _tell_what_is_left_out(draft, row)
    content = row.get("CONTENT", "").strip()
    key = draft.key_of("todoist", "\n".join([waiting.category or "", *waiting.parents, content]))
    fields = _fields(waiting, content)
    context = _zoned(draft, row, place, context)
    phrase = row.get("DATE", "").strip() or row.get("DEADLINE", "").strip()
    said = [row, waiting.notes, waiting.category, waiting.parents]
    if phrase:
        try:
            add_described(
                draft, context, place=place, key=key, fields=fields | {"due_string": phrase}, said=said
            )
        except DomainError as error:
            if not any(each.field == "due_string" for each in error.errors):
                raise
            draft.notice(place, f"Imported without its date: {told(error)}")
        else:
            return
    add_described(draft, context, place=place, key=key, fields=fields, said=said)


def _fields(waiting: _Waiting, content: str) -> dict[str, Any]:
    row = waiting.row
    title = _title(content)
    part_of = [f"Part of: {waiting.parents[-1]}"] if waiting.parents else []
    description = "\n\n".join(filter(None, (row.get("DESCRIPTION", "").strip(), *part_of, *waiting.notes)))
    return {
        "title": title,
        "description": description or None,
        "priority": _priority(row),
        "category": waiting.category,
        "tags": _LABEL.findall(content) if title != content else [],
    }


def _title(content: str) -> str:
    """The content without its labels, unless there is nothing else."""
    return " ".join(_LABEL.sub(" ", content).split()) or content


def _priority(row: dict[str, str]) -> str:
    given = row.get("PRIORITY", "").strip() or "4"
    if given not in _PRIORITIES:
        raise InvalidInput("PRIORITY", f"'{given[:40]}' is not 1 to 4.")
    return _PRIORITIES[given]


def _zoned(draft: Draft, row: dict[str, str], place: Place, context: ReadingContext) -> ReadingContext:
    zone = row.get("TIMEZONE", "").strip()
    if not zone:
        return context
    try:
        return context.in_zone_named(zone)
    except UnknownTimezone as error:
        draft.notice(place, error.message)
        return context


def _tell_what_is_left_out(draft: Draft, row: dict[str, str]) -> None:
    for name, cell in row.items():
        if cell.strip() and name not in _READ and name not in _LAYOUT:
            draft.leave_out(f"The column '{name[:60] or 'without a name'}' is not kept here.")
    if row.get("DEADLINE", "").strip() and row.get("DATE", "").strip():
        draft.leave_out("A task has one due date here: DEADLINE was left out beside DATE.")
