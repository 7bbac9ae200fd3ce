"""One run of the model over the tools."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from agents import Agent, RunConfig, RunContextWrapper, Runner, RunResultStreaming, Tool, ToolExecutionConfig
from agents.exceptions import AgentsException, MaxTurnsExceeded, ModelRefusalError
from agents.items import TResponseInputItem
from agents.models.interface import Model
from agents.usage import Usage as UsageOfRun

from src.assistant.errors import ModelMisbehaved, ModelRefusedRequest, ModelTurnsExceeded, ModelUnavailable
from src.assistant.events import ConfirmationNeeded, TurnEvent, Usage
from src.assistant.guard import Guard
from src.assistant.model_chain import Answer, ModelChain
from src.assistant.providers import Provider
from src.assistant.responses import is_plain_text
from src.assistant.toolbox import Toolbox, ToolsOfRuns
from src.assistant.turn import TurnReader

Turn: TypeAlias = AsyncGenerator[TurnEvent, None]

_RUN = RunConfig(
    tracing_disabled=True,
    tool_not_found_behavior="return_error_to_model",
    # In the order the model named them: "add milk and eggs" makes milk the first of the two, always.
    tool_execution=ToolExecutionConfig(max_function_tool_concurrency=1),
)


@dataclass
class TodoAgent(Agent[Toolbox]):
    """Makes its tools once for the process; the SDK would make them anew at every step of every turn."""

    made: list[Tool] = field(default_factory=list)

    async def get_mcp_tools(self, run_context: RunContextWrapper[Any]) -> list[Tool]:
        if not self.made:
            self.made[:] = await ToolsOfRuns.get_all_function_tools(
                self.mcp_servers, False, run_context, self
            )
        return self.made

    def of_turn(self, model: Model) -> "TodoAgent":
        """The agent of one turn; the copy is shallow, so the tools stay the same."""
        agent = copy(self)
        agent.model = model
        return agent


@dataclass(slots=True)
class Run:
    """The model of a turn, what it is asked, and the tools that are put in its hands when it calls one.

    The SDK runs it from there on. Most answers never call any, and their turns would wait for the model with
    the 35 KiB of a run.
    """

    agent: TodoAgent
    chain: ModelChain
    asked: TResponseInputItem
    toolbox_for: Callable[[ModelChain], Toolbox]
    guard: Guard | None = None
    usage: UsageOfRun | None = None
    failure: ModelUnavailable | None = None

    async def begin(self) -> Answer:
        """What the model says first."""
        return self.chain.begin(self.asked, await self.agent.get_mcp_tools(RunContextWrapper(None)))

    @property
    def is_over(self) -> bool:
        """Whether the first answer was text, and nothing is left to do."""
        return is_plain_text(self.chain.answer.response)

    @property
    def spent(self) -> Usage:
        if self.usage is not None:
            return Usage(self.usage.requests, self.usage.input_tokens, self.usage.output_tokens)
        usage = self.chain.answer.response.usage
        return Usage(1, usage.input_tokens, usage.output_tokens) if usage else Usage(1)

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
        self.usage = result.context_wrapper.usage

    def held_back(self, reader: TurnReader) -> Iterator[TurnEvent]:
        """What waits for a yes, and the question itself: a model that obeys a title might ask another."""
        if self.guard is None or not (calls := self.guard.awaited()):
            return
        question = self.guard.question()
        if not self.chain.provider.follows_rules:
            yield from reader.add(question)
        yield ConfirmationNeeded(question, calls)


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
