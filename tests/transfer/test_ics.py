"""iCalendar: what is written others can read, and what others wrote is read as they meant it."""

from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import icalendar
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from src.recurrence.occurrences import occurrences
from src.recurrence.rfc5545 import parse_rrule
from src.tasks.pattern import Pattern
from src.transfer.ics_reading import read_line
from src.transfer.ics_rules import rrule_from
from src.transfer.ics_text import line, text, texts
from tests.conftest import ClientFor
from tests.factories import StandingClock, create_task
from tests.transfer.importing import counts, imported_text, remarks, tasks_of
from tests.transfer.test_export import exported_text

BERLIN = ZoneInfo("Europe/Berlin")


wall = datetime.fromisoformat


def read_by_others(written: str, kind: str = "VTODO") -> list[Any]:
    """The components of a calendar, as a library that others wrote reads them."""
    return list(icalendar.Calendar.from_ical(written).walk(kind))


def calendar_of(*lines: str) -> str:
    body = "".join(f"{each}\r\n" for each in lines)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n"


def todo_of(*lines: str) -> str:
    return calendar_of("BEGIN:VTODO", "UID:one", "SUMMARY:One", *lines, "END:VTODO")


async def test_a_calendar_program_reads_what_is_written(client: httpx.AsyncClient) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Europe/Berlin"})
    title = "Zoë's; list, " + "long " * 20
    await create_task(client, title, description="a\\b\nc", due_date="2026-12-24T18:00", priority="High")
    await create_task(client, "Day", due_date="2026-12-24", category="Home", tags=["a,b", "x"])
    done = await create_task(client, "Done", priority="None")
    await client.post(f"/api/me/tasks/{done['id']}/complete")

    written = await exported_text(client, "ics")

    timed, day, finished = read_by_others(written)
    assert max(len(each.encode()) for each in written.split("\r\n")) <= 75
    assert (str(timed["SUMMARY"]), str(timed["DESCRIPTION"])) == (title.strip(), "a\\b\nc")
    assert (timed["DUE"].dt.isoformat(), timed["DUE"].params["TZID"]) == (
        "2026-12-24T18:00:00+01:00",
        "Europe/Berlin",
    )
    assert [str(zone["TZID"]) for zone in read_by_others(written, "VTIMEZONE")] == ["Europe/Berlin"]
    assert (day["DUE"].dt, day["PRIORITY"], timed["PRIORITY"]) == (date(2026, 12, 24), 5, 1)
    assert [str(each) for each in day["CATEGORIES"].cats] == ["Home", "a,b", "x"]
    assert (str(finished["STATUS"]), "PRIORITY" in finished) == ("COMPLETED", False)
    assert finished["COMPLETED"].dt.isoformat() == "2026-11-21T10:00:00+00:00"
    assert int(finished["SEQUENCE"]) == 2


async def test_a_series_goes_on_from_its_pending_occurrence(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    task = await create_task(
        client, "Rent", due_date="2027-01-31", recurrence={"rule": "FREQ=MONTHLY;COUNT=6"}
    )
    clock.set(datetime.fromisoformat("2027-01-31T10:00:00Z"))
    await client.post(f"/api/me/tasks/{task['id']}/complete")

    first, second = read_by_others(await exported_text(client, "ics"))

    assert "RRULE" not in first
    assert (second["DTSTART"].dt, second["DUE"].dt) == (date(2027, 2, 28), date(2027, 2, 28))
    assert second["RRULE"].to_ical() == b"FREQ=MONTHLY;COUNT=5;BYMONTHDAY=-1"


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=DAILY;INTERVAL=3", date(2026, 11, 21)),
        ("FREQ=WEEKLY;INTERVAL=2", wall("2026-11-20T09:00")),
        ("FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2;WKST=SU", date(2026, 11, 23)),
        ("FREQ=MONTHLY", date(2027, 1, 31)),
        ("FREQ=MONTHLY", wall("2027-01-30T17:00")),
        ("FREQ=MONTHLY;BYMONTHDAY=15,31", date(2027, 1, 15)),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", date(2027, 1, 31)),
        ("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 11, 27)),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2026, 11, 30)),
        ("FREQ=YEARLY", date(2028, 2, 29)),
        ("FREQ=YEARLY;BYMONTH=3,9", date(2027, 3, 12)),
        ("FREQ=YEARLY;BYWEEKNO=20", date(2027, 5, 18)),
        ("FREQ=DAILY;BYHOUR=9,17", wall("2026-11-21T09:00")),
    ],
)
@pytest.mark.parametrize("number", [1, 4])
def test_other_programs_find_the_same_dates(rule: str, start: date, number: int) -> None:
    pattern = Pattern(parse_rrule(rule, BERLIN), BERLIN, start)
    ours = list(islice(occurrences(pattern.rule, start, limit=20), number - 1, 15))

    rrule = rrule_from(pattern, number)

    begin = ours[0] if isinstance(ours[0], datetime) else datetime.combine(ours[0], datetime.min.time())
    theirs = list(islice(rrulestr(rrule, dtstart=begin), len(ours)))
    assert [each if isinstance(start, datetime) else each.date() for each in theirs] == ours


