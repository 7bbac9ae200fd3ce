"""A user's settings: zone, first day of the week, order of dates."""

from typing import Any

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import create_task

DEFAULTS = {"timezone": "UTC", "week_start": "mon", "date_order": "mdy"}


async def test_a_new_user_has_the_defaults(client: httpx.AsyncClient, user_id: str) -> None:
    response = await client.get(f"/api/{user_id}/settings")

    assert (response.status_code, response.json()) == (200, DEFAULTS)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"timezone": "Europe/Berlin"}, {"timezone": "Europe/Berlin"}),
        ({"timezone": " europe/BERLIN "}, {"timezone": "Europe/Berlin"}),
        ({"week_start": "sun"}, {"week_start": "sun"}),
        ({"date_order": "dmy"}, {"date_order": "dmy"}),
        ({"timezone": "Asia/Tokyo", "week_start": "sat"}, {"timezone": "Asia/Tokyo", "week_start": "sat"}),
        ({}, {}),
    ],
)
async def test_a_change_is_answered_and_kept(
    client: httpx.AsyncClient, change: dict[str, str], shown: dict[str, str]
) -> None:
    changed = await client.patch("/api/me/settings", json=change)
    kept = await client.get("/api/me/settings")

    assert (changed.status_code, changed.json()) == (200, DEFAULTS | shown)
    assert kept.json() == changed.json()


async def test_a_change_leaves_the_other_settings_alone(client: httpx.AsyncClient) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Asia/Tokyo", "week_start": "sun"})

    changed = await client.patch("/api/me/settings", json={"date_order": "dmy"})

    assert changed.json() == {"timezone": "Asia/Tokyo", "week_start": "sun", "date_order": "dmy"}


async def test_null_returns_the_zone_to_utc(client: httpx.AsyncClient) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Asia/Tokyo"})

    changed = await client.patch("/api/me/settings", json={"timezone": None})

    assert changed.json() == DEFAULTS


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timezone": "Europe/Berlim"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "x" * 65}, "timezone"),
        ({"timezone": 5}, "timezone"),
        ({"timezone": "UTC\x00"}, "timezone"),
        ({"week_start": "monday"}, "week_start"),
        ({"week_start": None}, "week_start"),
        ({"date_order": "ymd"}, "date_order"),
        ({"time_zone": "UTC"}, "time_zone"),
    ],
)
async def test_what_cannot_be_set_is_refused_by_name(
    client: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    response = await client.patch("/api/me/settings", json=change)

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, field)
    assert (await client.get("/api/me/settings")).json() == DEFAULTS


async def test_a_misspelt_zone_is_told_the_nearest(client: httpx.AsyncClient) -> None:
    response = await client.patch("/api/me/settings", json={"timezone": "Europe/Berlim"})

    assert "'Europe/Berlin'" in response.json()["errors"][0]["message"]


async def test_the_order_of_dates_decides_what_3_4_means(client: httpx.AsyncClient) -> None:
    month_first = await create_task(client, due_date="3/4/2027")
    await client.patch("/api/me/settings", json={"date_order": "dmy"})
    day_first = await create_task(client, due_date="3/4/2027")

    assert (month_first["due_date"], day_first["due_date"]) == ("2027-03-04", "2027-04-03")


async def test_settings_are_ones_own(client: httpx.AsyncClient, client_for: ClientFor, user_id: str) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Asia/Tokyo"})

    async with client_for(f"{user_id}-other") as other:
        theirs = await other.get("/api/me/settings")

    assert theirs.json() == DEFAULTS
