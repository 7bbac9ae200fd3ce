"""The routes: statuses, headers, refusals and strangers."""

from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.analytics.script import Script
from tests.conftest import ClientFor

PICTURES = ["/api/me/tasks/analytics/heatmap.svg", "/api/me/tasks/analytics/chart.svg"]


@pytest.mark.parametrize("path", PICTURES)
async def test_a_picture_is_private_and_sent_again_only_if_it_changed(
    client: httpx.AsyncClient, script: Script, path: str
) -> None:
    first = await client.get(path)
    etag = first.headers["ETag"]

    same = await client.get(path, headers={"If-None-Match": f'"other", W/{etag}'})
    await script.complete("2026-11-21T11:00", await script.create("2026-11-21T10:30", "Draw"))
    changed = await client.get(path, headers={"If-None-Match": etag})

    assert first.headers["Content-Type"].startswith("image/svg+xml")
    assert first.headers["Cache-Control"].startswith("private")
    assert ET.fromstring(first.text).tag.endswith("svg")  # noqa: S314 - our own answer.
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)


async def test_the_chart_leaves_out_the_occurrence_that_reopening_took_back(
    client: httpx.AsyncClient, script: Script
) -> None:
    task = await script.create("2026-11-20T10:00", "Run", due_date="2026-11-20", recurrence="FREQ=DAILY")
    await script.complete("2026-11-20T11:00", task)
    made = (await client.get(PICTURES[1])).text

    await script.reopen("2026-11-20T12:00", task)

    assert "2 created, 1 completed" in made
    assert "1 created, 0 completed" in (await client.get(PICTURES[1])).text


async def test_the_heatmap_is_of_the_year_that_is_asked_for_or_now(client: httpx.AsyncClient) -> None:
    now, then = await client.get(PICTURES[0]), await client.get(PICTURES[0], params={"year": 2025})

    assert "Tasks completed in 2026" in now.text
    assert "Tasks completed in 2025" in then.text


async def test_the_heatmap_may_be_left_out(script: Script) -> None:
    assert (await script.figures(include_heatmap=False))["heatmap"] is None


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"start_date": "2026-02-01", "end_date": "2026-01-31"}, "end_date"),
        ({"start_date": "soon"}, "start_date"),
        ({"end_date": "9999-12-31"}, "end_date"),
        ({"year": 1}, "year"),
        ({"include_heatmaps": True}, "include_heatmaps"),
    ],
)
async def test_what_cannot_be_counted_is_refused_by_name(
    client: httpx.AsyncClient, parameters: dict[str, str], field: str
) -> None:
    response = await client.get("/api/me/tasks/analytics", params=parameters)

    assert response.status_code == 422
    assert field in [error["field"] for error in response.json()["errors"]]


async def test_nobody_and_nothing_give_zeros_and_not_an_error(script: Script) -> None:
    figures = await script.figures()

    assert figures["completion_stats"]["completion_rate"] == 0.0
    assert figures["productivity"]["on_time_rate"] is None
    assert figures["productivity"]["median_lead_hours"] is None
    assert (figures["by_tag"], figures["by_category"]) == ([], [])


async def test_a_stranger_sees_nothing(
    script: Script, client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    task = await script.create(
        "2026-11-20T10:00", "Run", due_date="2026-11-20", recurrence="FREQ=DAILY", tags=["mine"]
    )
    await script.complete("2026-11-20T11:00", task)
    await script.delete("2026-11-20T12:00", task)
    paths = ["/api/me/tasks/analytics", *PICTURES]

    async with client_for(f"{user_id}-stranger") as stranger, client_for(f"{user_id}-other") as other:
        for path in paths:
            assert (await stranger.get(path)).content == (await other.get(path)).content
            assert (await stranger.get(path)).content != (await client.get(path)).content
            assert (await stranger.get(path.replace("me", user_id, 1))).status_code == 403


async def test_figures_need_a_caller(nobody: httpx.AsyncClient) -> None:
    for path in ("/api/me/tasks/analytics", *PICTURES):
        assert (await nobody.get(path)).status_code == 401