def test_an_end_has_the_type_of_the_start() -> None:
    timed = Pattern(parse_rrule("FREQ=DAILY;UNTIL=20261201"), BERLIN, wall("2026-11-21T09:00"))
    dated = Pattern(parse_rrule("FREQ=DAILY;UNTIL=20261201T080000"), BERLIN, date(2026, 11, 21))

    assert rrule_from(timed, 1) == "FREQ=DAILY;UNTIL=20261201T225959Z"
    assert rrule_from(dated, 1) == "FREQ=DAILY;UNTIL=20261201"


STORABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"))


@given(STORABLE, st.lists(STORABLE.map(str.strip).filter(bool), max_size=5))
def test_text_is_read_back_as_it_was_written(value: str, names: list[str]) -> None:
    lines = [line("SUMMARY", text(value)), line("CATEGORIES", texts(names))]

    summary, categories = (read_line(each.replace("\r\n ", "").removesuffix("\r\n")) for each in lines)

    assert all(len(part.encode()) <= 75 for each in lines for part in each.split("\r\n"))
    assert summary is not None
    assert summary.text == value
    assert categories is not None
    assert categories.texts == names


async def test_a_calendar_of_ours_moves_to_another_account(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    await create_task(client, "Rent", due_date="2026-12-31", recurrence="every month", category="Home")
    await create_task(client, "Timed", due_string="every! 3 days at 9am", tags=["a,b"], priority="Low")
    await create_task(client, "Plain", description="x\ny")
    written = await exported_text(client, "ics")

    async with client_for(f"{user_id}-new") as newcomer:
        first = await imported_text(newcomer, written, "ics")
        again = await imported_text(newcomer, written, "ics")
        here = await tasks_of(newcomer)

    there = await tasks_of(client)
    names = ("title", "description", "due_date", "due_timezone", "priority", "category", "tags", "status")
    assert (counts(first), first["errors"], first["notices"]) == ((3, 0, 0, 0), [], [])
    assert counts(again) == (0, 0, 3, 0)
    assert [[task[name] for name in names] for task in here] == [
        [task[name] for name in names] for task in there
    ]
    assert [task["recurrence"]["basis"] for task in here[:2]] == ["due_date", "completion"]


@pytest.mark.parametrize(
    ("lines", "due_date", "zone"),
    [
        (["DUE;VALUE=DATE:20261224"], "2026-12-24", None),
        (["DUE:20261224T170000Z"], "2026-12-24T17:00:00Z", "UTC"),
        (["DUE;TZID=Europe/Berlin:20261224T180000"], "2026-12-24T17:00:00Z", "Europe/Berlin"),
        (["DUE;TZID=W. Europe Standard Time:20261224T180000"], "2026-12-24T17:00:00Z", "Europe/Berlin"),
        (
            ["DUE;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261224T180000"],
            "2026-12-24T17:00:00Z",
            "Europe/Berlin",
        ),
        (["DUE:20261224T180000"], "2026-12-24T18:00:00Z", "UTC"),
        (["DTSTART;VALUE=DATE:20261224", "DURATION:P2D"], "2026-12-25", None),
        (["DTSTART:20261224T100000Z", "DURATION:PT2H30M"], "2026-12-24T12:30:00Z", "UTC"),
        (["DTSTART;VALUE=DATE:20261224"], "2026-12-24", None),
    ],
)
async def test_when_it_is_due(
    client: httpx.AsyncClient, lines: list[str], due_date: str, zone: str | None
) -> None:
    await imported_text(client, todo_of(*lines), "ics")

    (task,) = await tasks_of(client)
    assert (task["due_date"], task["due_timezone"]) == (due_date, zone)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["STATUS:NEEDS-ACTION"], "pending"),
        (["STATUS:IN-PROCESS", "PERCENT-COMPLETE:50"], "pending"),
        (["STATUS:COMPLETED"], "completed"),
        (["COMPLETED:20261101T100000Z"], "completed"),
        (["STATUS:CANCELLED"], "skipped"),
    ],
)
async def test_where_it_stands(client: httpx.AsyncClient, lines: list[str], status: str) -> None:
    await imported_text(client, todo_of(*lines), "ics")

    assert [task["status"] for task in await tasks_of(client)] == [status]


