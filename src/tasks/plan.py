"""What a client wrote of a task, as what is to be stored: columns, and the pattern it shall follow."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from src.core.database import Row
from src.core.errors import InvalidInput, named_by
from src.language import LanguageContext, QuickAdd, WhenKind, read_quick_add, read_when
from src.preferences.schemas import Preferences
from src.recurrence.occurrences import first_occurrence
from src.recurrence.rule import RecurrenceRule
from src.tasks.dates import read_due
from src.tasks.due import Due, due_columns, due_of_wall, read_iso_due
from src.tasks.pattern import Pattern, pattern_from
from src.tasks.reading import language_context
from src.tasks.recurrence_schemas import RecurrenceFields
from src.tasks.schemas import Priority, TaskCreate, TaskReplace, tag_key

DATED_FIELDS = ("due_date", "due_string", "recurrence")
"""The fields that are read by somebody's calendar."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns to write; with `sets_recurrence`, also the rule to follow from now on, or none."""

    columns: dict[str, Any]
    due: Due | None = None
    sets_recurrence: bool = False
    rule: RecurrenceRule | None = None


class Planner:
    """Reads what one user writes, by their clock and calendar."""

    def __init__(self, preferences: Preferences, now: datetime) -> None:
        self._preferences = preferences
        self._now = now

    @cached_property
    def _context(self) -> LanguageContext:
        return language_context(self._preferences, self._now)

    def plan(self, fields: dict[str, Any]) -> Plan:
        """The plan for the fields that were given; what is absent is left alone.

        Raises:
            InvalidInput: a value cannot be used, or two contradict each other.
            InvalidRule: the recurrence cannot be followed.
            NotUnderstood: a phrase is not understood.
            AmbiguousPhrase: a phrase can mean several things.
        """
        columns = _plain_columns(fields)
        due, due_rule = self._due(fields)
        rule, first = self._recurrence(fields)
        if due_rule is not None and rule is not None:
            raise InvalidInput("recurrence", "due_string and recurrence both say how it repeats; give one.")
        sets_recurrence = "recurrence" in fields or due_rule is not None
        due = due or first
        if due is not None or _names_due(fields):
            columns |= due_columns(due)
        return Plan(columns, due, sets_recurrence, rule or due_rule)

    def quick(self, text: str) -> tuple[Plan, QuickAdd]:
        """The plan for one line of text, and what was understood of it.

        Raises:
            InvalidInput: a part is longer than its field may be.
            TitleMissing: nothing is left that says what to do.
            AmbiguousPhrase: it says several things that cannot all be meant.
        """
        with named_by("text"):
            said = read_quick_add(text, self._context)
        priority = {"priority": said.priority} if said.priority else {}
        task = TaskCreate.of(title=said.title, tags=list(said.tags), category=said.category, **priority)
        columns = _plain_columns(task.model_dump())
        due = due_of_wall(said.when.on, said.when.at, self._preferences.zone) if said.when else None
        rule = said.when.rule if said.when else None
        return Plan(columns | due_columns(due), due, rule is not None, rule), said

    def pattern(self, plan: Plan, current: Row | None = None) -> Pattern:
        """The pattern of a plan's rule, from its due date on, the task's own, or the first there is."""
        assert plan.rule is not None  # noqa: S101 - asked only where the plan has a rule.
        due = plan.due or (_due_of(current) if current is not None else None)
        if due is None:
            today = self._preferences.local(self._now).date()
            due = Due(first_occurrence(plan.rule, today))
        return pattern_from(plan.rule, due, self._preferences.zone)

    def _due(self, fields: dict[str, Any]) -> tuple[Due | None, RecurrenceRule | None]:
        if "due_date" in fields and "due_string" in fields:
            raise InvalidInput("due_string", "Give either due_date or due_string.")
        if fields.get("due_date") is not None:
            return self._said("due_date", fields["due_date"], may_repeat=False)
        if fields.get("due_string") is not None:
            return self._said("due_string", fields["due_string"], may_repeat=True)
        return None, None

    def _said(self, field: str, text: str, *, may_repeat: bool) -> tuple[Due | None, RecurrenceRule | None]:
        with named_by(field):
            if not may_repeat or read_iso_due(text, self._preferences) is not None:
                return read_due(text, self._preferences, self._now, field=field), None
            when = read_when(text, self._context)
        if when.kind is WhenKind.RECURRENCE:
            return due_of_wall(when.on, when.at, self._preferences.zone), when.rule
        return read_due(text, self._preferences, self._now, field=field), None

    def _recurrence(self, fields: dict[str, Any]) -> tuple[RecurrenceRule | None, Due | None]:
        """The rule, and the first date that a sentence gives with it."""
        said = fields.get("recurrence")
        if said is None:
            return None, None
        return self.rule(said)

    def rule(self, said: RecurrenceFields | str) -> tuple[RecurrenceRule, Due | None]:
        """The rule of fields, RFC 5545 text or a sentence, with the first date where a sentence gives it."""
        if isinstance(said, str) and "FREQ=" in said.upper():
            said = RecurrenceFields.of(rule=said)
        if not isinstance(said, str):
            return said.to_rule(self._preferences.zone, count=said.count), None
        with named_by("recurrence"):
            when = read_when(said, self._context)
        if when.rule is None:
            message = f"'{said[:60]}' is understood as {when.explanation}, which does not repeat."
            raise InvalidInput("recurrence", message)
        return when.rule, due_of_wall(when.on, when.at, self._preferences.zone)


def _plain_columns(fields: dict[str, Any]) -> dict[str, Any]:
    if "title" in fields and fields["title"] is None:
        raise InvalidInput("title", "A task keeps a title; it cannot be cleared.")
    plain = ("title", "description", "category")
    columns: dict[str, Any] = {name: fields[name] for name in plain if name in fields}
    if "priority" in fields:
        columns["priority"] = (fields["priority"] or Priority.NONE).value
    if "tags" in fields:
        tags = fields["tags"] or []
        columns |= {"tags": tags, "tag_keys": [tag_key(tag) for tag in tags]}
    return columns


def _names_due(fields: dict[str, Any]) -> bool:
    return "due_date" in fields or "due_string" in fields


def _due_of(row: Row) -> Due | None:
    return Due(row["due_on"], row["due_at"], row["due_timezone"]) if row["due_on"] else None


def all_fields(task: TaskCreate | TaskReplace) -> dict[str, Any]:
    """Every field of a whole task; of the two ways to say when it is due, the one that was used."""
    fields = {name: getattr(task, name) for name in type(task).model_fields if name != "completed"}
    if fields["due_string"] is None:
        del fields["due_string"]
    elif fields["due_date"] is None:
        del fields["due_date"]
    return fields
