"""Every tool on its way to a row and back."""

from typing import Any

import httpx

from src.core.database import Database
from src.tasks.schemas import TaskPage
from tests.chat.factories import rows_of
from tests.factories import StandingClock, create_task
from tests.mcp_server.conftest import Use


async def add(use: Use, title: str = "Call mom", **fields: Any) -> dict[str, Any]:
    task: dict[str, Any] = (await use("add_task", title=title, **fields))["task"]
    return task


async def test_a_task_is_added_with_all_its_fields(use: Use, client: httpx.AsyncClient, user_id: str) -> None:
    task = await add(
        use,
        "Pay rent",
        description="By transfer",
        due_date="2026-12-01",
        priority="High",
        category="Home",
        tags=["money"],
    )

    stored = (await client.get(f"/api/me/tasks/{task['id']}")).json()
    assert stored == task
    assert (task["user_id"], task["title"], task["due_date"]) == (user_id, "Pay rent", "2026-12-01")
    assert (task["priority"], task["category"], task["tags"]) == ("High", "Home", ["money"])


async def test_a_due_date_in_words_is_read_in_the_callers_zone(use: Use) -> None:
    here = (await use("add_task", title="Call mom", due_date="tomorrow"))["task"]
    there = (await use("add_task", zone="Pacific/Kiritimati", title="Call mom", due_date="tomorrow"))["task"]

    assert (here["due_date"], there["due_date"]) == ("2026-11-22", "2026-11-23")


async def test_a_repeating_task_is_added_from_words(use: Use) -> None:
    task = await add(use, "Water the plants", due_date="2026-11-27", recurrence="every friday")

    assert task["recurrence"]["frequency"] == "weekly"
    assert (task["occurrence"], task["series_id"] is not None) == (1, True)


async def test_a_list_is_what_its_schema_says(use: Use) -> None:
    await add(use, "Plain")
    await add(use, "Pay rent", due_date="2026-12-01 17:00", priority="High", category="Home", tags=["money"])
    await add(use, "Water the plants", due_date="2026-11-27", recurrence="every friday")

    page = await use("list_tasks", limit=2)

    assert len(page["items"]) == 2
    assert TaskPage.model_validate(page).model_dump(mode="json") == page


async def test_listed_are_pending_tasks_unless_the_status_says_otherwise(use: Use) -> None:
    await add(use, "Open")
    done = await add(use, "Done")
    await use("complete_task", task_id=done["id"])

    pending = await use("list_tasks")
    completed = await use("list_tasks", status="completed")

    assert [task["title"] for task in pending["items"]] == ["Open"]
    assert [task["title"] for task in completed["items"]] == ["Done"]


async def test_lists_are_filtered_sorted_and_paged(use: Use) -> None:
    for title, priority, due in (("A", "Low", "today"), ("B", "High", "today"), ("C", "High", "in 3 weeks")):
        await add(use, title, priority=priority, due_date=due, tags=[f"tag-{title}"])

    today = await use("list_tasks", due="today", sort_by="title", sort_direction="asc")
    high = await use("list_tasks", priority=["High"], due_before="next month", tags=["TAG-B"])
    first = await use("list_tasks", sort_by="title", sort_direction="asc", limit=2)
    rest = await use(
        "list_tasks", sort_by="title", sort_direction="asc", limit=2, cursor=first["next_cursor"]
    )

    assert [task["title"] for task in today["items"]] == ["A", "B"]
    assert [task["title"] for task in high["items"]] == ["B"]
    assert [task["title"] for task in first["items"] + rest["items"]] == ["A", "B", "C"]


async def test_a_task_is_found_by_what_it_was_called(use: Use) -> None:
    await add(use, "Water the plants")
    await add(use, "Call mom")

    found = await use("list_tasks", search="plants")

    assert [task["title"] for task in found["items"]] == ["Water the plants"]


async def test_a_task_is_read_by_its_id(use: Use, client: httpx.AsyncClient) -> None:
    task = await create_task(client, "Water the plants")

    assert await use("get_task", task_id=task["id"]) == {"task": task}


async def test_an_update_changes_what_is_given_and_clears_what_is_named(
    use: Use, clock: StandingClock
) -> None:
    task = await add(use, "Pay rent", due_date="today", category="Home", tags=["money"], description="x")
    clock.advance(minutes=1)

    changed = (
        await use(
            "update_task", task_id=task["id"], title="Pay the rent", clear=["due_date", "category", "tags"]
        )
    )["task"]

    assert (changed["title"], changed["description"]) == ("Pay the rent", "x")
    assert (changed["due_date"], changed["category"], changed["tags"]) == (None, None, [])
    assert changed["version"] == task["version"] + 1


async def test_a_task_is_completed_once_however_often_that_is_said(use: Use) -> None:
    task = await add(use)

    first = await use("complete_task", task_id=task["id"])
    again = await use("complete_task", task_id=task["id"])

    assert first["completed_task"]["completed"] is True
    assert first["next_occurrence"] is None
    assert again == first


async def test_a_completed_task_is_reopened(use: Use) -> None:
    task = await add(use)
    await use("complete_task", task_id=task["id"])

    reopened = await use("complete_task", task_id=task["id"], completed=False)

    assert (reopened["completed_task"]["status"], reopened["next_occurrence"]) == ("pending", None)


async def test_completing_a_repeating_task_brings_the_next_one(use: Use) -> None:
    task = await add(use, "Water the plants", due_date="2026-11-27", recurrence="every friday")

    following = (await use("complete_task", task_id=task["id"]))["next_occurrence"]

    assert (following["title"], following["due_date"]) == ("Water the plants", "2026-12-04")


async def test_skipping_a_repeating_task_brings_the_next_one(use: Use) -> None:
    task = await add(use, "Water the plants", due_date="2026-11-27", recurrence="every friday")

    skipped = await use("skip_task", task_id=task["id"])

    assert skipped["skipped_task"]["status"] == "skipped"
    assert skipped["next_occurrence"]["due_date"] == "2026-12-04"


async def test_a_stopped_task_stays_and_no_longer_repeats(use: Use) -> None:
    task = await add(use, "Water the plants", due_date="2026-11-27", recurrence="every friday")

    stopped = (await use("stop_recurrence", task_id=task["id"]))["task"]

    assert (stopped["id"], stopped["status"], stopped["recurrence"]) == (task["id"], "pending", None)


async def test_a_deleted_task_is_gone(use: Use, client: httpx.AsyncClient) -> None:
    task = await add(use)

    deleted = await use("delete_task", task_id=task["id"])

    assert deleted["deleted_task_id"] == task["id"]
    assert (await client.get(f"/api/me/tasks/{task['id']}")).status_code == 404


async def test_tags_are_listed_with_how_often_they_are_used(use: Use) -> None:
    await add(use, "A", tags=["home", "money"])
    await add(use, "B", tags=["home"])

    tags = (await use("list_tags"))["tags"]

    assert sorted((tag["name"], tag["usage_count"]) for tag in tags) == [("home", 2), ("money", 1)]


async def test_what_tools_do_is_in_the_change_log(use: Use, database: Database, user_id: str) -> None:
    task = await add(use)
    await use("complete_task", task_id=task["id"])
    await use("delete_task", task_id=task["id"])

    changes = sorted(await rows_of(database, "task_change", user_id), key=lambda change: change["id"])

    assert [change["kind"] for change in changes] == ["created", "completed", "deleted"]
    assert len({change["operation_id"] for change in changes}) == 3
