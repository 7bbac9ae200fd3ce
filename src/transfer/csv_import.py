"""Reading CSV: Todoist's template, and the table that an export writes."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from src.core.errors import DomainError, InvalidInput
from src.tasks.schemas import TaskStatus
from src.transfer import csv_export, todoist
from src.transfer.csv_cells import parted, unguarded
from src.transfer.described import add_described
from src.transfer.drafts import Draft, Place, ReadingContext, checked_uid

_LONGEST_CELL = 1_000_000


def read_csv(text: str, context: ReadingContext) -> Draft:
    """The tasks of a CSV file; its first line says whose table it is.

    Raises:
        InvalidInput: the columns are of neither kind.
    """
    lines = _lines(text)
    _, header = next(lines, (0, []))
    names = [name.strip() for name in header]
    draft = Draft()
    if {"TYPE", "CONTENT"} <= {name.upper() for name in names}:
        rows = ((number, _row([name.upper() for name in names], cells)) for number, cells in lines)
        todoist.read_rows(rows, draft, context)
    elif "title" in names:
        _read_own(names, lines, draft, context)
    else:
        message = (
            "The first line needs Todoist's columns (TYPE, CONTENT, …) or those of an export (title, …)."
        )
        raise InvalidInput("body", message)
    return draft


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line that each begins on."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput("body", f"Line {begins} is no CSV: {error}.") from error


def _row(names: list[str], cells: list[str]) -> dict[str, str]:
    """A record by column; `None` collects what stands behind the last column."""
    row = dict(zip(names, cells, strict=False))
    if any(cell.strip() for cell in cells[len(names) :]):
        row[""] = ",".join(cells[len(names) :])
    return row


def _read_own(
    names: list[str], lines: Iterator[tuple[int, list[str]]], draft: Draft, context: ReadingContext
) -> None:
    for number, cells in lines:
        place = Place(line=number)
        row = {name: unguarded(cell) for name, cell in _row(names, cells).items()}
        for name in row.keys() - set(csv_export.COLUMNS):
            if row[name].strip():
                draft.leave_out(f"The column '{name[:60]}' is not known here and was left out.")
        try:
            _add_own(draft, row, place, context)
        except DomainError as error:
            draft.refuse(place, error)


def _add_own(draft: Draft, row: dict[str, str], place: Place, context: ReadingContext) -> None:
    given = {name: cell for name, cell in row.items() if cell.strip()}
    fields: dict[str, Any] = {
        name: given[name] for name in ("title", "description", "priority", "category") if name in given
    }
    fields["title"] = given.get("title", "")
    fields["tags"] = parted(given.get("tags", ""))
    if "due_date" in given:
        fields["due_date"] = given["due_date"]
    if "rule" in given:
        fields["recurrence"] = {"rule": given["rule"]}
    elif "recurrence" in given:
        fields["recurrence"] = given["recurrence"]
    add_described(
        draft,
        _zoned(given, context),
        place=place,
        key=checked_uid(given["uid"]) if "uid" in given else draft.key_of("csv", fields["title"]),
        fields=fields,
        status=_status(given.get("status", "pending")),
        completed_at=_instant(given, "completed_at"),
        created_at=_instant(given, "created_at"),
        updated_at=_instant(given, "updated_at"),
        said=given,
    )


def _zoned(given: dict[str, str], context: ReadingContext) -> ReadingContext:
    zone = given.get("due_timezone")
    return context.in_zone_named(zone) if zone else context


def _status(name: str) -> TaskStatus:
    try:
        return TaskStatus(name.strip().lower())
    except ValueError:
        raise InvalidInput("status", f"'{name[:40]}' is not pending, completed or skipped.") from None


def _instant(given: dict[str, str], name: str) -> datetime | None:
    if name not in given:
        return None
    try:
        moment = datetime.fromisoformat(given[name].strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput(name, f"'{given[name][:40]}' is no instant such as 2026-11-21T10:00:00Z.")
    return moment
