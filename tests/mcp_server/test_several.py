"""Several tasks in one call, each with its own outcome."""

from tests.mcp_server.conftest import Refusal, Use


async def test_several_tasks_are_added_in_one_call(use: Use) -> None:
    more = [{"title": "Buy milk", "due_date": "every friday"}, {"title": "Call mom", "tags": ["family"]}]

    added = await use("add_task", title="Pay rent", more=more)

    assert added["task"]["title"] == "Pay rent"
    assert [outcome["task"]["title"] for outcome in added["more"]] == ["Buy milk", "Call mom"]
    assert added["more"][0]["task"]["recurrence"]["rule"] == "FREQ=WEEKLY;BYDAY=FR"
    assert len((await use("list_tasks"))["items"]) == 3


async def test_one_of_several_that_cannot_be_added_is_told_and_the_others_are(use: Use) -> None:
    more = [
        {"title": "Buy milk", "due": "tomorrow"},
        {"title": "Call mom", "due_date": "feb 30"},
        {"title": "Run"},
    ]

    added = await use("add_task", title="Pay rent", more=more)

    errors = [outcome["error"] for outcome in added["more"]]
    assert "due_date" in errors[0]
    assert errors[1]
    assert errors[2] is None
    assert {task["title"] for task in (await use("list_tasks"))["items"]} == {"Pay rent", "Run"}


async def test_several_tasks_are_completed_in_one_call(use: Use) -> None:
    added = await use("add_task", title="One", more=[{"title": "Two", "due_date": "every day"}])
    first, second = added["task"]["id"], added["more"][0]["task"]["id"]

    done = await use("complete_task", task_id=first, more=[second, 999_999])

    assert done["completed_task"]["status"] == "completed"
    assert done["more"][0]["next_occurrence"]["title"] == "Two"
    assert "task_not_found" in done["more"][1]["error"]


async def test_more_than_fifty_at_once_are_refused_before_any_is_added(use: Use, refusal: Refusal) -> None:
    sentence = await refusal("add_task", title="One", more=[{"title": "Another"}] * 51)

    assert "more" in sentence
    assert (await use("list_tasks"))["items"] == []
