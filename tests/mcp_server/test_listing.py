"""What clients are told of the tools."""

from typing import Any

import jsonschema
import orjson
import pytest
from mcp import Client
from mcp_types import TextContent

from mcp_server.server import TodoMCPServer
from src.auth.context import Caller, acting_as
from tests.mcp_server.conftest import Use

MOST_CHARACTERS = 14_000
READING = {"list_tasks", "get_task", "list_tags", "get_analytics"}
TOOLS = {"add_task", "update_task", "complete_task", "skip_task", "stop_recurrence", "delete_task"} | READING
DESTROYING = {"update_task", "skip_task", "stop_recurrence", "delete_task"}


async def schemas_of(server: TodoMCPServer) -> dict[str, dict[str, Any]]:
    return {tool.name: tool.output_schema or {} for tool in await server.list_tools()}


async def test_the_whole_list_costs_a_model_little(server: TodoMCPServer) -> None:
    async with Client(server) as client:
        listed = await client.list_tools()

    compact = orjson.dumps(listed.model_dump(mode="json", by_alias=True, exclude_none=True)).decode()
    assert len(compact) < MOST_CHARACTERS


async def test_the_tools_are_those_of_the_contract(server: TodoMCPServer) -> None:
    names = [tool.name for tool in await server.list_tools()]

    assert set(names) <= TOOLS
    assert TOOLS - set(names) <= {"get_analytics"}
    assert len(names) == len(set(names))


async def test_every_tool_says_what_it_is_for_and_what_it_does_to_the_rows(server: TodoMCPServer) -> None:
    for tool in await server.list_tools():
        hints = tool.annotations
        assert tool.description
        assert hints is not None
        assert hints.read_only_hint is (tool.name in READING)
        assert hints.destructive_hint is (tool.name in DESTROYING)
        assert hints.open_world_hint is False


async def test_every_input_is_closed_and_names_no_user(server: TodoMCPServer) -> None:
    for tool in await server.list_tools():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        properties = tool.input_schema["properties"]
        assert tool.input_schema["additionalProperties"] is False
        assert not [name for name in properties if "user" in name or "owner" in name]
        assert set(tool.input_schema.get("required", [])) <= set(properties)


async def test_optional_arguments_are_left_out_rather_than_null(server: TodoMCPServer) -> None:
    (add_task,) = [tool for tool in await server.list_tools() if tool.name == "add_task"]

    properties = add_task.input_schema["properties"]
    assert add_task.input_schema["required"] == ["title"]
    assert properties["priority"] == {"type": "string", "enum": ["High", "Medium", "Low", "None"]}
    assert properties["tags"] == {"type": "array", "items": {"type": "string"}}


async def test_every_answer_fits_the_published_schema(server: TodoMCPServer, use: Use) -> None:
    schemas = await schemas_of(server)
    weekly = {"title": "Water the plants", "due_date": "tomorrow 5pm", "recurrence": "every friday"}
    repeating = (await use("add_task", **weekly))["task"]["id"]
    undated = (await use("add_task", title="Call mom", tags=["family"]))["task"]["id"]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("add_task", weekly),
        ("list_tasks", {"status": "all"}),
        ("list_tags", {}),
        ("get_task", {"task_id": repeating}),
        ("update_task", {"task_id": undated, "description": "x"}),
        ("skip_task", {"task_id": repeating}),
        ("complete_task", {"task_id": undated}),
        ("stop_recurrence", {"task_id": (await use("add_task", **weekly))["task"]["id"]}),
        ("delete_task", {"task_id": undated}),
    ]

    for name, arguments in calls:
        answer = await use(name, **arguments)
        schema = schemas[name]
        assert schema["type"] == "object"
        jsonschema.validate(answer, schema, cls=jsonschema.Draft202012Validator)
        assert set(answer) <= set(schema["properties"])

    assert {name for name, _ in calls} | {"get_analytics"} >= set(schemas)


@pytest.mark.parametrize("wrong", [{}, {"task": {"id": "one"}}, {"task": None}])
async def test_the_published_schema_refuses_what_is_no_answer(
    server: TodoMCPServer, wrong: dict[str, Any]
) -> None:
    schema = (await schemas_of(server))["get_task"]

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema, cls=jsonschema.Draft202012Validator)


async def test_a_client_gets_values_and_refusals_over_the_protocol(
    server: TodoMCPServer, user_id: str
) -> None:
    with acting_as(Caller(user_id)):
        async with Client(server) as client:
            added = await client.call_tool("add_task", {"title": "Call mom"})
            refused = await client.call_tool("add_task", {"titel": "Call mom"})
            missing = await client.call_tool("get_task", {"task_id": 2**62})

    assert added.structured_content is not None
    assert added.structured_content["task"]["title"] == "Call mom"
    assert (added.is_error, refused.is_error, missing.is_error) == (False, True, True)
    assert text_of(refused.content) == (
        "add_task has no argument 'titel': did you mean 'title'? (unknown_argument)"
    )
    assert text_of(missing.content) == f"No task {2**62}. (task_not_found)"


async def test_a_client_is_told_how_to_use_the_server(server: TodoMCPServer) -> None:
    async with Client(server) as client:
        assert client.server_info is not None
        assert (client.server_info.name, client.server_info.version) == ("todo", "1.2.3")
        assert "time zone" in (client.instructions or "")


def text_of(content: list[Any]) -> str:
    (part,) = content
    assert isinstance(part, TextContent)
    return part.text
