"""One turn of a model and its tools."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from agents import (
    Agent,
    FunctionToolResult,
    RunConfig,
    RunContextWrapper,
    Runner,
    Tool,
    ToolExecutionConfig,
    ToolsToFinalOutputResult,
)
from agents.exceptions import AgentsException, ModelRefusalError
from agents.items import ModelResponse, ToolCallOutputItem, TResponseInputItem, TResponseStreamEvent
from agents.models.interface import Model
from agents.usage import Usage as UsageOfRuns
from openai.types.responses import Response, ResponseFunctionToolCall

from src.assistant.errors import ModelMisbehaved, ModelRefusedRequest, ModelTurnsExceeded, ModelUnavailable
from src.assistant.events import ConfirmationNeeded, TurnEvent, Usage
from src.assistant.model_chain import Answer, ModelChain
from src.assistant.providers import Provider
from src.assistant.responses import SAID_NOTHING, calls_in, is_nothing, is_plain_text
from src.assistant.toolbox import Toolbox, ToolsOfRuns
from src.assistant.transcript import input_items
from src.assistant.turn import TurnReader

Turn: TypeAlias = AsyncGenerator[TurnEvent, None]
_Calls: TypeAlias = Iterable[ResponseFunctionToolCall]

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

    def of_answer(self, model: Model) -> "TodoAgent":
        """The agent of one answer; the copy is shallow, so the tools stay the same."""
        agent = copy(self)
        agent.model = model
        return agent


def end_with_the_calls(_: RunContextWrapper[Any], __: list[FunctionToolResult]) -> ToolsToFinalOutputResult:
    """What an agent makes of what its tools gave back: nothing, for the model is asked outside of its run."""
    return ToolsToFinalOutputResult(is_final_output=True, final_output="")


class _Answered(Model):
    """A model that has answered already: the calls of its answer are made, and it says no more."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    async def get_response(self, *_args: Any, **_kwargs: Any) -> ModelResponse:
        answer, self._answer = self._answer, SAID_NOTHING.response
        return ModelResponse(output=answer.output, usage=UsageOfRuns(), response_id=None)

    def stream_response(self, *_: object, **__: object) -> AsyncIterator[TResponseStreamEvent]:
        raise NotImplementedError("What has answered already has nothing to stream.")


@dataclass(slots=True)
class Run:
    """A model that answers until it calls no more tools, and the SDK's runner that makes its calls.

    The model itself is asked outside of the SDK: a turn waits for it mostly, and would with the 35 KiB of
    a run. `said` is what is asked and what came of it since.
    """

    agent: TodoAgent
    chain: ModelChain
    said: list[TResponseInputItem]
    toolbox_for: Callable[[ModelChain], Toolbox]
    max_turns: int
    toolbox: Toolbox | None = None
    spent: Usage = field(default_factory=Usage)
    failure: ModelUnavailable | None = None
    is_over: bool = False

    async def ask(self) -> Answer:
        """The model's next answer."""
        return self.chain.ask(self.said, await self.agent.get_mcp_tools(RunContextWrapper(None)))

    def count_answer(self) -> None:
        """Add what an answer took, once it is whole; if it is all text, the turn is over."""
        response = self.chain.answer.response
        used, so_far = response.usage, self.spent
        self.spent = Usage(
            so_far.requests + 1,
            so_far.input_tokens + (used.input_tokens if used else 0),
            so_far.output_tokens + (used.output_tokens if used else 0),
        )
        self.is_over = is_plain_text(response)

    async def make_calls(self, reader: TurnReader) -> Turn:
        """Make the calls of the answer, and tell them and what they gave back."""
        if self.toolbox is None:
            self.toolbox = self.toolbox_for(self.chain)
        reader.outcomes = self.toolbox.outcomes
        calls = calls_in(self.chain.answer.response)
        follows_rules = self.chain.provider.follows_rules
        self.toolbox.guard.expect(
            [(call.name, call.arguments) for call in calls], heeds_titles=not follows_rules
        )
        make = self._made_here if follows_rules else self._made_in_a_run
        async with aclosing(make(calls, self.toolbox, reader)) as made:
            async for told in made:
                yield told
        if calls and self.failure is None and self.spent.requests == self.max_turns:
            told_off = f"The model at {self.chain.provider.name} went round in circles and was stopped."
            self.failure = ModelTurnsExceeded(told_off)
        self.is_over = not calls or self.failure is not None

    async def _made_in_a_run(self, calls: _Calls, toolbox: Toolbox, reader: TurnReader) -> Turn:
        """Let the SDK make the calls: it bears with whatever a model gets wrong in them."""
        for call in calls:
            yield reader.called(call)
        agent = self.agent.of_answer(_Answered(self.chain.answer.response))
        try:
            result = await Runner.run(agent, [], context=toolbox, run_config=_RUN)
        except AgentsException as error:
            self.failure = _unfinished(error, self.chain.provider)
            self.failure.__cause__ = error
            return
        self.said += [item.to_input_item() for item in result.new_items if not is_nothing(item.raw_item)]
        for item in result.new_items:
            if isinstance(item, ToolCallOutputItem) and item.call_id is not None:
                yield reader.returned(item.call_id, item.output)

    async def _made_here(self, calls: _Calls, toolbox: Toolbox, reader: TurnReader) -> Turn:
        """Make the calls one by one: rules get nothing wrong in them, and a run takes as long as all else."""
        for call in calls:
            yield reader.called(call)
            returned = reader.returned(call.call_id, await toolbox.output_of(call))
            self.said += input_items([returned.used])
            yield returned

    def held_back(self, reader: TurnReader) -> Iterator[TurnEvent]:
        """What waits for a yes, and the question itself: a model that obeys a title might ask another."""
        if self.toolbox is None or not (calls := self.toolbox.guard.awaited()):
            return
        question = self.toolbox.guard.question()
        if not self.chain.provider.follows_rules:
            yield from reader.add(question)
        yield ConfirmationNeeded(question, calls)


def _unfinished(error: AgentsException, provider: Provider) -> ModelUnavailable:
    if isinstance(error, ModelRefusalError):
        return ModelRefusedRequest(f"The model at {provider.name} declined to answer.")
    return ModelMisbehaved(f"The model at {provider.name} gave an answer that cannot be used.")
