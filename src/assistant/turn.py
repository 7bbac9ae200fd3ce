"""Reads what a model says, and what its calls give back, as what the turn tells."""

from collections.abc import Iterator, Mapping
from typing import Any

from openai.types.responses import ResponseCompletedEvent, ResponseFunctionToolCall

from src.assistant.events import TextDelta, ToolCallFinished, ToolCallStarted, ToolUsed, TurnEvent
from src.assistant.repairs import parsed_arguments, plain_text
from src.assistant.toolbox import error_sentence

_GAP = "\n\n"


class TurnReader:
    """Keeps the text and the open tool calls of one turn."""

    def __init__(self) -> None:
        self.outcomes: Mapping[str, Any] = {}
        """What calls gave back, by their ids."""
        self._parts: list[str] = []
        self._is_interrupted = False
        self._open: dict[str, ToolCallStarted] = {}

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def called(self, call: ResponseFunctionToolCall) -> ToolCallStarted:
        """A call that is about to be made."""
        self._is_interrupted = True
        started = ToolCallStarted(call.call_id, call.name, parsed_arguments(call.arguments) or {})
        self._open[call.call_id] = started
        return started

    def returned(self, call_id: str, output: Any) -> ToolCallFinished:
        """What came of a call that was told before."""
        started = self._open.pop(call_id)
        call = (call_id, started.tool, started.arguments)
        if call_id in self.outcomes:
            return ToolCallFinished(ToolUsed(*call, self.outcomes[call_id]))
        return ToolCallFinished(ToolUsed(*call, error_sentence(plain_text(output)), is_error=True))

    def add(self, paragraph: str) -> Iterator[TurnEvent]:
        """A paragraph that the service itself says after the model."""
        self._is_interrupted = True
        yield from self.hear(paragraph)

    def hear(self, piece: str | ResponseCompletedEvent) -> Iterator[TurnEvent]:
        """A piece of the model's answer; what is said after a tool call is a paragraph of its own."""
        if isinstance(piece, str) and piece:
            text = _GAP + piece if self._is_interrupted and self._parts else piece
            self._is_interrupted = False
            self._parts.append(text)
            yield TextDelta(text)
