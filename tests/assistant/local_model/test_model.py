import json
from typing import Any

from agents import Agent, FunctionTool, RunConfig, Runner, RunResultStreaming
from agents.tool_context import ToolContext

from src.assistant.local_model import LocalModel
from tests.assistant.local_model.fakes import INSTRUCTIONS, TOOLS, FakeTools

QUIET = RunConfig(tracing_disabled=True)


def _agent(tools: FakeTools) -> Agent[Any]:
    return Agent(
        "todo", instructions=INSTRUCTIONS, model=LocalModel(), tools=[_tool(tools, name) for name in TOOLS]
    )


def _tool(tools: FakeTools, name: str) -> FunctionTool:
    async def invoke(_: ToolContext[Any], arguments: str) -> str:
        return tools.call(name, json.loads(arguments))

    return FunctionTool(name, name, {"type": "object", "properties": {}}, invoke, strict_json_schema=False)


async def test_a_run_calls_tools_side_by_side_and_then_answers() -> None:
    tools = FakeTools()

    result = await Runner.run(_agent(tools), "add oat milk and call Anna tomorrow", run_config=QUIET)

    assert [tool for tool, _ in tools.calls] == ["add_task", "add_task"]
    assert len(result.raw_responses) == 2
    assert len(result.raw_responses[0].output) == 2


async def test_a_streamed_run_gives_the_same() -> None:
    whole, streamed = FakeTools(), FakeTools()
    text = "add oat milk and call Anna tomorrow"

    expected = await Runner.run(_agent(whole), text, run_config=QUIET)
    result = Runner.run_streamed(_agent(streamed), text, run_config=QUIET)
    deltas = await _deltas(result)

    assert result.final_output == expected.final_output == "".join(deltas)
    assert streamed.calls == whole.calls


async def test_a_long_answer_comes_in_pieces() -> None:
    result = Runner.run_streamed(_agent(FakeTools()), "help", run_config=QUIET)

    deltas = await _deltas(result)

    assert len(deltas) > 1
    assert "".join(deltas) == result.final_output


async def _deltas(result: RunResultStreaming) -> list[str]:
    return [
        event.data.delta
        async for event in result.stream_events()
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta"
    ]


async def test_call_ids_are_never_used_twice() -> None:
    tools = FakeTools()
    agent = _agent(tools)

    first = await Runner.run(agent, "add oat milk", run_config=QUIET)
    again: list[Any] = [*first.to_input_list(), {"role": "user", "content": "add oat milk"}]
    second = await Runner.run(agent, again, run_config=QUIET)

    items: list[Any] = list(second.to_input_list())
    ids = [item["call_id"] for item in items if item.get("type") == "function_call"]
    assert len(ids) == len(set(ids)) == 2
