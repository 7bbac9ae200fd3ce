"""The `Model` of the Agents SDK that needs no key: it decides by rules and answers at once."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from agents import ModelResponse, ModelSettings, Tool, Usage
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.interface import Model
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage

from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.decisions import decide
from src.assistant.local_model.output import Decision, output_items, stream_events
from src.assistant.sent_files import words_alone

CANNOT_LOOK = "I read only what you write: I cannot look at pictures or into files."


class LocalModel(Model):
    """Understands plain English about tasks, without a language model; the same input, the same answer."""

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002 - the SDK's name for it.
        model_settings: ModelSettings,  # noqa: ARG002 - rules have nothing to set.
        tools: list[Tool],
        *_: object,
        **__: object,
    ) -> ModelResponse:
        items = _answer(system_instructions, input, tools)
        return ModelResponse(output=list(items), usage=Usage(requests=1), response_id=_response_id())

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002 - the SDK's name for it.
        model_settings: ModelSettings,  # noqa: ARG002 - rules have nothing to set.
        tools: list[Tool],
        *_: object,
        **__: object,
    ) -> AsyncIterator[TResponseStreamEvent]:
        for event in stream_events(_answer(system_instructions, input, tools), _response_id()):
            yield event


def _answer(
    instructions: str | None, given: str | list[TResponseInputItem], tools: list[Tool]
) -> list[ResponseOutputMessage | ResponseFunctionToolCall]:
    items: list[Any] = [{"role": "user", "content": given}] if isinstance(given, str) else list(given)
    words, has_files = words_alone(items)
    conversation = Conversation.read(words, instructions or "", _arguments(tools))
    decision = decide(conversation)
    return output_items(_with_word_of_files(decision, conversation.utterance) if has_files else decision)


def _with_word_of_files(decision: Decision, utterance: str) -> Decision:
    if not utterance.strip():
        return Decision(text=CANNOT_LOOK)
    return decision if decision.calls else Decision(text=f"{decision.text}\n\n{CANNOT_LOOK}")


def _arguments(tools: list[Tool]) -> dict[str, frozenset[str]]:
    return {
        tool.name: frozenset(getattr(tool, "params_json_schema", {}).get("properties", ())) for tool in tools
    }


def _response_id() -> str:
    return f"resp_{uuid4().hex}"
