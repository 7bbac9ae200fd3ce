"""Tasks as iCalendar to-dos (RFC 5545 §3.6.2)."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from src.core.database import Row
from src.recurrence.rule import Basis, CatchUp
from src.recurrence.wall_time import to_wall
from src.tasks.pattern import Pattern, is_repeating, pattern_of
from src.tasks.schemas import TaskStatus
from src.transfer.export_repository import ExportRepository
from src.transfer.exporting import ExportSource
from src.transfer.ics_rules import rrule_from
from src.transfer.ics_text import day, line, text, texts, utc, wall
from src.transfer.json_records import uid_of_row
from src.transfer.uids import OriginKind

_PRIORITIES = {"High": "1", "Medium": "5", "Low": "9"}
_STATUSES = {
    TaskStatus.PENDING: "NEEDS-ACTION",
    TaskStatus.COMPLETED: "COMPLETED",
    TaskStatus.SKIPPED: "CANCELLED",
}
# Dates of half a human life on either side of today; every zone's rules are known for them.
_ZONES_FROM, _ZONES_UNTIL = date(1970, 1, 1), date(2038, 1, 1)


async def ics_chunks(source: ExportSource) -> AsyncIterator[bytes]:
    """A calendar of all tasks."""
    yield opening(await source.rows.zones()).encode()
    async for page in source.rows.tasks():
        yield todos(page).encode()
    yield CLOSING.encode()


async def feed_chunks(rows: ExportRepository, since: datetime) -> AsyncIterator[bytes]:
    """A calendar to subscribe to: what is to be done, and what was finished since an instant."""
    yield opening(await rows.zones(), name="Todo AI").encode()
    for pages in (rows.pending_tasks(), rows.finished_tasks(since)):
        async for page in pages:
            yield todos(page).encode()
    yield CLOSING.encode()


CLOSING = line("END", "VCALENDAR")


def opening(zones: Iterable[str], *, name: str | None = None) -> str:
    """The head of a calendar, with the zones that its times are in (§3.6.5)."""
    head = [line("BEGIN", "VCALENDAR"), line("VERSION", "2.0"), line("PRODID", "-//Todo AI//Todo AI//EN")]
    head.append(line("CALSCALE", "GREGORIAN"))
    if name is not None:
        head += [line("NAME", text(name)), line("X-WR-CALNAME", text(name))]
        head += [line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"), line("X-PUBLISHED-TTL", "PT1H")]
    return "".join([*head, *(_timezone(zone) for zone in zones if zone != "UTC")])


def todos(rows: Iterable[Row]) -> str:
    """The to-dos of some tasks."""
    return "".join("".join(_todo(row)) for row in rows)


@lru_cache(maxsize=64)
def _timezone(name: str) -> str:
    from icalendar import Timezone  # noqa: PLC0415 - slow to load, and only files need it.

    zone: bytes = Timezone.from_tzid(name, first_date=_ZONES_FROM, last_date=_ZONES_UNTIL).to_ical()
    return zone.decode()


def _todo(row: Row) -> Iterator[str]:
    yield line("BEGIN", "VTODO")
    yield line("UID", text(uid_of_row(row, OriginKind.TASK)))
    yield line("DTSTAMP", utc(row["updated_at"]))  # Without METHOD the last revision (§3.8.7.2).
    yield line("SUMMARY", text(row["title"]))
    if row["description"]:
        yield line("DESCRIPTION", text(row["description"]))
    yield from _standing(row)
    yield from _when(row)
    yield from _groups(row)
    yield line("CREATED", utc(row["created_at"]))
    yield line("LAST-MODIFIED", utc(row["updated_at"]))
    yield line("SEQUENCE", str(row["version"]))
    yield line("END", "VTODO")


def _standing(row: Row) -> Iterator[str]:
    yield line("STATUS", _STATUSES[row["status"]])
    if row["completed_at"] is not None:
        yield line("COMPLETED", utc(row["completed_at"]))
        yield line("PERCENT-COMPLETE", "100")
    if row["priority"] in _PRIORITIES:
        yield line("PRIORITY", _PRIORITIES[row["priority"]])


def _groups(row: Row) -> Iterator[str]:
    names = [row["category"], *row["tags"]] if row["category"] else row["tags"]
    if names:
        yield line("CATEGORIES", texts(names))
    if row["category"]:
        yield line("X-TODO-AI-CATEGORY", text(row["category"]))


def _when(row: Row) -> Iterator[str]:
    """When it is due; a pending occurrence also says how it goes on from where the pattern put it."""
    if is_repeating(row) and row["status"] == TaskStatus.PENDING:
        pattern = pattern_of(row)
        yield _start(row, pattern)
        yield line("RRULE", rrule_from(pattern, row["occurrence"]))
        if pattern.rule.basis is not Basis.DUE_DATE:
            yield line("X-TODO-AI-BASIS", pattern.rule.basis.value)
        if pattern.rule.catch_up is not CatchUp.NEXT_FUTURE:
            yield line("X-TODO-AI-CATCH-UP", pattern.rule.catch_up.value)
    if row["due_at"] is not None:
        yield _timed("DUE", row["due_at"], row["due_timezone"])
    elif row["due_on"] is not None:
        yield line("DUE;VALUE=DATE", day(row["due_on"]))


def _start(row: Row, pattern: Pattern) -> str:
    """DTSTART, of the type of DUE, and never after it: one that was moved forward takes its start along.

    To-dos that repeat need a start, and the calendar programs there are write it equal to the due date.
    """
    slot = pattern.slot(row["scheduled_wall"])
    if row["due_at"] is not None:
        placed = pattern.due(slot).at or row["due_at"]
        return _timed("DTSTART", min(placed, row["due_at"]), row["due_timezone"])
    on: date = slot.date() if isinstance(slot, datetime) else slot
    return line("DTSTART;VALUE=DATE", day(min(on, row["due_on"] or on)))


def _timed(name: str, moment: datetime, zone: str) -> str:
    if zone == "UTC":
        return line(name, utc(moment))
    return line(f"{name};TZID={zone}", wall(to_wall(moment, ZoneInfo(zone))))
