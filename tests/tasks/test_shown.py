"""A task is shown alike by a list and alone, and in the words that phrases are answered in."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import dates, none, sampled_from, times

from src.language import LanguageContext, describe_when
from tests.conftest import ClientFor
from tests.factories import NOW, create_task

TASKS: list[dict[str, Any]] = [
    {"title": 'Quotes "and" \\ slashes, <b>tags</b> & ümläute 🎉', "description": "Two\nlines\tand a tab"},
    {"title": "Plain", "priority": "none", "category": "Home", "tags": ["a", "B c"]},
    {"title": "Today", "due_date": "2026-11-21"},
    {"title": "Tomorrow", "due_date": "2026-11-22"},
    {"title": "Yesterday", "due_date": "2026-11-20"},
    {"title": "This year", "due_date": "2026-03-01"},
    {"title": "Another year", "due_date": "2031-12-31"},
    {"title": "Long ago", "due_date": "1901-02-03"},
    {"title": "With a time", "due_date": "2026-11-21T23:30:00"},
    {"title": "To the microsecond", "due_date": "2026-12-01T09:00:00.250Z"},
    {"title": "Around midnight elsewhere", "due_date": "2026-11-21T23:59:00Z"},
    {"title": "Every second friday", "due_string": "every other friday at 5pm"},
    {
        "title": "Month ends",
        "recurrence": {"frequency": "monthly", "month_days": [-1], "until": "2027-01-31"},
    },
    {"title": "Until a moment", "recurrence": {"rule": "FREQ=DAILY;UNTIL=20261231T120000Z"}},
    {"title": "Counted", "due_date": "2026-11-21", "recurrence": {"frequency": "daily", "count": 3}},
]


@pytest.mark.parametrize("stored", [None, "America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.parametrize("asked", [None, "Asia/Kolkata"])
async def test_a_list_shows_each_task_as_it_is_shown_alone(
    client: httpx.AsyncClient, stored: str | None, asked: str | None
) -> None:
    if stored is not None:
        await client.patch("/api/me/settings", json={"timezone": stored})
    if asked is not None:
        client.headers["X-Timezone"] = asked
    ids = [(await create_task(client, **task))["id"] for task in TASKS]
    await client.post(f"/api/me/tasks/{ids[0]}/complete")
    await client.post(f"/api/me/tasks/{ids[-1]}/skip")
    await client.post(f"/api/me/tasks/{ids[-2]}/stop-recurrence")

    listed = (await client.get("/api/me/tasks", params={"sort_by": "created_at", "order": "asc"})).json()

    alone = [(await client.get(f"/api/me/tasks/{task['id']}")).json() for task in listed["items"]]
    assert len(alone) == len(TASKS) + 1
    assert listed["items"] == alone
    assert [list(task) for task in listed["items"]] == [list(task) for task in alone]


async def test_a_list_is_in_the_zone_of_its_owner_and_nobody_elses(client_for: ClientFor) -> None:
    async with client_for("shown-here") as here, client_for("shown-there") as there:
        await there.patch("/api/me/settings", json={"timezone": "Pacific/Kiritimati"})
        for owner in (here, there):
            await create_task(owner, "Tea", due_date="2026-11-21T11:00:00Z")

        texts = [(await owner.get("/api/me/tasks")).json()["items"][0]["due_text"] for owner in (here, there)]

    assert texts == ["today, Sat 21 Nov, 11:00", "today, Sun 22 Nov, 01:00"]


@given(
    day=dates(date(1900, 1, 2), date(2200, 12, 30)) | dates(date(2026, 11, 18), date(2026, 11, 24)),
    at=none() | times(),
    zone=sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Asia/Kolkata"]),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_postgresql_words_a_due_date_as_the_language_room_does(
    client: httpx.AsyncClient, day: date, at: time | None, zone: str
) -> None:
    client.headers["X-Timezone"] = zone
    said = day.isoformat() if at is None else datetime.combine(day, at).isoformat()

    task = await create_task(client, due_date=said)

    instant = datetime.fromisoformat(task["due_date"]).astimezone(ZoneInfo(zone)) if at else None
    on, clock = (instant.date(), instant.time()) if instant else (day, None)
    assert task["due_text"] == describe_when(on, clock, LanguageContext.of(NOW, ZoneInfo(zone)))
