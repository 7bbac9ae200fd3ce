"""What becomes of recurring tasks, and what is to come."""

from typing import Any

import httpx

from tests.analytics.script import Script


async def play_a_week(script: Script) -> int:
    """A daily task: done, done, skipped, done, done two days late, done."""
    task: int | None = await script.create(
        "2026-11-01T08:00", "Practise", due_date="2026-11-01", recurrence="FREQ=DAILY"
    )
    for done_at in ("2026-11-01T20:00", "2026-11-02T20:00"):
        task = await script.complete(done_at, task or 0)
    task = await script.skip("2026-11-03T20:00", task or 0)
    for done_at in ("2026-11-04T20:00", "2026-11-07T20:00"):
        task = await script.complete(done_at, task or 0)
    last = task or 0
    await script.complete("2026-11-08T20:00", last)
    return last


async def test_a_recurring_week_is_as_counted_by_hand(script: Script) -> None:
    await play_a_week(script)

    figures = await script.figures()

    assert figures["recurring_stats"] == {
        "total_patterns": 1,
        "active_patterns": 1,
        "total_instances": 9,
        "completed_instances": 5,
        "skipped": 1,
        "missed": 2,
        "completion_rate": 62.5,
        "current_streak": 1,
        "longest_streak": 4,
    }
    assert figures["completion_stats"]["total"] == 6


async def test_a_period_takes_its_part_of_the_occurrences(script: Script) -> None:
    await play_a_week(script)

    part = (await script.figures(start_date="2026-11-03", end_date="2026-11-06"))["recurring_stats"]

    assert (part["completed_instances"], part["skipped"], part["missed"]) == (1, 1, 1)
    assert (part["current_streak"], part["longest_streak"]) == (0, 3)


async def test_an_overdue_occurrence_ends_the_current_streak(script: Script) -> None:
    await play_a_week(script)
    script.at("2026-11-10T00:00")

    recurring = (await script.figures())["recurring_stats"]

    assert (recurring["current_streak"], recurring["longest_streak"]) == (0, 4)


async def test_reopening_takes_back_the_completion_and_the_occurrence_it_made(script: Script) -> None:
    last = await play_a_week(script)

    await script.reopen("2026-11-08T21:00", last)

    recurring = (await script.figures())["recurring_stats"]
    assert (recurring["completed_instances"], recurring["total_instances"]) == (4, 8)
    assert recurring["current_streak"] == 0


async def test_completed_occurrences_stay_when_they_and_their_series_are_deleted(
    script: Script, client: httpx.AsyncClient
) -> None:
    task = await script.create("2026-11-01T08:00", "Swim", due_date="2026-11-01", recurrence="FREQ=DAILY")
    upcoming = await script.complete("2026-11-01T20:00", task)
    await script.delete("2026-11-01T21:00", task)
    await client.delete(f"/api/me/tasks/{upcoming}", params={"scope": "series"})

    recurring = (await script.figures())["recurring_stats"]

    assert (recurring["total_patterns"], recurring["active_patterns"]) == (1, 0)
    assert (recurring["completed_instances"], recurring["total_instances"]) == (1, 1)
    assert (recurring["current_streak"], recurring["longest_streak"]) == (0, 1)


async def test_the_forecast_has_pending_tasks_and_occurrences_to_come_on_the_users_days(
    script: Script, client: httpx.AsyncClient
) -> None:
    client.headers["X-Timezone"] = "America/Los_Angeles"
    start = "2026-10-25T20:00"
    await script.create(start, "Overdue", due_date="2026-10-24")
    await script.create(start, "Plain", due_date="2026-10-25")
    # 1 November has 25 hours there; this is still Sunday evening.
    await script.create(start, "Late", due_date="2026-11-02T07:30:00Z")
    await script.create(start, "Weekly", due_date="2026-10-26T09:00", recurrence="FREQ=WEEKLY")
    await script.create(start, "Far", due_date="2026-11-08")

    forecast = (await script.figures())["forecast"]

    assert [day["date"] for day in forecast][:: len(forecast) - 1] == ["2026-10-25", "2026-11-07"]
    assert busy(forecast) == {
        "2026-10-25": (1, 0),
        "2026-10-26": (1, 0),
        "2026-11-01": (1, 0),
        "2026-11-02": (0, 1),
    }


async def test_a_late_series_comes_back_after_today(script: Script) -> None:
    await script.create("2026-11-01T08:00", "Water", due_date="2026-11-01", recurrence="FREQ=DAILY;COUNT=25")
    script.at("2026-11-21T10:00")

    forecast = (await script.figures())["forecast"]

    assert busy(forecast) == {f"2026-11-{day}": (0, 1) for day in (22, 23, 24, 25)}


async def test_a_stopped_series_does_not_come_back(script: Script, client: httpx.AsyncClient) -> None:
    task = await script.create("2026-11-21T08:00", "Water", due_date="2026-11-21", recurrence="FREQ=DAILY")
    await client.post(f"/api/me/tasks/{task}/stop-recurrence")

    figures = await script.figures()

    assert busy(figures["forecast"]) == {"2026-11-21": (1, 0)}
    assert figures["recurring_stats"]["active_patterns"] == 0


def busy(forecast: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    assert all(day["count"] == day["pending"] + day["recurring"] for day in forecast)
    return {day["date"]: (day["pending"], day["recurring"]) for day in forecast if day["count"]}