async def test_a_month_without_the_day_is_passed_over_as_calendars_do(client: httpx.AsyncClient) -> None:
    await imported_text(client, todo_of("DTSTART;VALUE=DATE:20270131", "RRULE:FREQ=MONTHLY"), "ics")

    (task,) = await tasks_of(client)
    coming = await client.get(f"/api/me/tasks/{task['id']}/occurrences", params={"count": 2})
    assert [each["due_date"] for each in coming.json()["occurrences"]] == ["2027-03-31", "2027-05-31"]


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=DAILY;COUNT=1000000000", "FREQ=DAILY;INTERVAL=0", "nonsense", ""]
)
async def test_a_repetition_that_cannot_be_followed_is_told(client: httpx.AsyncClient, rule: str) -> None:
    result = await imported_text(client, todo_of("DUE;VALUE=DATE:20261224", f"RRULE:{rule}"), "ics")

    (task,) = await tasks_of(client)
    assert (task["recurrence"], task["due_date"]) == (None, "2026-12-24")
    assert [line for line, _ in remarks(result, "notices")] == [3]
    assert "without its repetition" in result["notices"][0]["message"]


async def test_what_is_no_todo_and_what_is_not_kept_is_told(client: httpx.AsyncClient) -> None:
    file = calendar_of(
        *("BEGIN:VEVENT", "UID:e", "SUMMARY:Party", "END:VEVENT"),
        *("BEGIN:VTODO", "UID:one", "SUMMARY:One", "LOCATION:Here"),
        *("BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM", "END:VTODO"),
        *("BEGIN:VTODO", "UID:one", "SUMMARY:Twice", "END:VTODO"),
        *("BEGIN:VTODO", "UID:none", "END:VTODO"),
    )

    result = await imported_text(client, file, "ics")

    assert counts(result) == (1, 0, 0, 3)
    assert [line for line, _ in remarks(result)] == [3, 19, 15]
    assert {message for _, message in remarks(result, "notices")} == {
        "The property LOCATION is not kept here. (1 times)",
        "The component VALARM inside a to-do is not kept here. (1 times)",
    }


async def test_a_series_completed_elsewhere_goes_on_here(client: httpx.AsyncClient) -> None:
    lines = ("DTSTART;VALUE=DATE:20261121", "RRULE:FREQ=DAILY")
    await imported_text(client, todo_of(*lines), "ics")

    result = await imported_text(client, todo_of(*lines, "STATUS:COMPLETED"), "ics")

    assert counts(result) == (0, 1, 0, 0)
    assert [(task["status"], task["due_date"]) for task in await tasks_of(client)] == [
        ("completed", "2026-11-21"),
        ("pending", "2026-11-22"),
    ]


async def test_a_newer_revision_of_ones_own_task_is_taken(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    await create_task(client, "Old title")
    written = await exported_text(client, "ics")
    clock.advance(hours=2)
    later = written.replace("Old title", "New title").replace(
        "LAST-MODIFIED:20261121T100000Z", "LAST-MODIFIED:20261121T110000Z"
    )

    result = await imported_text(client, later, "ics")

    (task,) = await tasks_of(client)
    assert (counts(result), task["title"], task["version"]) == ((0, 1, 0, 0), "New title", 2)


async def test_zones_of_dates_far_away_are_known(client: httpx.AsyncClient) -> None:
    await client.patch("/api/me/settings", json={"timezone": "America/New_York"})
    await create_task(client, "Far", due_date="2026-07-01T09:00:00")

    (todo,) = read_by_others(await exported_text(client, "ics"))

    assert todo["DUE"].dt.utcoffset() == timedelta(hours=-4)
