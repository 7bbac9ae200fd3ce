"""What each filter of a list lets through."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.factories import StandingClock, create_task, titles


async def make_household(client: httpx.AsyncClient) -> None:
    await create_task(
        client, "Buy milk", priority="High", category="Home", tags=["Shop", "food"], description="2 litres"
    )
    await create_task(client, "Pay 100% of rent", priority="Low", category="home", tags=["money"])
    await create_task(client, "Call_mom", priority="None", tags=["family", "shop"])
    done = await create_task(client, "Fix sink")
    await client.post(f"/api/me/tasks/{done['id']}/complete")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {"Buy milk", "Pay 100% of rent", "Call_mom", "Fix sink"}),
        ({"status": "Pending"}, {"Buy milk", "Pay 100% of rent", "Call_mom"}),
        ({"status": "COMPLETED"}, {"Fix sink"}),
        ({"status": "skipped"}, set()),
        ({"status": "all", "completed": "true"}, {"Fix sink"}),
        ({"completed": "false"}, {"Buy milk", "Pay 100% of rent", "Call_mom"}),
        ({"priority": "high"}, {"Buy milk"}),
        ({"priority": "HIGH,low"}, {"Buy milk", "Pay 100% of rent"}),
        ({"priority": ["High", "none"]}, {"Buy milk", "Call_mom"}),
        ({"category": "HOME"}, {"Buy milk", "Pay 100% of rent"}),
        ({"category": "hom"}, set()),
        ({"tags": "SHOP"}, {"Buy milk", "Call_mom"}),
        ({"tags": "food,family"}, {"Buy milk", "Call_mom"}),
        ({"tags": ["shop", "food"], "tags_match": "all"}, {"Buy milk"}),
        ({"tags": ["shop", "food"], "tags_match": "ANY"}, {"Buy milk", "Call_mom"}),
        ({"search": "MILK"}, {"Buy milk"}),
        ({"search": "litres"}, {"Buy milk"}),
        ({"search": "family"}, {"Call_mom"}),
        ({"status": "pending", "priority": "High", "tags": "shop", "search": "milk"}, {"Buy milk"}),
        ({"recurring": "true"}, set()),
        ({"series_id": 99}, set()),
    ],
)
async def test_a_filter_lets_its_tasks_through(
    client: httpx.AsyncClient, parameters: dict[str, Any], expected: set[str]
) -> None:
    await make_household(client)

    seen = await titles(client, **parameters)

    assert set(seen) == expected
    assert len(seen) == len(expected)


async def test_a_status_that_contradicts_completed_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/me/tasks", params={"status": "pending", "completed": "true"})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "completed")


# The clock stands at Saturday 21 November 2026, 10:00 UTC.
DUES = {
    "last friday": "2026-11-20",
    "monday": "2026-11-16",
    "this morning": "2026-11-21T09:00:00Z",
    "today": "2026-11-21",
    "tonight": "2026-11-21T22:00:00Z",
    "tomorrow": "2026-11-22",
    "tomorrow noon": "2026-11-22T12:00:00Z",
    "next monday": "2026-11-23",
    "undated": None,
}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"due": "today"}, {"this morning", "today", "tonight"}),
        ({"due": "Tomorrow"}, {"tomorrow", "tomorrow noon"}),
        ({"due": "this_week"}, set(DUES) - {"next monday", "undated"}),
        ({"due": "overdue"}, {"monday", "last friday", "this morning"}),
        ({"due": "upcoming"}, {"today", "tonight", "tomorrow", "tomorrow noon", "next monday"}),
        ({"due": "none"}, {"undated"}),
        ({"due_after": "2026-11-22"}, {"tomorrow", "tomorrow noon", "next monday"}),
        ({"due_before": "2026-11-20"}, {"monday", "last friday"}),
        ({"due_after": "2026-11-21", "due_before": "2026-11-21"}, {"this morning", "today", "tonight"}),
        ({"due_after": "2026-11-22T12:00:00Z"}, {"tomorrow", "tomorrow noon", "next monday"}),
        ({"due_before": "2026-11-21T09:00:00Z"}, {"monday", "last friday", "this morning", "today"}),
        ({"due_after": "tomorrow"}, {"tomorrow", "tomorrow noon", "next monday"}),
    ],
)
async def test_due_windows_are_days_of_the_users_calendar(
    client: httpx.AsyncClient, parameters: dict[str, Any], expected: set[str]
) -> None:
    for title, due in DUES.items():
        await create_task(client, title, due_date=due)

    assert set(await titles(client, **parameters)) == expected


async def test_a_window_follows_the_zone_of_the_request(client: httpx.AsyncClient) -> None:
    for title, due in DUES.items():
        await create_task(client, title, due_date=due)
    client.headers["X-Timezone"] = "Asia/Tokyo"  # There, tonight is tomorrow.

    assert set(await titles(client, due="today")) == {"this morning", "today"}
    assert set(await titles(client, due="tomorrow")) == {"tomorrow", "tonight", "tomorrow noon"}


async def test_the_week_begins_on_the_day_that_the_user_chose(client: httpx.AsyncClient) -> None:
    for title, due in DUES.items():
        await create_task(client, title, due_date=due)
    await client.patch("/api/me/settings", json={"week_start": "sat"})

    seen = set(await titles(client, due="this_week"))

    assert seen == {"this morning", "today", "tonight", "tomorrow", "tomorrow noon", "next monday"}


async def test_a_completed_task_is_not_overdue(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-01")
    await client.post(f"/api/me/tasks/{task['id']}/complete")

    assert await titles(client, due="overdue") == []
    assert await titles(client, due="overdue", status="completed") == ["Call mom"]


async def test_a_day_has_23_hours_where_the_clocks_go_forward(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    clock.set(datetime(2026, 3, 29, 8, 0, tzinfo=UTC))
    client.headers["X-Timezone"] = "Europe/Berlin"
    await create_task(client, "first minute", due_date="2026-03-29T00:00:00")
    await create_task(client, "last minute", due_date="2026-03-29T23:59:00")
    await create_task(client, "day after", due_date="2026-03-30T00:00:00")

    assert set(await titles(client, due="today")) == {"first minute", "last minute"}


async def test_due_and_its_bounds_exclude_each_other(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/me/tasks", params={"due": "today", "due_after": "2026-11-01"})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "due")
