"""Tasks as a checklist that people read (GitHub Flavored Markdown)."""

import re
from datetime import datetime

from src.core.database import Row
from src.recurrence.sentence import describe
from src.tasks.pattern import is_repeating, pattern_of
from src.tasks.schemas import TaskStatus

_MARKS = re.compile(r"([\\`*_\[\]<>|~&#$!])")
_LEADING = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")


def heading(now: datetime) -> str:
    return f"# Tasks\n\nExported on {now:%Y-%m-%d}.\n"


def section(title: str) -> str:
    return f"\n## {title}\n\n"


def markdown_of_tasks(rows: list[Row]) -> str:
    """The items of some tasks."""
    return "".join(_item(row) for row in rows)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    text = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return _LEADING.sub(_escape_leading, text)


def _escape_leading(match: re.Match[str]) -> str:
    # A number that would begin a list is broken by its point: "1\." (CommonMark §5.2).
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _item(row: Row) -> str:
    box = "x" if row["status"] == TaskStatus.COMPLETED else " "
    notes = "".join(f"  > {escaped(line)}\n" for line in (row["description"] or "").splitlines())
    return f"- [{box}] {' · '.join([escaped(row['title']), *_facts(row)])}\n{notes}"


def _facts(row: Row) -> list[str]:
    facts = []
    if row["due_on"] is not None:
        facts.append(f"due {_due(row)}")
    if is_repeating(row) and row["status"] == TaskStatus.PENDING:
        pattern = pattern_of(row)
        facts.append(describe(pattern.rule, pattern.start))
    if row["status"] == TaskStatus.SKIPPED:
        facts.append("skipped")
    if row["priority"] in ("High", "Low"):
        facts.append(f"{row['priority'].lower()} priority")
    if row["category"]:
        facts.append(f"in {escaped(row['category'])}")
    return facts + [f"\\#{escaped(tag)}" for tag in row["tags"]]


def _due(row: Row) -> str:
    """The day, and the time on the wall of its own zone."""
    if row["due_at"] is None:
        return str(row["due_on"])
    wall: datetime = row["due_wall"]
    return f"{wall:%Y-%m-%d %H:%M} ({row['due_timezone']})"
