"""A scripted year against a table made by hand, in zones on either side of UTC."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.analytics.script import Script


@dataclass(frozen=True)
class Expected:
    """What the year looks like on the wall of a zone."""

    days: dict[str, tuple[int, int]]
    hours: dict[int, int]
    weekdays: dict[str, int]
    on_time_rate: float


YEAR = {
    # 02:30 comes twice on 25 October, 02:15 never on 29 March.
    "Europe/Berlin": Expected(
        {"2026-01-31": (1, 1), "2026-03-29": (1, 1), "2026-10-25": (2, 2)},
        {0: 1, 2: 2, 3: 1},
        {"sat": 1, "sun": 3},
        50.0,
    ),
    "America/Los_Angeles": Expected(
        {"2026-01-30": (1, 1), "2026-03-28": (1, 1), "2026-10-24": (2, 2)},
        {15: 1, 17: 1, 18: 2},
        {"fri": 1, "sat": 3},
        100.0,
    ),
    "Pacific/Auckland": Expected(
        {"2026-01-31": (1, 1), "2026-03-29": (1, 1), "2026-10-25": (2, 2)},
        {12: 1, 13: 1, 14: 2},
        {"sat": 1, "sun": 3},
        50.0,
    ),
}


async def play_the_year(script: Script) -> None:
    report = await script.create(
        "2026-01-10T09:00", "Report", priority="High", tags=["Work"], category="Office", due_date="2026-01-30"
    )
    await script.complete("2026-01-30T23:30", report)
    taxes = await script.create(
        "2026-03-01T12:00", "Taxes", tags=["work", "Money"], due_date="2026-03-29T01:30:00Z"
    )
    await script.complete("2026-03-29T01:15", taxes)
    await script.delete("2026-04-10T00:00", taxes)
    slides = await script.create("2026-05-01T08:00", "Slides", priority="Low")
    await script.complete("2026-05-02T08:00", slides)
    await script.reopen("2026-05-03T08:00", slides)
    given_up = await script.create("2026-06-01T08:00", "An idea", priority="None", tags=["Work"])
    await script.delete("2026-06-02T08:00", given_up)
    await script.create("2026-06-20T08:00", "Dentist", due_date="2026-07-01")
    for title, done_at in (("Before", "2026-10-25T00:30"), ("After", "2026-10-25T01:30")):
        task = await script.create("2026-10-24T12:00", title)
        await script.complete(done_at, task)
    script.at("2026-12-31T10:00")


@pytest.mark.parametrize("zone", YEAR)
async def test_a_scripted_year_is_as_in_the_table(
    script: Script, client: httpx.AsyncClient, zone: str
) -> None:
    await play_the_year(script)
    client.headers["X-Timezone"] = zone

    figures = await script.figures(start_date="2026-01-01", end_date="2026-12-31", year=2026)

    expected = YEAR[zone]
    productivity = figures["productivity"]
    assert figures["timezone"] == zone
    assert figures["completion_stats"] == {
        "total": 6,
        "completed": 4,
        "pending": 2,
        "overdue": 1,
        "completion_rate": 66.7,
    }
    assert figures["priority_distribution"] == {
        "total": 6,
        "high": {"count": 1, "percentage": 16.7},
        "medium": {"count": 4, "percentage": 66.7},
        "low": {"count": 1, "percentage": 16.7},
        "none": {"count": 0, "percentage": 0.0},
    }
    assert named(figures["by_tag"]) == [("work", 2, 2, 100.0), ("Money", 1, 1, 100.0)]
    assert named(figures["by_category"]) == [("Office", 1, 1, 100.0)]
    assert active_days(figures) == expected.days
    assert {each["hour"]: each["count"] for each in productivity["by_hour"] if each["count"]} == (
        expected.hours
    )
    assert {each["weekday"]: each["count"] for each in productivity["by_weekday"] if each["count"]} == (
        expected.weekdays
    )
    assert productivity["on_time_rate"] == expected.on_time_rate
    assert productivity["median_lead_hours"] == 254.0


def named(groups: list[dict[str, Any]]) -> list[tuple[str, int, int, float]]:
    return [(each["name"], each["total"], each["completed"], each["completion_rate"]) for each in groups]


def active_days(figures: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {day["date"]: (day["count"], day["level"]) for day in figures["heatmap"] if day["count"]}


async def test_a_year_has_all_its_days_whether_or_not_anything_was_done(script: Script) -> None:
    common, leap = await script.figures(year=2026), await script.figures(year=2028)

    assert [len(figures["heatmap"]) for figures in (common, leap)] == [365, 366]
    assert common["heatmap"][0] == {"date": "2026-01-01", "count": 0, "level": 0}


async def test_days_begin_at_midnight_on_the_users_wall(script: Script, client: httpx.AsyncClient) -> None:
    client.headers["X-Timezone"] = "Europe/Berlin"
    for done_at in ("2026-03-31T21:59", "2026-03-31T22:00"):
        await script.complete(done_at, await script.create("2026-03-01T08:00", "Tidy up"))
    script.at("2026-04-30T12:00")

    march = await script.figures(start_date="2026-03-01", end_date="2026-03-31")
    april = await script.figures(start_date="2026-04-01", end_date="2026-04-30")

    assert (march["completion_stats"]["completed"], march["completion_stats"]["pending"]) == (1, 1)
    assert (april["completion_stats"]["completed"], april["completion_stats"]["pending"]) == (1, 0)


async def test_deleting_a_pending_task_leaves_the_months_before_as_they_were(script: Script) -> None:
    task = await script.create("2026-03-01T08:00", "Learn Latin", due_date="2026-03-10")
    script.at("2026-05-02T08:00")
    march = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
    before = await script.figures(**march)

    await script.delete("2026-05-03T08:00", task)

    assert await script.figures(**march) == before | {"forecast": (await script.figures())["forecast"]}
    assert before["completion_stats"]["overdue"] == 1
    assert (await script.figures())["completion_stats"]["total"] == 0


async def test_completed_twice_a_task_counts_once_on_the_later_day(script: Script) -> None:
    task = await script.create("2026-03-01T08:00", "Paint the fence")
    await script.complete("2026-03-02T08:00", task)
    await script.reopen("2026-03-03T08:00", task)

    await script.complete("2026-03-04T08:00", task)

    assert active_days(await script.figures(year=2026)) == {"2026-03-04": (1, 1)}


async def test_a_task_due_today_is_not_overdue_before_the_day_is_over_there(
    script: Script, client: httpx.AsyncClient
) -> None:
    await script.create("2026-11-20T08:00", "Post the letter", due_date="2026-11-21")
    script.at("2026-11-21T23:30")

    client.headers["X-Timezone"] = "Europe/London"
    in_london = await script.figures()
    client.headers["X-Timezone"] = "Europe/Berlin"
    in_berlin = await script.figures()

    assert in_london["completion_stats"]["overdue"] == 0
    assert in_berlin["completion_stats"]["overdue"] == 1


async def test_the_week_begins_where_the_user_says(script: Script, client: httpx.AsyncClient) -> None:
    await client.patch("/api/me/settings", json={"week_start": "sun"})

    weekdays = (await script.figures())["productivity"]["by_weekday"]

    assert [day["weekday"] for day in weekdays] == ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


async def test_streaks_reach_back_before_the_period(script: Script) -> None:
    for day in ("01-30", "01-31", "02-01", "02-02"):
        await script.complete(f"2026-{day}T12:00", await script.create("2026-01-01T08:00", "Stretch"))
    script.at("2026-02-03T12:00")

    february = (await script.figures(start_date="2026-02-01"))["productivity"]
    january = (await script.figures(end_date="2026-01-31"))["productivity"]

    assert (february["current_streak_days"], february["longest_streak_days"]) == (4, 4)
    assert (january["current_streak_days"], january["longest_streak_days"]) == (2, 2)
