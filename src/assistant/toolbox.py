"""The service's MCP tools in the hands of an agent: called in this process, for one caller."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from agents import RunContextWrapper
from agents.exceptions import ModelBehaviorError
from agents.mcp import MCPServer as AgentMCPServer
from agents.mcp import MCPUtil
from agents.tool_context import ToolContext
from mcp import MCPError
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, GetPromptResult, ListPromptsResult, TextContent, Tool
from openai.types.responses import ResponseFunctionToolCall

from src.assistant.events import HistoryItem
from src.assistant.guard import Guard
from src.assistant.repairs import parsed_arguments, plain_text
from src.auth.context import Actor, Caller, acting_as

logger = logging.getLogger(__name__)

_NAMED_PREFIX = re.compile(r"^Error executing tool [\w.-]+: ")
_PYDANTIC_HINT = re.compile(r"\s*For further information visit https://errors\.pydantic\.dev\S*")


class InProcessMCP(AgentMCPServer):
    """The tools of an MCP server as agents are shown them; nobody calls them here."""

    def __init__(self, server: MCPServer) -> None:
        super().__init__(failure_error_function=_unreadable_call)
        self._server = server

    @property
    def name(self) -> str:
        return self._server.name

    async def connect(self) -> None:
        """Nothing to connect to."""

    async def cleanup(self) -> None:
        """Nothing to clean up."""

    async def list_tools(self, *_: object, **__: object) -> list[Tool]:
        return [_for_agents(tool) for tool in await self._server.list_tools()]

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, *_: object, **__: object
    ) -> CallToolResult:
        raise NotImplementedError(f"{tool_name} is called in a toolbox.")

    async def list_prompts(self) -> ListPromptsResult:
        return ListPromptsResult(prompts=[])

    async def get_prompt(self, name: str, arguments: dict[str, Any] | None = None) -> GetPromptResult:
        raise NotImplementedError(f"No prompt is called {name}.")


class Toolbox(InProcessMCP):
    """Calls the tools of an MCP server as one caller, without a connection; it is the context of a run."""

    def __init__(
        self,
        server: MCPServer,
        caller: Caller,
        *,
        actor: Callable[[], Actor],
        timeout: float,
        history: Sequence[HistoryItem] = (),
    ) -> None:
        """Take the conversation too: what it asks for decides which calls are made."""
        super().__init__(server)
        self._caller = caller
        self._actor = actor
        self._timeout = timeout
        self._call_id = ""
        self.outcomes: dict[str, Any] = {}
        """What each call gave back, by its id: the SDK would copy it several times over on its own way."""
        self.guard = Guard(history, self._titles)

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, *_: object, **__: object
    ) -> CallToolResult:
        admitted = await self.guard.admitted(tool_name, arguments or {})
        if isinstance(admitted, str):
            return _refusal(admitted)
        result = await self._call(tool_name, admitted)
        self.guard.learn(result.structured_content)
        if result.is_error:
            return result
        self.outcomes[self._call_id] = result.structured_content or plain_text(_texts(result))
        return result

    async def output_of(self, call: ResponseFunctionToolCall) -> str:
        """Make a call; what the tool told, as text for the model."""
        self.expect(call.call_id)
        return plain_text(_texts(await self.call_tool(call.name, parsed_arguments(call.arguments))))

    def expect(self, call_id: str) -> None:
        """Which call comes next: a run makes them one after the other."""
        self._call_id = call_id

    async def _call(self, tool_name: str, arguments: dict[str, Any]) -> CallToolResult:
        with acting_as(replace(self._caller, actor=self._actor())):
            try:
                async with asyncio.timeout(self._timeout):
                    result = await self._server.call_tool(tool_name, arguments)
            except TimeoutError:
                return _refusal(f"{tool_name} took too long; whether it was done is not known.")
            except UnexpectedToolError as error:
                logger.exception("Tool %s failed", tool_name, exc_info=error.__cause__)
                return _refusal(f"{tool_name} failed. Nothing can be said about its result.")
            except (ToolError, MCPError) as error:
                return _refusal(error_sentence(str(error)))
        if isinstance(result, CallToolResult):
            return result
        return _refusal(f"{tool_name} asks for input that nobody can give here.")

    async def _titles(self, task_ids: Sequence[int]) -> dict[int, str]:
        """What tasks are called that no tool has named yet; nothing for those that are not there."""
        found: dict[int, str] = {}
        for task_id in task_ids:
            content = (await self._call("get_task", {"task_id": task_id})).structured_content
            if content is not None:
                found[task_id] = str(content["task"]["title"])
        return found


class ToolsOfRuns(MCPUtil):
    """Makes an agent's tools once for all runs: each call goes to the toolbox of the run it belongs to."""

    @classmethod
    async def invoke_mcp_tool(
        cls, server: AgentMCPServer, tool: Tool, context: RunContextWrapper[Any], *given: Any, **named: Any
    ) -> Any:
        """What the tool told, as text for the model."""
        toolbox = context.context
        del server  # It stands for the tools of all runs.
        if isinstance(context, ToolContext):
            toolbox.expect(context.tool_call_id)
        return plain_text(await super().invoke_mcp_tool(toolbox, tool, context, *given, **named))


def error_sentence(text: str) -> str:
    """A tool's error as the model shall read it: without the SDK's prefix and links."""
    return _PYDANTIC_HINT.sub("", _NAMED_PREFIX.sub("", text)).strip()


def _for_agents(tool: Tool) -> Tool:
    """The tool without what only outside clients say: the agent hears the user's yes itself."""
    properties = tool.input_schema.get("properties", {})
    if "confirmed" not in properties:
        return tool
    kept = {name: schema for name, schema in properties.items() if name != "confirmed"}
    return tool.model_copy(update={"input_schema": tool.input_schema | {"properties": kept}})


def _unreadable_call(_: RunContextWrapper[Any], error: Exception) -> str:
    if isinstance(error, ModelBehaviorError):
        return "The arguments were not a JSON object. Call the tool again with valid ones."
    return "The tool failed. Nothing can be said about its result."


def _texts(result: CallToolResult) -> list[dict[str, str]]:
    return [{"text": part.text} for part in result.content if isinstance(part, TextContent)]


def _refusal(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
