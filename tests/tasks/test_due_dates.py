"""Due dates: as a date, an instant, a time on the wall of the user's zone, or words."""

from datetime import UTC, datetime

import httpx
import pytest

from tests.factories import StandingClock, create_task


@pytest.mark.parametrize(
    ("given", "stored", "zone"),
    [
        ("2026-12-01", "2026-12-01", None),
        (" 2026-12-01 ", "2026-12-01", None),
        ("2028-02-29", "2028-02-29", None),
        ("1900-01-01", "1900-01-01", None),
        ("2200-12-31", "2200-12-31", None),
        ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z", "UTC"),
        ("2026-12-01t09:00:00z", "2026-12-01T09:00:00Z", "UTC"),
        ("2026-12-01T09:00:00+02:00", "2026-12-01T07:00:00Z", "UTC"),
        ("2026-12-01T09:00:00-11:30", "2026-12-01T20:30:00Z", "UTC"),
        ("2026-12-01T09:00", "2026-12-01T09:00:00Z", "UTC"),
        ("2026-12-01 09:00", "2026-12-01T09:00:00Z", "UTC"),
        ("2026-12-01T09:00:00.250Z", "2026-12-01T09:00:00.25Z", "UTC"),
        ("tomorrow", "2026-11-22", None),
        ("tomorrow 5pm", "2026-11-22T17:00:00Z", "UTC"),
    ],
)
async def test_every_form_of_a_due_date_is_read(
    client: httpx.AsyncClient, given: str, stored: str, zone: str | None
) -> None:
    task = await create_task(client, due_date=given)

    assert (task["due_date"], task["due_timezone"]) == (stored, zone)
    assert (await client.get(f"/api/me/tasks/{task['id']}")).json() == task


@pytest.mark.parametrize("header", ["America/New_York", "america/new_york"])
async def test_a_local_time_is_meant_in_the_zone_of_the_request(
    client: httpx.AsyncClient, header: str
) -> None:
    client.headers["X-Timezone"] = header

    task = await create_task(client, due_date="2026-12-01T09:00:00")

    assert (task["due_date"], task["due_timezone"]) == ("2026-12-01T14:00:00Z", "America/New_York")


async def test_a_local_time_is_meant_in_the_stored_zone_where_the_request_names_none(
    client: httpx.AsyncClient,
) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Asia/Tokyo"})

    task = await create_task(client, due_date="2026-12-01T09:00:00")

    assert (task["due_date"], task["due_timezone"]) == ("2026-12-01T00:00:00Z", "Asia/Tokyo")


async def test_the_zone_of_the_request_outweighs_the_stored_one(client: httpx.AsyncClient) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Asia/Tokyo"})
    client.headers["X-Timezone"] = "Europe/Berlin"

    task = await create_task(client, due_date="2026-12-01T09:00:00")

    assert task["due_date"] == "2026-12-01T08:00:00Z"


async def test_tomorrow_is_counted_from_the_users_today(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    clock.set(datetime(2026, 11, 21, 20, 0, tzinfo=UTC))  # In Tokyo it is Sunday already.
    client.headers["X-Timezone"] = "Asia/Tokyo"

    task = await create_task(client, due_date="tomorrow")

    assert task["due_date"] == "2026-11-23"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2026-03-29T01:59:00", "2026-03-29T00:59:00Z"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),  # Skipped by the change: an hour later, 03:30.
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),  # It comes twice: the first.
        ("2026-10-25T03:30:00", "2026-10-25T02:30:00Z"),
    ],
)
async def test_a_local_time_on_the_day_of_a_clock_change_is_settled(
    client: httpx.AsyncClient, given: str, stored: str
) -> None:
    client.headers["X-Timezone"] = "Europe/Berlin"

    task = await create_task(client, due_date=given)

    assert task["due_date"] == stored


@pytest.mark.parametrize("zone", ["Mars/Olympus", "CEST+2", "../etc/passwd", "Europe/Berlin\x7f", "x" * 5000])
async def test_a_zone_that_does_not_exist_is_refused(client: httpx.AsyncClient, zone: str) -> None:
    response = await client.get("/api/me/tasks", headers={"X-Timezone": zone})

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "unknown_timezone")
    assert problem["errors"][0]["field"] == "X-Timezone"


async def test_an_empty_zone_header_counts_as_none(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/me/tasks", headers={"X-Timezone": ""})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        "2026-13-01",
        "2026-02-29",
        "2026-12-01T09:60:00",
        "2026-12-01T09:00:00+25:00",
        "2026-12-01T09:00:00Q",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "every friday",
        "colourless green ideas",
    ],
)
async def test_what_is_no_one_date_is_refused(client: httpx.AsyncClient, given: str) -> None:
    response = await client.post("/api/me/tasks", json={"title": "A", "due_date": given})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "due_date")


async def test_due_string_sets_the_due_date_and_is_not_read_back(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_string="tomorrow 5pm")

    assert task["due_date"] == "2026-11-22T17:00:00Z"
    assert "due_string" not in task


async def test_due_date_and_due_string_exclude_each_other(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/api/me/tasks", json={"title": "A", "due_date": "2026-12-01", "due_string": "tomorrow"}
    )

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "due_string")


@pytest.mark.parametrize("text", ["2026-02-30", "colourless green ideas"])
async def test_a_refused_due_string_is_named_as_such(client: httpx.AsyncClient, text: str) -> None:
    response = await client.post("/api/me/tasks", json={"title": "A", "due_string": text})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "due_string")


async def test_a_due_date_in_words_is_said_in_the_zone_of_the_reader(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-21T22:00:00Z")

    there = await client.get(f"/api/me/tasks/{task['id']}", headers={"X-Timezone": "Asia/Tokyo"})

    assert task["due_text"].lower().startswith("today")
    assert there.json()["due_text"].lower().startswith("tomorrow")
