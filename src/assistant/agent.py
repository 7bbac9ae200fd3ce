"""Answers a user's message: runs the model over the tools and tells what happens."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from agents import ModelSettings
from agents.tracing import set_trace_provider
from agents.tracing.provider import DefaultTraceProvider
from mcp.server.mcpserver import MCPServer

from src.assistant.events import HistoryItem, TurnFinished, UserSaid
from src.assistant.instructions import instructions
from src.assistant.model_chain import ModelChain
from src.assistant.providers import Provider, local_provider
from src.assistant.run import Run, TodoAgent, Turn, end_with_the_calls
from src.assistant.schemas import complete_schemas_of_turns
from src.assistant.toolbox import InProcessMCP, Toolbox
from src.assistant.transcript import input_items
from src.assistant.turn import TurnReader
from src.auth.context import Actor, ActorKind, Caller
from src.language import LanguageContext, find_whens


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
        self._agent = TodoAgent(
            name="Todo assistant",
            mcp_servers=[InProcessMCP(tools)],
            model_settings=ModelSettings(),
            tool_use_behavior=end_with_the_calls,
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
        while not run.is_over:
            async with aclosing(await run.ask()) as answer:
                async for piece in answer:
                    for told in reader.hear(piece):
                        yield told
            run.count_answer()
            if not run.is_over:
                async with aclosing(run.make_calls(reader)) as made:
                    async for told in made:
                        yield told
        for told in run.held_back(reader):
            yield told
        if failure := run.failure or run.chain.failure:
            raise failure
        yield TurnFinished(reader.text, run.chain.provider.name, run.chain.provider.model_name, run.spent)

    async def warm_up(self, local_time: datetime) -> None:
        """Pay now what the first turn of a process costs: lazy imports, schemas, clients, expressions."""
        complete_schemas_of_turns()
        find_whens("hello", LanguageContext(local_time, ZoneInfo("UTC")))
        for provider in self._providers:
            _ = provider.model
        history = [UserSaid("hello")]
        guide = partial(instructions, local_time=local_time, week_start="mon", date_order="mdy")
        # Only calls of real models are made in runs of the SDK, whose first one takes its time.
        needs_no_run = all(provider.follows_rules for provider in self._providers)
        stand_in = replace(local_provider(), follows_rules=needs_no_run)
        run = self._prepared([stand_in], Caller(user_id=""), guide, history)
        _ = [piece async for piece in await run.ask()]
        _ = [told async for told in run.make_calls(TurnReader())]

    async def close(self) -> None:
        await asyncio.gather(*(provider.close() for provider in self._providers))

    def _prepared(
        self,
        providers: Sequence[Provider],
        caller: Caller,
        guide: Callable[[], str],
        history: Sequence[HistoryItem],
    ) -> Run:
        *earlier, asked = input_items(history)
        chain = ModelChain(
            providers, timeout=self._timeout, retry_wait=self._retry_wait, guide=guide, earlier=earlier
        )
        return Run(self._agent, chain, [asked], partial(self._toolbox, caller, history), self._max_turns)

    def _toolbox(self, caller: Caller, history: Sequence[HistoryItem], chain: ModelChain) -> Toolbox:
        def actor() -> Actor:
            return Actor(ActorKind.AGENT, chain.provider.model_name)

        return Toolbox(self._tools, caller, actor=actor, timeout=self._tool_timeout, history=history)


def _with_first(model: str | None, providers: Sequence[Provider]) -> Sequence[Provider]:
    """The providers with those of the wanted model before the others, which stand in where it fails."""
    if model is None:
        return providers
    return sorted(
        providers, key=lambda each: model not in (each.model_name, f"{each.name}/{each.model_name}")
    )


def _switch_tracing_off() -> None:
    """No run is exported; the SDK would otherwise build its exporter and HTTP stack in the first run."""
    tracing = DefaultTraceProvider()
    tracing.set_disabled(True)
    set_trace_provider(tracing)
