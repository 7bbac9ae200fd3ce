"""Series and occurrences, through the routes."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import StandingClock, create_task

BERLIN = {"X-Timezone": "Europe/Berlin"}


async def complete(client: httpx.AsyncClient, task_id: int) -> dict[str, Any]:
    response = await client.post(f"/api/me/tasks/{task_id}/complete")
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def series_of(client: httpx.AsyncClient, series_id: int) -> dict[str, Any]:
    page = (await client.get("/api/me/tasks/recurring")).json()
    return next(series for series in page["items"] if series["id"] == series_id)


async def test_the_31st_comes_back_after_short_months_at_nine_on_both_sides_of_clock_changes(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    client.headers.update(BERLIN)
    clock.set(datetime(2026, 1, 20, tzinfo=UTC))
    task = await create_task(client, "Rent", due_date="2026-01-31T09:00", recurrence={"frequency": "monthly"})

    dates = [task["due_date"]]
    for _ in range(11):
        clock.set(datetime.fromisoformat(dates[-1]))
        task = (await complete(client, task["id"]))["next_occurrence"]
        dates.append(task["due_date"])

    assert dates == [
        "2026-01-31T08:00:00Z",
        "2026-02-28T08:00:00Z",
        "2026-03-31T07:00:00Z",
        "2026-04-30T07:00:00Z",
        "2026-05-31T07:00:00Z",
        "2026-06-30T07:00:00Z",
        "2026-07-31T07:00:00Z",
        "2026-08-31T07:00:00Z",
        "2026-09-30T07:00:00Z",
        "2026-10-31T08:00:00Z",
        "2026-11-30T08:00:00Z",
        "2026-12-31T08:00:00Z",
    ]
    assert task["occurrence"] == 12


async def test_a_daily_task_five_days_overdue_is_due_tomorrow_and_has_missed_five(
    client: httpx.AsyncClient,
) -> None:
    task = await create_task(client, due_date="2026-11-16", recurrence="FREQ=DAILY")

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert upcoming["due_date"] == "2026-11-22"
    assert upcoming["occurrence"] == 7
    series = await series_of(client, task["series_id"])
    assert (series["completed"], series["missed"], series["skipped"]) == (1, 5, 0)


async def test_every_offers_each_missed_date_in_turn(client: httpx.AsyncClient) -> None:
    rule = {"frequency": "daily", "catch_up": "every"}
    task = await create_task(client, due_date="2026-11-16", recurrence=rule)

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert upcoming["due_date"] == "2026-11-17"
    assert (await series_of(client, task["series_id"]))["missed"] == 0


async def test_by_completion_the_next_date_counts_from_the_day_it_was_done(client: httpx.AsyncClient) -> None:
    rule = {"frequency": "daily", "interval": 3, "basis": "completion"}
    task = await create_task(client, due_date="2026-11-16T08:30:00", recurrence=rule)

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert upcoming["due_date"] == "2026-11-24T08:30:00Z"


async def test_done_early_the_next_date_is_another_one(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-27", recurrence={"frequency": "weekly"})

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert upcoming["due_date"] == "2026-12-04"


async def test_fifty_completions_at_once_make_one_successor(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-20", recurrence={"frequency": "weekly"})

    answers = await asyncio.gather(*(complete(client, task["id"]) for _ in range(50)))

    assert len({answer["next_occurrence"]["id"] for answer in answers}) == 1
    listed = (await client.get("/api/me/tasks", params={"series_id": task["series_id"]})).json()
    assert len(listed["items"]) == 2


async def test_completing_and_skipping_at_once_make_one_successor(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-20", recurrence={"frequency": "weekly"})

    await asyncio.gather(
        *(client.post(f"/api/me/tasks/{task['id']}/{verb}") for verb in ("complete", "skip") * 10)
    )

    listed = (await client.get("/api/me/tasks", params={"series_id": task["series_id"]})).json()
    assert len(listed["items"]) == 2


async def test_the_successor_copies_the_fields_of_the_one_just_finished(client: httpx.AsyncClient) -> None:
    task = await create_task(client, "Water plants", due_date="2026-11-21", recurrence="FREQ=DAILY")
    change = {"title": "Water the ferns", "description": "a cup", "priority": "High", "tags": ["home"]}
    await client.patch(f"/api/me/tasks/{task['id']}", json={**change, "category": "House"})

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert {name: upcoming[name] for name in change} == change
    assert (upcoming["category"], upcoming["status"], upcoming["version"]) == ("House", "pending", 1)


async def test_moving_one_occurrence_does_not_move_the_pattern(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-23", recurrence={"frequency": "weekly"})
    await client.patch(f"/api/me/tasks/{task['id']}", json={"due_date": "2026-11-26"})

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert upcoming["due_date"] == "2026-11-30"


async def test_after_the_last_occurrence_nothing_follows(client: httpx.AsyncClient) -> None:
    rule = {"frequency": "daily", "count": 2}
    first = await create_task(client, due_date="2026-11-21", recurrence=rule)
    second = (await complete(client, first["id"]))["next_occurrence"]

    last = await complete(client, second["id"])

    assert last["next_occurrence"] is None
    assert (await series_of(client, first["series_id"]))["is_active"] is False


async def test_until_is_inclusive(client: httpx.AsyncClient) -> None:
    rule = {"frequency": "weekly", "until": "2026-11-28"}
    task = await create_task(client, due_date="2026-11-21", recurrence=rule)

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert upcoming["due_date"] == "2026-11-28"
    assert (await complete(client, upcoming["id"]))["next_occurrence"] is None


async def test_reopening_takes_the_untouched_successor_back(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-16", recurrence="FREQ=DAILY")
    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    reopened = await client.patch(f"/api/me/tasks/{task['id']}/complete", json={"completed": False})

    assert reopened.json()["status"] == "pending"
    assert (await client.get(f"/api/me/tasks/{upcoming['id']}")).status_code == 404
    assert (await series_of(client, task["series_id"]))["missed"] == 0
    again = (await complete(client, task["id"]))["next_occurrence"]
    assert (again["due_date"], again["occurrence"]) == ("2026-11-22", 7)


async def test_reopening_leaves_a_touched_successor_and_makes_no_second_one(
    client: httpx.AsyncClient,
) -> None:
    task = await create_task(client, due_date="2026-11-20", recurrence="FREQ=DAILY")
    upcoming = (await complete(client, task["id"]))["next_occurrence"]
    await client.patch(f"/api/me/tasks/{upcoming['id']}", json={"title": "Call mom twice"})

    await client.patch(f"/api/me/tasks/{task['id']}/complete", json={"completed": False})
    again = await complete(client, task["id"])

    assert again["next_occurrence"]["id"] == upcoming["id"]


async def test_reopening_an_older_occurrence_leaves_the_later_ones(client: httpx.AsyncClient) -> None:
    first = await create_task(client, due_date="2026-11-21", recurrence="FREQ=DAILY")
    second = (await complete(client, first["id"]))["next_occurrence"]
    third = (await complete(client, second["id"]))["next_occurrence"]

    await client.patch(f"/api/me/tasks/{first['id']}/complete", json={"completed": False})

    assert (await client.get(f"/api/me/tasks/{third['id']}")).status_code == 200


async def test_skipping_moves_on_and_can_be_repeated(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-21", recurrence={"frequency": "weekly"})

    first = (await client.post(f"/api/me/tasks/{task['id']}/skip")).json()
    second = (await client.post(f"/api/me/tasks/{task['id']}/skip")).json()

    assert first["skipped_task"]["status"] == "skipped"
    assert first["next_occurrence"]["due_date"] == "2026-11-28"
    assert second["next_occurrence"]["id"] == first["next_occurrence"]["id"]


async def test_what_does_not_repeat_cannot_be_skipped(client: httpx.AsyncClient) -> None:
    task = await create_task(client)

    response = await client.post(f"/api/me/tasks/{task['id']}/skip")

    assert (response.status_code, response.json()["code"]) == (409, "not_recurring")


async def test_stopping_keeps_the_task_and_its_history(client: httpx.AsyncClient) -> None:
    first = await create_task(client, due_date="2026-11-21", recurrence={"frequency": "weekly"})
    second = (await complete(client, first["id"]))["next_occurrence"]

    stopped = await client.post(f"/api/me/tasks/{second['id']}/stop-recurrence")

    assert stopped.status_code == 200
    assert stopped.json()["recurrence"] is None
    assert (await complete(client, second["id"]))["next_occurrence"] is None
    series = await series_of(client, first["series_id"])
    assert (series["is_active"], series["completed"]) == (False, 2)


async def test_another_rule_starts_a_new_pattern_from_that_task(client: httpx.AsyncClient) -> None:
    first = await create_task(client, due_date="2026-11-21", recurrence={"frequency": "weekly"})
    second = (await complete(client, first["id"]))["next_occurrence"]

    changed = await client.patch(
        f"/api/me/tasks/{second['id']}", json={"recurrence": "FREQ=DAILY;INTERVAL=2"}
    )

    assert changed.json()["series_id"] != first["series_id"]
    assert changed.json()["occurrence"] == 1
    assert (await complete(client, second["id"]))["next_occurrence"]["due_date"] == "2026-11-30"
    assert (await series_of(client, first["series_id"]))["completed"] == 1


async def test_the_same_rule_again_changes_nothing(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-21", recurrence={"frequency": "weekly"})

    changed = await client.put(
        f"/api/me/tasks/{task['id']}",
        json={"title": "Call dad", "due_date": "2026-11-21", "recurrence": {"frequency": "weekly"}},
    )

    assert changed.json()["series_id"] == task["series_id"]
    assert changed.json()["title"] == "Call dad"


async def test_null_stops_the_recurrence(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-21", recurrence={"frequency": "weekly"})

    changed = await client.patch(f"/api/me/tasks/{task['id']}", json={"recurrence": None})

    assert changed.json()["recurrence"] is None
    assert (await complete(client, task["id"]))["next_occurrence"] is None


async def test_deleting_one_occurrence_lets_the_next_follow(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-21", recurrence={"frequency": "weekly"})

    deleted = await client.delete(f"/api/me/tasks/{task['id']}")

    assert deleted.status_code == 204
    listed = (await client.get("/api/me/tasks")).json()["items"]
    assert [item["due_date"] for item in listed] == ["2026-11-28"]


async def test_deleting_the_series_ends_it_and_keeps_what_was_done(client: httpx.AsyncClient) -> None:
    first = await create_task(client, due_date="2026-11-21", recurrence={"frequency": "weekly"})
    second = (await complete(client, first["id"]))["next_occurrence"]

    deleted = await client.delete(f"/api/me/tasks/{second['id']}", params={"scope": "series"})

    assert deleted.status_code == 204
    assert [item["id"] for item in (await client.get("/api/me/tasks")).json()["items"]] == [first["id"]]
    assert (await series_of(client, first["series_id"]))["is_active"] is False


async def test_a_rule_without_a_date_is_first_due_on_its_first_date(client: httpx.AsyncClient) -> None:
    rule = {"frequency": "monthly", "month_days": [1]}

    task = await create_task(client, "Pay rent", recurrence=rule)

    assert task["due_date"] == "2026-12-01"


async def test_a_change_of_the_users_zone_leaves_a_series_on_its_own_clock(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    client.headers.update(BERLIN)
    task = await create_task(client, due_date="2026-11-23T09:00", recurrence={"frequency": "daily"})
    client.headers["X-Timezone"] = "America/New_York"
    clock.advance(days=2)

    upcoming = (await complete(client, task["id"]))["next_occurrence"]

    assert upcoming["due_date"] == "2026-11-24T08:00:00Z"


@pytest.mark.parametrize(
    ("recurrence", "field"),
    [
        ({"frequency": "hourly"}, "recurrence.frequency"),
        ({"frequency": "daily", "intervall": 2}, "recurrence.intervall"),
        ({"frequency": "daily", "interval": 0}, "interval"),
        ({"frequency": "yearly", "months": [2], "month_days": [30]}, "month_days"),
        ({"frequency": "daily", "rule": "FREQ=DAILY"}, "recurrence"),
        ({"rule": "FREQ=SECONDLY"}, None),
        ({"rule": "nonsense"}, None),
        ({}, None),
    ],
)
async def test_a_rule_that_cannot_be_followed_is_refused_by_name(
    client: httpx.AsyncClient, recurrence: dict[str, Any], field: str | None
) -> None:
    response = await client.post("/api/me/tasks", json={"title": "Odd", "recurrence": recurrence})

    assert response.status_code == 422, response.text
    assert response.json()["errors"]
    if field is not None:
        assert response.json()["errors"][0]["field"] == field
    assert (await client.get("/api/me/tasks")).json()["items"] == []


async def test_occurrences_are_the_next_dates_of_the_series(client: httpx.AsyncClient) -> None:
    task = await create_task(client, due_date="2026-11-30", recurrence={"frequency": "monthly"})

    response = await client.get(f"/api/me/tasks/{task['id']}/occurrences", params={"count": 3})

    dates = [(each["number"], each["due_date"]) for each in response.json()["occurrences"]]
    assert dates == [(2, "2026-12-30"), (3, "2027-01-30"), (4, "2027-02-28")]


async def test_a_preview_shows_dates_and_stores_nothing(client: httpx.AsyncClient) -> None:
    request = {"rule": "FREQ=MONTHLY;BYDAY=-1FR", "start": "2026-11-01", "count": 3}

    preview = (await client.post("/api/me/recurrence/preview", json=request)).json()

    assert preview["dates"] == ["2026-11-27", "2026-12-25", "2027-01-29"]
    assert preview["text"] == "every last Friday of the month"
    assert (await client.get("/api/me/tasks/recurring")).json()["items"] == []


async def test_series_are_paged_newest_first(client: httpx.AsyncClient) -> None:
    for title in ("one", "two", "three"):
        await create_task(client, title, due_date="2026-11-21", recurrence="FREQ=DAILY")

    first = (await client.get("/api/me/tasks/recurring", params={"limit": 2})).json()
    rest = (await client.get("/api/me/tasks/recurring", params={"cursor": first["next_cursor"]})).json()

    names = [series["next_task"]["title"] for series in first["items"] + rest["items"]]
    assert names == ["three", "two", "one"]
    assert rest["next_cursor"] is None


async def test_a_stranger_reaches_no_series(client: httpx.AsyncClient, client_for: ClientFor) -> None:
    task = await create_task(client, due_date="2026-11-21", recurrence="FREQ=DAILY")

    async with client_for("a-stranger") as stranger:
        answers = [
            await stranger.post(f"/api/me/tasks/{task['id']}/skip"),
            await stranger.post(f"/api/me/tasks/{task['id']}/complete"),
            await stranger.post(f"/api/me/tasks/{task['id']}/stop-recurrence"),
            await stranger.get(f"/api/me/tasks/{task['id']}/occurrences"),
            await stranger.delete(f"/api/me/tasks/{task['id']}", params={"scope": "series"}),
        ]
        series = (await stranger.get("/api/me/tasks/recurring")).json()

    assert [answer.status_code for answer in answers] == [404] * 5
    assert series["items"] == []


@pytest.mark.parametrize("said", [{}, {"due_date": None}])
async def test_a_sentence_with_a_time_of_day_sets_the_first_due_date(
    client: httpx.AsyncClient, said: dict[str, None]
) -> None:
    task = await create_task(client, "Report", recurrence="every friday 9am", **said)

    assert task["due_date"] == "2026-11-27T09:00:00Z"
    assert task["recurrence"]["starts_at"] == "2026-11-27T09:00:00Z"
