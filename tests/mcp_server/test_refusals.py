"""What tools refuse, in sentences that a model can act on."""

from typing import Any

import pytest
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError

from mcp_server.identity import ToolContext
from mcp_server.server import TodoMCPServer, build_server
from src.auth.context import Caller, acting_as
from src.core.clock import Clock
from tests.mcp_server.conftest import Refusal, Use

VALID_ARGUMENTS: dict[str, dict[str, Any]] = {
    "add_task": {"title": "Call mom"},
    "list_tasks": {},
    "get_task": {"task_id": 1},
    "update_task": {"task_id": 1, "title": "Call dad"},
    "complete_task": {"task_id": 1},
    "skip_task": {"task_id": 1},
    "stop_recurrence": {"task_id": 1},
    "delete_task": {"task_id": 1},
    "list_tags": {},
    "get_analytics": {},
}


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        (
            "add_task",
            {"title": "x", "due": "today"},
            "add_task has no argument 'due': did you mean 'due_date'? (unknown_argument)",
        ),
        ("add_task", {"titel": "x"}, "add_task has no argument 'titel': did you mean 'title'?"),
        ("get_task", {"id": 1}, "get_task has no argument 'id': known are task_id."),
        ("add_task", {}, "title: Field required"),
        ("add_task", {"title": "  "}, "title:"),
        ("add_task", {"title": "x" * 201}, "200 characters"),
        ("add_task", {"title": "nul \x00"}, "NUL"),
        ("add_task", {"title": "x", "priority": "urgent"}, "'High', 'Medium', 'Low' or 'None'"),
        ("add_task", {"title": "x", "due_date": "blursday"}, "blursday"),
        ("add_task", {"title": "x", "due_date": "2026-02-30"}, "2026-02-30"),
        ("add_task", {"title": "x", "recurrence": "every blursday"}, "'every blursday'"),
        ("list_tasks", {"limit": 0}, "limit:"),
        ("list_tasks", {"status": "open"}, "status:"),
        ("list_tasks", {"cursor": "made-up"}, "invalid_cursor"),
        ("get_task", {"task_id": "the first"}, "task_id:"),
        ("get_task", {"task_id": 0}, "task_id:"),
        ("get_task", {"task_id": 2**63}, "task_id:"),
        ("get_task", {"task_id": 2**62}, f"No task {2**62}. (task_not_found)"),
        ("update_task", {"task_id": 2**62, "title": "x"}, "task_not_found"),
        ("update_task", {"task_id": 1, "clear": ["title"]}, "clear"),
    ],
)
async def test_a_refusal_names_the_argument_and_what_is_wrong(
    refusal: Refusal, tool: str, arguments: dict[str, Any], sentence: str
) -> None:
    told = await refusal(tool, **arguments)

    assert sentence in told
    assert "pydantic" not in told
    assert "Error executing" not in told


async def test_a_task_that_does_not_repeat_cannot_be_skipped(use: Use, refusal: Refusal) -> None:
    task = (await use("add_task", title="Call mom"))["task"]

    told = await refusal("skip_task", task_id=task["id"])

    assert "repeat" in told


async def test_a_refused_call_changes_nothing(use: Use, refusal: Refusal) -> None:
    task = (await use("add_task", title="Call mom"))["task"]

    await refusal("update_task", task_id=task["id"], title="Call dad", due_date="blursday")

    assert await use("get_task", task_id=task["id"]) == {"task": task}


async def test_a_strangers_task_is_not_there_for_any_tool(
    server: TodoMCPServer, use: Use, refusal: Refusal
) -> None:
    task = (await use("add_task", title="Between us"))["task"]
    on_one_task = [
        tool.name for tool in await server.list_tools() if "task_id" in tool.input_schema["properties"]
    ]

    told = [
        await refusal(name, by="a-stranger", **VALID_ARGUMENTS[name] | {"task_id": task["id"]})
        for name in on_one_task
    ]

    assert len(on_one_task) >= 6
    assert set(told) == {f"No task {task['id']}. (task_not_found)"}
    assert await use("get_task", task_id=task["id"]) == {"task": task}


async def test_a_stranger_sees_nothing_in_any_list(server: TodoMCPServer, use: Use) -> None:
    await use("add_task", title="Between us", tags=["secret-tag"], due_date="today")
    reading = [
        tool.name
        for tool in await server.list_tools()
        if tool.annotations is not None
        and tool.annotations.read_only_hint
        and "task_id" not in tool.input_schema["properties"]
    ]

    seen = [await use(name, by="another-stranger", **VALID_ARGUMENTS[name]) for name in reading]

    assert {"list_tasks", "list_tags"} <= set(reading)
    assert "Between us" not in str(seen)
    assert "secret-tag" not in str(seen)


@pytest.mark.parametrize("argument", ["user_id", "user", "owner", "me", "caller", "context"])
async def test_no_argument_says_for_whom_a_tool_acts(
    server: TodoMCPServer, refusal: Refusal, use: Use, argument: str
) -> None:
    for tool in await server.list_tools():
        given = VALID_ARGUMENTS[tool.name] | {argument: "victim"}

        assert f"has no argument '{argument}'" in await refusal(tool.name, **given)

    assert (await use("list_tasks", by="victim"))["items"] == []


async def test_nobody_may_use_any_tool(server: TodoMCPServer) -> None:
    for tool in await server.list_tools():
        with pytest.raises(ToolError, match="no identity"):
            await server.call_tool(tool.name, VALID_ARGUMENTS[tool.name])


async def test_an_unknown_tool_is_refused_by_name(refusal: Refusal) -> None:
    assert "drop_tables" in await refusal("drop_tables")


async def test_a_fault_of_ours_is_told_without_its_text(clock: Clock) -> None:
    server = build_server(ToolContext(_Broken(), clock, b"key"), version="1")  # type: ignore[arg-type]

    with acting_as(Caller("anna")), pytest.raises(UnexpectedToolError) as failed:
        await server.call_tool("list_tasks", {})

    assert "secret" not in str(failed.value)


class _Broken:
    async def fetch_one(self, *_: object, **__: object) -> None:
        raise RuntimeError("postgresql://anna:secret@db")
