"""Answers a user's message: runs the model over the tools and tells what happens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from agents import Agent, RunConfig, Runner, RunResultStreaming, ToolExecutionConfig
from agents.exceptions import AgentsException, MaxTurnsExceeded, ModelRefusalError
from agents.items import TResponseInputItem
from agents.tracing import set_trace_provider
from agents.tracing.provider import DefaultTraceProvider
from mcp.server.mcpserver import MCPServer

from src.assistant.errors import ModelMisbehaved, ModelRefusedRequest, ModelTurnsExceeded, ModelUnavailable
from src.assistant.events import HistoryItem, TurnEvent, TurnFinished, Usage, UserSaid
from src.assistant.instructions import instructions
from src.assistant.model_chain import ModelChain
from src.assistant.providers import Provider, local_provider
from src.assistant.toolbox import InProcessMCP
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
    ) -> Turn:
        """Answer the last item of the history, which the user said.

        `local_time` is aware, in the user's zone. The texts of the deltas make up the finished text. Closing
        the generator, or cancelling the task that reads it, stops the model at once.

        Raises:
            ModelUnavailable: no model came to an answer; what was told before still holds.
        """
        chain = self._chain(self._providers)
        guide = instructions(local_time=local_time, week_start=week_start, date_order=date_order)
        result = self._start(chain, caller, guide, input_items(history))
        reader = TurnReader()
        events = result.stream_events()
        try:
            async for event in events:
                for told in reader.read(event):
                    yield told
        except AgentsException as error:
            raise _unfinished(error, chain.provider) from error
        finally:
            await _stop(result, events)
        if chain.failure is not None:
            raise chain.failure
        spent = result.context_wrapper.usage
        usage = Usage(spent.requests, spent.input_tokens, spent.output_tokens)
        yield TurnFinished(reader.text, chain.provider.name, chain.provider.model_name, usage)

    async def warm_up(self, local_time: datetime) -> None:
        """Pay now what the first turn of a process costs: lazy imports, schemas, clients."""
        for provider in self._providers:
            _ = provider.model
        chain = self._chain([local_provider()])
        guide = instructions(local_time=local_time, week_start="mon", date_order="mdy")
        result = self._start(chain, Caller(user_id=""), guide, input_items([UserSaid("hello")]))
        async for _ in result.stream_events():
            pass

    async def close(self) -> None:
        await asyncio.gather(*(provider.close() for provider in self._providers))

    def _chain(self, providers: Sequence[Provider]) -> ModelChain:
        return ModelChain(providers, timeout=self._timeout, retry_wait=self._retry_wait)

    def _start(
        self, chain: ModelChain, caller: Caller, guide: str, items: list[TResponseInputItem]
    ) -> RunResultStreaming:
        def actor() -> Actor:
            return Actor(ActorKind.AGENT, chain.provider.model_name)

        toolbox = InProcessMCP(self._tools, caller, actor=actor, timeout=self._tool_timeout)
        agent: Agent[Any] = Agent(
            name="Todo assistant", instructions=guide, model=chain, mcp_servers=[toolbox]
        )
        return Runner.run_streamed(agent, items, max_turns=self._max_turns, run_config=_RUN)


async def _stop(result: RunResultStreaming, events: AsyncIterator[Any]) -> None:
    """End the run; where it is over already, nothing is left to do."""
    result.cancel()
    if isinstance(events, AsyncGenerator):
        await events.aclose()


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
