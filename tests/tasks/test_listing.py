"""Lists of tasks: orders, pages and filters."""

import base64
from typing import Any

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories import StandingClock, create_task, titles

DIRECTIONS = ("asc", "desc")
SORTS = ("created_at", "updated_at", "due_date", "priority", "title", "status")


async def make_varied_tasks(client: httpx.AsyncClient, clock: StandingClock) -> None:
    """Twelve tasks with equal and differing values in every field that can be ordered by."""
    dues = (None, "2026-12-01", "2026-12-01T09:00:00Z", "2026-11-30", None, "2026-12-01T09:00:00Z")
    for number in range(12):
        task = await create_task(
            client,
            f"{'abcABC'[number % 6]} task {number // 6}",
            priority=("High", "low", "None")[number % 3],
            due_date=dues[number % 6],
        )
        if number % 4 == 0:
            await client.post(f"/api/me/tasks/{task['id']}/complete")
        if number % 2:
            clock.advance(minutes=1)


async def walk(client: httpx.AsyncClient, **parameters: Any) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await client.get("/api/me/tasks", params=parameters | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        tasks += page.json()["items"]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return tasks


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 5])
async def test_pages_put_together_are_the_whole_list_in_its_order(
    client: httpx.AsyncClient, clock: StandingClock, sort: str, direction: str, limit: int
) -> None:
    await make_varied_tasks(client, clock)
    order = {"sort_by": sort, "sort_direction": direction}

    whole = await walk(client, **order)
    in_pages = await walk(client, **order, limit=limit)

    assert len(whole) == 12
    assert in_pages == whole


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("sort", SORTS)
async def test_a_walk_sees_every_task_once_while_others_are_added(
    client: httpx.AsyncClient, clock: StandingClock, sort: str, direction: str
) -> None:
    await make_varied_tasks(client, clock)
    before = {task["id"] for task in await walk(client)}
    parameters: dict[str, Any] = {"sort_by": sort, "sort_direction": direction, "limit": 2}

    seen: list[int] = []
    while True:
        page = (await client.get("/api/me/tasks", params=parameters)).json()
        seen += [task["id"] for task in page["items"]]
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
        await create_task(client, "b late", priority="Low", due_date="2026-11-30")

    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        ("created_at", ["first", "Second", "third"]),
        ("due_date", ["third", "first", "Second"]),
        ("priority", ["third", "first", "Second"]),
        ("title", ["first", "Second", "third"]),
        ("status", ["Second", "first", "third"]),
        ("updated_at", ["first", "third", "Second"]),
    ],
)
async def test_each_order_runs_both_ways(
    client: httpx.AsyncClient, clock: StandingClock, sort: str, ascending: list[str]
) -> None:
    await make_three_tasks(client, clock)

    up, down = [await titles(client, sort_by=sort, sort_direction=way) for way in DIRECTIONS]

    assert up == ascending
    assert down == ascending[::-1]


async def make_three_tasks(client: httpx.AsyncClient, clock: StandingClock) -> None:
    ids = []
    for title, priority, due in (
        ("first", "Low", "2026-12-02"),
        ("Second", "High", "2026-12-03"),
        ("third", "None", "2026-12-01"),
    ):
        ids.append((await create_task(client, title, priority=priority, due_date=due))["id"])
        clock.advance(seconds=1)
    await client.post(f"/api/me/tasks/{ids[1]}/complete")


@pytest.mark.parametrize(
    ("sort", "by_default"),
    [
        (None, ["third", "Second", "first"]),
        ("updated_at", ["Second", "third", "first"]),
        ("due_date", ["third", "first", "Second"]),
        ("priority", ["Second", "first", "third"]),
        ("title", ["first", "Second", "third"]),
    ],
)
async def test_each_order_has_the_direction_that_people_mean(
    client: httpx.AsyncClient, clock: StandingClock, sort: str | None, by_default: list[str]
) -> None:
    await make_three_tasks(client, clock)

    seen = await titles(client, **({"sort_by": sort} if sort else {}))

    assert seen == by_default


async def test_undated_tasks_come_last_both_ways_and_a_day_after_its_times(
    client: httpx.AsyncClient,
) -> None:
    for title, due in (("undated", None), ("day", "2026-12-01"), ("nine", "2026-12-01T09:00:00Z")):
        await create_task(client, title, due_date=due)

    up, down = [await titles(client, sort_by="due_date", sort_direction=way) for way in DIRECTIONS]

    assert (up, down) == (["nine", "day", "undated"], ["day", "nine", "undated"])


async def test_order_is_another_word_for_sort_direction_and_letter_case_does_not_count(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    await make_three_tasks(client, clock)

    seen = await titles(client, sort_by="Title", order="DESC", status="All")

    assert seen == ["third", "Second", "first"]


async def cursor_of(client: httpx.AsyncClient, **parameters: Any) -> str:
    page = await client.get("/api/me/tasks", params={"limit": 1} | parameters)
    cursor: str = page.json()["next_cursor"]
    return cursor


def tampered(cursor: str) -> list[str]:
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    flipped = [raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :] for place in (0, len(raw) - 2)]
    made_up = [b"", b"x" * 20, raw[9:], raw[:-1]]
    return [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in flipped + made_up] + [
        "é",
        "a" * 1001,
    ]


async def test_a_cursor_that_was_changed_or_made_up_is_refused(client: httpx.AsyncClient) -> None:
    await create_task(client)
    await create_task(client)
    cursor = await cursor_of(client)

    answers = [await client.get("/api/me/tasks", params={"cursor": bad}) for bad in tampered(cursor)]

    assert [answer.status_code for answer in answers] == [422] * 8
    assert {answer.json()["errors"][0]["field"] for answer in answers} == {"cursor"}


async def test_a_cursor_of_another_order_is_refused(client: httpx.AsyncClient) -> None:
    await create_task(client)
    await create_task(client)
    cursor = await cursor_of(client, sort_by="title")

    other_sort = await client.get("/api/me/tasks", params={"cursor": cursor})
    other_way = await client.get(
        "/api/me/tasks", params={"cursor": cursor, "sort_by": "title", "sort_direction": "desc"}
    )

    assert [other_sort.status_code, other_way.status_code] == [422, 422]


async def test_a_cursor_of_another_user_is_refused(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    await create_task(client)
    await create_task(client)
    cursor = await cursor_of(client)

    async with client_for(f"{user_id}-other") as stranger:
        response = await stranger.get("/api/me/tasks", params={"cursor": cursor})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_cursor")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", 0),
        ("limit", 201),
        ("limit", "many"),
        ("status", "done"),
        ("priority", "urgent"),
        ("priority", "High,urgent"),
        ("sort_by", "user_id"),
        ("sort_direction", "up"),
        ("tags_match", "some"),
        ("due", "someday"),
        ("due_after", "2026-02-30"),
        ("completed", "perhaps"),
        ("category", "c" * 51),
        ("search", "s" * 201),
        ("search", "a\x00"),
    ],
)
async def test_a_filter_that_cannot_be_meant_is_refused_by_name(
    client: httpx.AsyncClient, name: str, value: Any
) -> None:
    response = await client.get("/api/me/tasks", params={name: value})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].startswith(name)
