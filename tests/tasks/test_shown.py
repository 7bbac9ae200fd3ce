"""A task is shown alike by a list, which PostgreSQL writes, and alone, as Python reads it."""

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import create_task

TASKS = [
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
