"""Several tasks in one call, each with its own outcome."""

from typing import Any

import pytest
from mcp import Client
from mcp_types import ElicitResult

from mcp_server import agreement
from mcp_server.server import TodoMCPServer
from src.assistant import guard
from src.auth.context import Caller, acting_as
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


async def test_several_tasks_are_changed_or_deleted_in_one_call(use: Use) -> None:
    ids = await added(use, 4)

    changed = await use("update_task", task_id=ids[0], more=[ids[1], 999_999], priority="High")
    deleted = await use("delete_task", task_id=ids[2], more=[ids[3], 999_999])

    assert changed["task"]["priority"] == changed["more"][0]["task"]["priority"] == "High"
    assert "task_not_found" in changed["more"][1]["error"]
    assert deleted["deleted_task_id"] == ids[2]
    assert deleted["more"][0]["deletion"]["deleted_task_id"] == ids[3]
    assert "task_not_found" in deleted["more"][1]["error"]
    assert len((await use("list_tasks"))["items"]) == 2


CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("complete_task", {}, "complete"),
    ("complete_task", {"completed": False}, "reopen"),
    ("update_task", {"priority": "High"}, "change"),
    ("delete_task", {}, "delete"),
]


@pytest.mark.parametrize(("tool", "arguments", "verb"), CHANGES)
async def test_more_than_five_wait_for_a_yes_and_none_is_touched(
    use: Use, refusal: Refusal, tool: str, arguments: dict[str, Any], verb: str
) -> None:
    first, *others = await added(use, 6)
    before = await use("list_tasks")

    sentence = await refusal(tool, task_id=first, more=others, **arguments)

    assert sentence.endswith("(confirmation_required)")
    assert f'whether to {verb} 6 tasks: "Errand 0", "Errand 1"' in sentence
    assert await use("list_tasks") == before


@pytest.mark.parametrize(("tool", "arguments", "verb"), CHANGES)
async def test_the_clients_word_opens_it_where_nobody_can_be_asked(
    use: Use, tool: str, arguments: dict[str, Any], verb: str
) -> None:
    del verb
    first, *others = await added(use, 6)

    answer = await use(tool, task_id=first, more=others, confirmed=True, **arguments)

    assert [outcome["error"] for outcome in answer["more"]] == [None] * 5


async def test_five_are_done_at_once_however_often_they_are_named(use: Use) -> None:
    first, *others = await added(use, 5)

    answer = await use("complete_task", task_id=first, more=[*others, *others])

    assert len(answer["more"]) == 8
    assert (await use("list_tasks"))["items"] == []


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        (ElicitResult(action="accept", content={"confirm": True}), 0),
        (ElicitResult(action="accept", content={"confirm": False}), 6),
        (ElicitResult(action="decline"), 6),
        (ElicitResult(action="cancel"), 6),
    ],
)
@pytest.mark.parametrize("confirmed", [False, True])
async def test_who_can_be_asked_is_asked_and_their_word_counts_alone(
    server: TodoMCPServer, use: Use, user_id: str, reply: ElicitResult, left: int, confirmed: bool
) -> None:
    first, *others = await added(use, 6)
    asked: list[str] = []

    async def answer(context: Any, params: Any) -> ElicitResult:
        del context
        asked.append(params.message)
        return reply

    with acting_as(Caller(user_id)):
        async with Client(server, elicitation_callback=answer) as client:
            result = await client.call_tool(
                "delete_task", {"task_id": first, "more": others, "confirmed": confirmed}
            )

    [question] = asked
    assert question.startswith('Delete 6 tasks: "Errand 0", ')
    assert result.is_error == (left > 0)
    assert len((await use("list_tasks"))["items"]) == left


async def test_strangers_titles_are_not_told_by_a_question(use: Use, refusal: Refusal, user_id: str) -> None:
    first, *others = await added(use, 6)

    sentence = await refusal("delete_task", by=f"{user_id}-stranger", task_id=first, more=others)

    assert "Errand" not in sentence
    assert f"task {first}" in sentence


def test_all_doors_ask_beyond_the_same_number() -> None:
    assert agreement.MOST_AT_ONCE == guard.MOST_AT_ONCE


async def added(use: Use, count: int) -> list[int]:
    more = [{"title": f"Errand {number}"} for number in range(1, count)]
    answer = await use("add_task", title="Errand 0", more=more)
    return [answer["task"]["id"], *(outcome["task"]["id"] for outcome in answer["more"])]
