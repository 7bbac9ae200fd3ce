"""What was exported comes back as it was, in another account and in one's own."""

from typing import Any

import httpx

from tests.conftest import ClientFor
from tests.factories import StandingClock, create_task
from tests.transfer.test_export import exported


async def imported(client: httpx.AsyncClient, document: Any, **parameters: str) -> dict[str, Any]:
    response = await client.post("/api/me/import", json=document, params=parameters)
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()
    return result


def counts(result: dict[str, Any]) -> tuple[int, int, int, int]:
    return result["created"], result["updated"], result["unchanged"], result["skipped"]


async def lived_in(client: httpx.AsyncClient, clock: StandingClock) -> None:
    """An account with something of everything."""
    await client.patch("/api/me/settings", json={"timezone": "Europe/Berlin", "week_start": "sun"})
    await create_task(client, "Plain", description="Two\nlines", priority="High", tags=["Home", "Zoë"])
    await create_task(client, "Timed", due_date="2026-11-22T09:30:00", category="Errands")
    done = await create_task(client, "Done", due_date="2026-11-21")
    water = await create_task(client, "Water", due_date="2026-11-21", recurrence="every day")
    gym = await create_task(client, "Gym", due_string="every monday 7am", tags=["sport"])
    gone = await create_task(client, "Gone")
    stopped = await create_task(client, "Stopped", recurrence="every! 3 days")
    clock.advance(days=4)
    for task in (done, water, gone):
        await client.post(f"/api/me/tasks/{task['id']}/complete")
    await client.post(f"/api/me/tasks/{gym['id']}/skip")
    await client.post(f"/api/me/tasks/{stopped['id']}/stop-recurrence")
    await client.delete(f"/api/me/tasks/{gone['id']}")
    clock.advance(hours=1)
    await client.patch(f"/api/me/tasks/{done['id']}", json={"title": "Done indeed", "category": "Errands"})


def without_ids(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every id replaced by the place of what it names, and without import's own rows."""
    uids = {each["id"]: each["uid"] for each in (*document["tasks"], *document["series"])}
    history: dict[str, list[Any]] = {}
    for change in document["history"]:
        if change["occurred_at"] == document["exported_at"]:
            continue
        told = _renamed(change, uids) | {
            name: _renamed(change.get(name), uids) for name in ("before", "after")
        }
        history.setdefault(told.pop("task_id"), []).append(told)
    return {
        "preferences": document["preferences"],
        "series": sorted((_renamed(each, uids) for each in document["series"]), key=str),
        "tasks": sorted((_renamed(each, uids) for each in document["tasks"]), key=str),
        "history": history,
    }


def _renamed(record: dict[str, Any] | None, uids: dict[int, str]) -> Any:
    if record is None:
        return None
    named = {name: value for name, value in record.items() if name != "id"}
    for name in ("task_id", "series_id"):
        if named.get(name) is not None:
            named[name] = uids.get(named[name], "gone")
    return named


async def test_an_account_moves_whole(
    client: httpx.AsyncClient, client_for: ClientFor, clock: StandingClock, user_id: str
) -> None:
    await lived_in(client, clock)
    clock.advance(hours=1)
    there = await exported(client)

    async with client_for(f"{user_id}-new") as newcomer:
        result = await imported(newcomer, there)
        here = await exported(newcomer)
        figures = [(await each.get("/api/me/tasks/analytics")).json() for each in (client, newcomer)]

    assert counts(result) == (8, 0, 0, 0)
    assert (result["errors"], result["notices"]) == ([], [])
    assert without_ids(here) == without_ids(there)
    assert figures[0] == figures[1]


async def test_the_same_file_again_changes_nothing(
    client: httpx.AsyncClient, client_for: ClientFor, clock: StandingClock, user_id: str
) -> None:
    await lived_in(client, clock)
    there = await exported(client)

    async with client_for(f"{user_id}-new") as newcomer:
        await imported(newcomer, there)
        before = await exported(newcomer)
        result = await imported(newcomer, there)

        assert counts(result) == (0, 0, 8, 0)
        assert await exported(newcomer) == before


async def test_ones_own_file_changes_nothing(client: httpx.AsyncClient, clock: StandingClock) -> None:
    await lived_in(client, clock)
    before = await exported(client)

    result = await imported(client, before)

    assert counts(result) == (0, 0, 8, 0)
    assert await exported(client) == before


async def test_what_was_deleted_since_comes_back_in_its_place(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    await lived_in(client, clock)
    before = await exported(client)
    for task in before["tasks"]:
        await client.delete(f"/api/me/tasks/{task['id']}", params={"scope": "task"})

    result = await imported(client, before)

    assert (result["created"], result["errors"]) == (8, [])
    after = await exported(client)
    known = {task["id"] for task in before["tasks"]}
    assert [task for task in after["tasks"] if task["id"] in known] == before["tasks"]


async def test_there_and_back_again_changes_nothing(
    client: httpx.AsyncClient, client_for: ClientFor, clock: StandingClock, user_id: str
) -> None:
    await lived_in(client, clock)
    before = await exported(client)

    async with client_for(f"{user_id}-new") as newcomer:
        await imported(newcomer, before)
        returned = await exported(newcomer)
    result = await imported(client, returned)

    assert counts(result) == (0, 0, 8, 0)
    assert await exported(client) == before


async def test_a_dry_run_says_the_same_and_stores_nothing(
    client: httpx.AsyncClient, client_for: ClientFor, clock: StandingClock, user_id: str
) -> None:
    await lived_in(client, clock)
    there = await exported(client)

    async with client_for(f"{user_id}-new") as newcomer:
        before = await exported(newcomer)
        result = await imported(newcomer, there, dry_run="true")

        assert (result["dry_run"], counts(result)) == (True, (8, 0, 0, 0))
        assert await exported(newcomer) == before


async def test_what_went_on_there_goes_on_here(
    client: httpx.AsyncClient, client_for: ClientFor, clock: StandingClock, user_id: str
) -> None:
    task = await create_task(client, "Water", due_date="2026-11-21", recurrence="every day")

    async with client_for(f"{user_id}-new") as newcomer:
        await imported(newcomer, await exported(client))
        await client.post(f"/api/me/tasks/{task['id']}/complete")
        clock.advance(minutes=1)
        result = await imported(newcomer, await exported(client))
        tasks = (await newcomer.get("/api/me/tasks", params={"sort_by": "due_date"})).json()["items"]
        following = await newcomer.post(f"/api/me/tasks/{tasks[1]['id']}/complete")

    assert counts(result) == (1, 1, 0, 0)
    assert [(task["status"], task["occurrence"]) for task in tasks] == [("completed", 1), ("pending", 2)]
    assert following.json()["next_occurrence"]["due_date"] == "2026-11-23"


async def test_an_edit_here_outlives_the_same_file(
    client: httpx.AsyncClient, client_for: ClientFor, user_id: str
) -> None:
    await create_task(client, "Plain")
    there = await exported(client)

    async with client_for(f"{user_id}-new") as newcomer:
        await imported(newcomer, there)
        (task,) = (await newcomer.get("/api/me/tasks")).json()["items"]
        await newcomer.patch(f"/api/me/tasks/{task['id']}", json={"title": "Mine now"})
        result = await imported(newcomer, there)
        after = (await newcomer.get(f"/api/me/tasks/{task['id']}")).json()

    assert counts(result) == (0, 0, 1, 0)
    assert after["title"] == "Mine now"
