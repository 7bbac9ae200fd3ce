"""Answers a user's message: runs the model over the tools and tells what happens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from agents import (
    Agent,
    ModelSettings,
    RunConfig,
    RunContextWrapper,
    Runner,
    RunResultStreaming,
    Tool,
    ToolExecutionConfig,
)
from agents.exceptions import AgentsException, MaxTurnsExceeded, ModelRefusalError
from agents.items import TResponseInputItem
from agents.models.interface import Model
from agents.tracing import set_trace_provider
from agents.tracing.provider import DefaultTraceProvider
from mcp.server.mcpserver import MCPServer

from src.assistant.errors import ModelMisbehaved, ModelRefusedRequest, ModelTurnsExceeded, ModelUnavailable
from src.assistant.events import ConfirmationNeeded, HistoryItem, TurnEvent, TurnFinished, Usage, UserSaid
from src.assistant.guard import Guard
from src.assistant.instructions import instructions
from src.assistant.model_chain import Answer, ModelChain
from src.assistant.providers import Provider, local_provider
from src.assistant.responses import is_plain_text
from src.assistant.schemas import complete_schemas_of_turns
from src.assistant.toolbox import InProcessMCP, Toolbox, ToolsOfRuns
from src.assistant.transcript import input_items
from src.assistant.turn import TurnReader
from src.auth.context import Actor, ActorKind, Caller

Turn: TypeAlias = AsyncGenerator[TurnEvent, None]

_RUN = RunConfig(
    tracing_disabled=True,
    tool_not_found_behavior="return_error_to_model",
    # In the order the model named them: "add milk and eggs" makes milk the first of the two, always.
    tool_execution=ToolExecutionConfig(max_function_tool_concurrency=1),
)


class Assistant:
    """Answers turns with the first provider that can, over the tools of an MCP server."""

    def __init__(
        self,
        providers: Sequence[Provider],
        tools: MCPServer,
        *,
        max_turns: int = 10,
        timeout: float = 60,
        tool_timeout: float = 20,
        retry_wait: float = 0.3,
    ) -> None:
        """Take the providers in the order in which they are asked.

        `timeout` is how many seconds a model may stay silent, `retry_wait` how many pass before a provider
        that failed is asked once more.
        """
        _switch_tracing_off()
        self._providers = providers
        self._tools = tools
        self._agent = _Agent(
            name="Todo assistant", mcp_servers=[InProcessMCP(tools)], model_settings=ModelSettings()
        )
        self._max_turns = max_turns
        self._timeout = timeout
        self._tool_timeout = tool_timeout
        self._retry_wait = retry_wait

    async def run(
        self,
        history: Sequence[HistoryItem],
        *,
        caller: Caller,
        local_time: datetime,
        week_start: str = "mon",
        date_order: str = "mdy",
        model: str | None = None,
    ) -> Turn:
        """Answer the last item of the history, which the user said.

        `local_time` is aware, in the user's zone. `model` is asked first, if it is one of those there are; by
        its name, or as provider/name. The texts of the deltas make up the finished text. Closing
        the generator, or cancelling the task that reads it, stops the model at once.

        Raises:
            ModelUnavailable: no model came to an answer; what was told before still holds.
        """
        guide = partial(instructions, local_time=local_time, week_start=week_start, date_order=date_order)
        run = self._prepared(_with_first(model, self._providers), caller, guide, history)
        reader = TurnReader()
        async with aclosing(await run.begin()) as answer:
            async for piece in answer:
                if isinstance(piece, str):
                    for told in reader.hear(piece):
                        yield told
        if run.has_more_to_do():
            async with aclosing(run.go_on(reader, self._max_turns)) as rest:
                async for told in rest:
                    yield told
        for told in run.held_back(reader):
            yield told
        if failure := run.failure or run.chain.failure:
            raise failure
        yield TurnFinished(reader.text, run.chain.provider.name, run.chain.provider.model_name, run.spent)

    async def warm_up(self, local_time: datetime) -> None:
        """Pay now what the first turn of a process costs: lazy imports, schemas, clients."""
        complete_schemas_of_turns()
        for provider in self._providers:
            _ = provider.model
        history = [UserSaid("hello")]
        guide = partial(instructions, local_time=local_time, week_start="mon", date_order="mdy")
        run = self._prepared([local_provider()], Caller(user_id=""), guide, history)
        _ = [piece async for piece in await run.begin()]
        _ = [told async for told in run.go_on(TurnReader(), self._max_turns)]

    async def close(self) -> None:
        await asyncio.gather(*(provider.close() for provider in self._providers))

    def _prepared(
        self,
        providers: Sequence[Provider],
        caller: Caller,
        guide: Callable[[], str],
        history: Sequence[HistoryItem],
    ) -> "_Run":
        *earlier, asked = input_items(history)
        chain = ModelChain(
            providers, timeout=self._timeout, retry_wait=self._retry_wait, guide=guide, earlier=earlier
        )
        return _Run(self._agent, chain, asked, partial(self._toolbox, caller, history))

    def _toolbox(self, caller: Caller, history: Sequence[HistoryItem], chain: ModelChain) -> Toolbox:
        def actor() -> Actor:
            return Actor(ActorKind.AGENT, chain.provider.model_name)

        return Toolbox(self._tools, caller, actor=actor, timeout=self._tool_timeout, history=history)


@dataclass
class _Agent(Agent[Toolbox]):
    """Makes its tools once for the process; the SDK would make them anew at every step of every turn."""

    made: list[Tool] = field(default_factory=list)

    async def get_mcp_tools(self, run_context: RunContextWrapper[Any]) -> list[Tool]:
        if not self.made:
            self.made[:] = await ToolsOfRuns.get_all_function_tools(
                self.mcp_servers, False, run_context, self
            )
        return self.made

    def of_turn(self, model: Model) -> "_Agent":
        """The agent of one turn; the copy is shallow, so the tools stay the same."""
        agent = copy(self)
        agent.model = model
        return agent


@dataclass(slots=True)
class _Run:
    """The model of a turn, what it is asked, and the tools that are put in its hands when it calls one.

    The SDK runs it from there on. Most answers never call any, and their turns would wait for the model with
    the 35 KiB of a run.
    """

    agent: _Agent
    chain: ModelChain
    asked: TResponseInputItem
    toolbox_for: Callable[[ModelChain], Toolbox]
    guard: Guard | None = None
    spent: Usage = field(default_factory=Usage)
    failure: ModelUnavailable | None = None

    async def begin(self) -> Answer:
        """What the model says first."""
        return self.chain.begin(self.asked, await self.agent.get_mcp_tools(RunContextWrapper(None)))

    def has_more_to_do(self) -> bool:
        """Whether the first answer is more than text."""
        begun = self.chain.answer.response
        if usage := begun.usage:
            self.spent = Usage(1, usage.input_tokens, usage.output_tokens)
        return not is_plain_text(begun)

    async def go_on(self, reader: TurnReader, max_turns: int) -> Turn:
        """Make the calls of the first answer, and all that follow from them."""
        toolbox = self.toolbox_for(self.chain)
        reader.outcomes, self.guard = toolbox.outcomes, toolbox.guard
        self.chain.tell_calls_to(toolbox.guard.expect)
        result = Runner.run_streamed(
            self.agent.of_turn(self.chain),
            [self.asked],
            context=toolbox,
            max_turns=max_turns,
            run_config=_RUN,
        )
        events = result.stream_events()
        try:
            async for event in events:
                for told in reader.read(event):
                    yield told
        except AgentsException as error:
            self.failure = _unfinished(error, self.chain.provider)
            self.failure.__cause__ = error
        finally:
            await _stop(result, events)
        spent = result.context_wrapper.usage
        self.spent = Usage(spent.requests, spent.input_tokens, spent.output_tokens)

    def held_back(self, reader: TurnReader) -> Iterator[TurnEvent]:
        """What waits for a yes, and the question itself: a model that obeys a title might ask another."""
        calls = self.guard.awaited() if self.guard else ()
        if self.guard is None or not calls:
            return
        question = self.guard.question()
        if not self.chain.provider.follows_rules:
            yield from reader.add(question)
        yield ConfirmationNeeded(question, calls)


def _with_first(model: str | None, providers: Sequence[Provider]) -> Sequence[Provider]:
    """The providers with those of the wanted model before the others, which stand in where it fails."""
    if model is None:
        return providers
    return sorted(
        providers, key=lambda each: model not in (each.model_name, f"{each.name}/{each.model_name}")
    )


async def _stop(result: RunResultStreaming, events: AsyncIterator[Any]) -> None:
    """End the run; where it is over already, nothing is left to do."""
    result.cancel()
    if isinstance(events, AsyncGenerator):
        await events.aclose()
    # No run has a sandbox, and what would clean one up holds the run until the garbage collector comes by.
    result._sandbox_cleanup = None


def _unfinished(error: AgentsException, provider: Provider) -> ModelUnavailable:
    if isinstance(error, MaxTurnsExceeded):
        return ModelTurnsExceeded(f"The model at {provider.name} went round in circles and was stopped.")
    if isinstance(error, ModelRefusalError):
        return ModelRefusedRequest(f"The model at {provider.name} declined to answer.")
    return ModelMisbehaved(f"The model at {provider.name} gave an answer that cannot be used.")


def _switch_tracing_off() -> None:
    """No run is exported; the SDK would otherwise build its exporter and HTTP stack in the first run."""
    tracing = DefaultTraceProvider()
    tracing.set_disabled(True)
    set_trace_provider(tracing)
