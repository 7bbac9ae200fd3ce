"""What was held back until the user's yes, done or left at a press of a button: no model is asked."""

import re
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from uuid import uuid4

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult, TextContent

from src.assistant.approval import agreed_calls
from src.assistant.events import (
    HistoryItem,
    TextDelta,
    ToolCallFinished,
    ToolCallStarted,
    ToolUsed,
    TurnEvent,
    TurnFinished,
)
from src.assistant.local_model import answers
from src.assistant.toolbox import Toolbox
from src.auth.context import Actor, Caller

_NAME = "button"
_CODE = re.compile(r" \([a-z_]+\)$")
"""What an error's sentence ends with for models."""


class ConsentAnswerer:
    """Answers a plain yes or no: makes exactly the calls that the guard opens for it."""

    def __init__(self, tools: MCPServer, *, tool_timeout: float = 20) -> None:
        self._tools = tools
        self._tool_timeout = tool_timeout

    async def get(self) -> "ConsentAnswerer":
        """Itself, as an assistant that is loaded."""
        return self

    async def run(
        self,
        history: Sequence[HistoryItem],
        *,
        caller: Caller,
        local_time: datetime,
        week_start: str = "mon",
        date_order: str = "mdy",
        model: str | None = None,
    ) -> AsyncGenerator[TurnEvent, None]:
        """The events of the answer to the last item of the history, which the user said by a button."""
        del local_time, week_start, date_order, model
        # It was the user who pressed, so the change log names nobody else.
        toolbox = Toolbox(self._tools, caller, actor=Actor, timeout=self._tool_timeout, history=history)
        done: list[ToolUsed] = []
        for held in agreed_calls(history):
            call_id = f"call_{uuid4().hex}"
            yield ToolCallStarted(call_id, held.tool, held.arguments)
            used = _used(call_id, held, await toolbox.call_tool(held.tool, held.arguments))
            done.append(used)
            yield ToolCallFinished(used)
        text = told(done)
        yield TextDelta(text)
        yield TurnFinished(text, _NAME, _NAME)


def _used(call_id: str, held: ToolUsed, result: CallToolResult) -> ToolUsed:
    if result.is_error or result.structured_content is None:
        text = "".join(part.text for part in result.content if isinstance(part, TextContent))
        return ToolUsed(call_id, held.tool, held.arguments, text, is_error=True)
    return ToolUsed(call_id, held.tool, held.arguments, dict(result.structured_content))


def told(calls: Sequence[ToolUsed]) -> str:
    """What was done, counted by tool, and why the rest was not."""
    counts: dict[str, int] = {}
    failures: list[str] = []
    for call in calls:
        problems = _problems(call)
        counts[call.tool] = counts.get(call.tool, 0) + _touched(call) - len(problems)
        failures += problems
    sentences = [answers.done(tool, count) for tool, count in counts.items() if count > 0]
    return " ".join([*sentences, *dict.fromkeys(failures)]) or answers.NO_QUESTION


def _touched(call: ToolUsed) -> int:
    return 1 + len(call.arguments.get("more") or ())


def _problems(call: ToolUsed) -> list[str]:
    """A sentence for each task that something was in the way of."""
    if call.is_error:
        return [_CODE.sub("", str(call.result))] * _touched(call)
    more = call.result.get("more") or ()
    return [_CODE.sub("", each["error"]) for each in more if each.get("error")]
