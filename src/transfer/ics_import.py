"""Reading to-dos from iCalendar files (RFC 5545 §3.6.2)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from src.core.errors import DomainError, InvalidInput
from src.recurrence.rfc5545 import parse_rrule
from src.recurrence.rule import Basis, CatchUp, RecurrenceRule, Skip
from src.recurrence.wall_time import to_wall
from src.tasks.due import Due, due_of_wall
from src.tasks.pattern import Pattern
from src.tasks.schemas import TaskStatus
from src.transfer.described import add_described
from src.transfer.drafts import Draft, Place, ReadingContext, checked_uid, told
from src.transfer.ics_reading import Component, components, duration_of, instant_of, moment_of

_READ = frozenset(
    (
        *("UID", "SUMMARY", "DESCRIPTION", "STATUS", "PRIORITY", "CATEGORIES", "DTSTART", "DUE", "DURATION"),
        *("RRULE", "COMPLETED", "CREATED", "LAST-MODIFIED", "DTSTAMP", "SEQUENCE", "PERCENT-COMPLETE"),
        *("RECURRENCE-ID", "X-TODO-AI-CATEGORY", "X-TODO-AI-BASIS", "X-TODO-AI-CATCH-UP"),
    )
)
_KINDS = {"VEVENT": "An event", "VJOURNAL": "A journal entry", "VFREEBUSY": "Free and busy time"}
_Moment: TypeAlias = tuple[date, ZoneInfo]
"""A day, or a naive wall time, and the zone of its wall."""


def read_ics(text: str, context: ReadingContext) -> Draft:
    """The to-dos of a calendar.

    Raises:
        InvalidInput: the text is no whole calendar.
    """
    draft = Draft()
    for component in components(text):
        place = Place(line=component.line)
        if component.kind == "VTODO":
            try:
                _add(draft, component, place, context)
            except DomainError as error:
                draft.refuse(place, error)
        elif component.kind in _KINDS:
            draft.refuse(place, f"{_KINDS[component.kind]} is no to-do.")
        elif component.kind != "VTIMEZONE":
            draft.leave_out(f"The component {component.kind[:40]} was left out.")
    return draft


def _add(draft: Draft, todo: Component, place: Place, context: ReadingContext) -> None:
    _tell_what_is_left_out(draft, todo)
    zone = context.preferences.zone
    status = _status(todo)
    due, pattern = _when(draft, todo, place, context)
    add_described(
        draft,
        context,
        place=place,
        key=_key(draft, todo),
        fields=_fields(todo),
        due=due,
        pattern=pattern,
        status=status,
        completed_at=instant_of(todo.properties.get("COMPLETED"), zone)
        if status is TaskStatus.COMPLETED
        else None,
        created_at=instant_of(todo.properties.get("CREATED"), zone),
        updated_at=instant_of(todo.properties.get("LAST-MODIFIED"), zone),
        said=[[each.name, each.value] for each in todo.properties.values() if each.name != "DTSTAMP"],
    )


def _key(draft: Draft, todo: Component) -> str:
    uid = _text(todo, "UID")
    if not uid:
        return draft.key_of("ics", _text(todo, "SUMMARY"))
    instance = todo.properties.get("RECURRENCE-ID")
    return checked_uid(f"{uid} {instance.value.strip()}" if instance else uid)


def _text(todo: Component, name: str) -> str:
    found = todo.properties.get(name)
    return found.text.strip() if found else ""


def _fields(todo: Component) -> dict[str, Any]:
    description = _text(todo, "DESCRIPTION")
    title = _text(todo, "SUMMARY") or next(iter(description.splitlines()), "")
    tags = [name for found in _all(todo, "CATEGORIES") for name in found.texts]
    category = _text(todo, "X-TODO-AI-CATEGORY")
    if category in tags:
        tags.remove(category)
    return {
        "title": title,
        "description": description or None,
        "category": category or None,
        "priority": _priority(_text(todo, "PRIORITY")),
        "tags": tags,
    }


def _all(todo: Component, name: str) -> list[Any]:
    first = todo.properties.get(name)
    return [] if first is None else [first, *(each for each in todo.more if each.name == name)]


def _priority(value: str) -> str:
    """1 to 4 are high, 5 medium, 6 to 9 low, 0 none (§3.8.1.9)."""
    if value in ("", "0"):
        return "None"
    if len(value) != 1 or not value.isascii() or not value.isdigit():
        raise InvalidInput("PRIORITY", f"'{value[:40]}' is not 0 to 9.")
    middle = "5"
    return "Medium" if value == middle else "High" if value < middle else "Low"


def _status(todo: Component) -> TaskStatus:
    status = _text(todo, "STATUS").upper()
    if status == "CANCELLED":
        return TaskStatus.SKIPPED
    is_done = "COMPLETED" in todo.properties or _text(todo, "PERCENT-COMPLETE") == "100"
    if status == "COMPLETED" or (not status and is_done):
        return TaskStatus.COMPLETED
    return TaskStatus.PENDING


def _when(
    draft: Draft, todo: Component, place: Place, context: ReadingContext
) -> tuple[Due | None, Pattern | None]:
    zone = context.preferences.zone
    start = todo.properties.get("DTSTART")
    starts = moment_of(start, zone) if start else None
    end = _end(todo, starts, zone)
    if end is None:
        if "RRULE" in todo.properties:
            draft.notice(place, "Imported without its repetition, which needs DTSTART or DUE.")
        return None, None
    due = _due(*end)
    if "RRULE" not in todo.properties:
        return due, None
    try:
        return due, _pattern(todo, starts or end, end)
    except DomainError as error:
        draft.notice(place, f"Imported without its repetition: {told(error)}")
        return due, None


def _end(
    todo: Component, starts: tuple[date, ZoneInfo] | None, zone: ZoneInfo
) -> tuple[date, ZoneInfo] | None:
    """When it is due: DUE, or DTSTART with DURATION, or DTSTART alone."""
    if "DUE" in todo.properties:
        return moment_of(todo.properties["DUE"], zone)
    if starts is None or "DURATION" not in todo.properties:
        return starts
    lasting = duration_of(todo.properties["DURATION"])
    moment, own_zone = starts
    if not isinstance(moment, datetime):
        lasting = max(lasting - timedelta(days=1), timedelta())  # The day it ends on is the last it fills.
    try:
        return moment + lasting, own_zone
    except OverflowError:
        raise InvalidInput("DURATION", "It ends beyond the calendar.") from None


def _due(moment: date, zone: ZoneInfo) -> Due:
    if isinstance(moment, datetime):
        return due_of_wall(moment.date(), moment.time(), zone)
    return due_of_wall(moment, None, zone)


def _pattern(todo: Component, starts: _Moment, end: _Moment) -> Pattern:
    """The pattern of the due date: a start on the same day only says from when on to work at it."""
    begin = end if _day(starts[0]) == _day(end[0]) or type(starts[0]) is not type(end[0]) else starts
    start, zone = begin
    if isinstance(start, datetime):
        due = due_of_wall(start.date(), start.time(), zone)
        start = to_wall(due.at, zone) if due.at else start
    else:
        due_of_wall(start, None, zone)
    rule = parse_rrule(todo.properties["RRULE"].value, zone)
    pattern = Pattern(_as_meant(rule, start, todo), zone, start)
    pattern.first()
    return pattern


def _as_meant(rule: RecurrenceRule, start: date, todo: Component) -> RecurrenceRule:
    """In a calendar, a month without the day is passed over (§3.3.10), where our own rules take its last."""
    days = rule.month_days or (start.day,)
    skip = Skip.OMIT if max(days) > 28 and not rule.weekdays else rule.skip
    try:
        basis = Basis(_text(todo, "X-TODO-AI-BASIS") or Basis.DUE_DATE)
        catch_up = CatchUp(_text(todo, "X-TODO-AI-CATCH-UP") or CatchUp.NEXT_FUTURE)
    except ValueError:
        raise InvalidInput("X-TODO-AI-BASIS", "It is not one that was exported.") from None
    return replace(rule, skip=skip, basis=basis, catch_up=catch_up)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _tell_what_is_left_out(draft: Draft, todo: Component) -> None:
    names = [*todo.properties, *(each.name for each in todo.more if each.name != "CATEGORIES")]
    for name in names:
        if name not in _READ:
            draft.leave_out(f"The property {name[:60]} is not kept here.")
    for kind in todo.inner:
        draft.leave_out(f"The component {kind[:40]} inside a to-do is not kept here.")
