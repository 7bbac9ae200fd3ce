"""Tasks that text files describe: fields as a person wrote them, to the columns that are stored."""

from datetime import datetime
from typing import Any

from src.core.errors import InvalidInput
from src.tasks.due import Due, due_columns
from src.tasks.pattern import Pattern
from src.tasks.plan import Planner
from src.tasks.schemas import TaskCreate, TaskStatus
from src.transfer.bounds import within_calendar
from src.transfer.drafts import (
    Draft,
    DraftTask,
    Place,
    ReadingContext,
    begun_series,
    fingerprint,
    first_place,
)

_LONGEST_TITLE = 200


def add_described(
    draft: Draft,
    context: ReadingContext,
    *,
    place: Place,
    key: str,
    fields: dict[str, Any],
    due: Due | None = None,
    pattern: Pattern | None = None,
    completed_at: datetime | None = None,
    status: TaskStatus = TaskStatus.PENDING,
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
    said: Any = None,
) -> None:
    """Add a task of a text file to the draft.

    `fields` are those of `TaskCreate`; `due` and `pattern` are given where the file says them exactly.

    Raises:
        InvalidInput: a value does not fit its field.
        NotUnderstood: a phrase is not understood.
        AmbiguousPhrase: a phrase can mean several things.
        InvalidRule: the recurrence cannot be followed.
    """
    said = said or [fields, due and [due.on, due.at], completed_at, status]
    columns, found = _columns(_shortened(draft, place, fields), context)
    if due is not None:
        columns |= due_columns(due)
    pattern = pattern or found
    is_completed = status is TaskStatus.COMPLETED
    columns |= {
        "status": status.value,
        "completed_at": _instant("completed_at", completed_at, context) if is_completed else None,
        "created_at": _instant("created_at", created_at, context),
        "updated_at": _instant("updated_at", updated_at, context),
        "version": 1,
        "occurrence": None,
        "scheduled_wall": None,
    }
    if pattern is not None:
        columns |= first_place(pattern)
        draft.series[key] = begun_series(key, pattern, columns, context.now)
    series_key = key if pattern is not None else None
    draft.tasks.append(DraftTask(place, key, fingerprint(said), columns, series_key))


def _columns(fields: dict[str, Any], context: ReadingContext) -> tuple[dict[str, Any], Pattern | None]:
    task = TaskCreate.of(**fields)
    planner = Planner(context.preferences, context.now)
    said = {name: getattr(task, name) for name in type(task).model_fields}
    plan = planner.plan({name: value for name, value in said.items() if value is not None or name in fields})
    pattern = planner.pattern(plan) if plan.rule is not None else None
    columns = {"description": None, "category": None} | due_columns(None) | plan.columns
    return columns | (pattern.due_columns() if pattern else {}), pattern


def _instant(name: str, given: datetime | None, context: ReadingContext) -> datetime:
    """What a file says, else now."""
    try:
        return within_calendar(given or context.now)
    except ValueError as error:
        raise InvalidInput(name, str(error)) from error


def _shortened(draft: Draft, place: Place, fields: dict[str, Any]) -> dict[str, Any]:
    """A title that is too long, kept whole in the description."""
    title = fields.get("title")
    if not isinstance(title, str) or len(title.strip()) <= _LONGEST_TITLE:
        return fields
    draft.notice(place, f"The title is longer than {_LONGEST_TITLE} characters; the description has it all.")
    description = "\n\n".join(part for part in (title, fields.get("description")) if part)
    return fields | {"title": f"{title.strip()[: _LONGEST_TITLE - 1]}…", "description": description}
