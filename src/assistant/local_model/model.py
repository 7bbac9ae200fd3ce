"""The `Model` of the Agents SDK that needs no key: it decides by rules and answers at once."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from agents import ModelResponse, ModelSettings, ModelTracing, Tool, Usage
from agents.agent_output import AgentOutputSchemaBase
from agents.handoffs import Handoff
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.interface import Model
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage
from openai.types.responses.response_prompt_param import ResponsePromptParam

from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.decisions import decide
from src.assistant.local_model.output import output_items, stream_events


class LocalModel(Model):
    """Understands plain English about tasks, without a language model; the same input, the same answer."""

    async def get_response(  # noqa: PLR0913 - the signature is the SDK's.
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        items = _answer(system_instructions, input, tools)
        return ModelResponse(output=list(items), usage=Usage(requests=1), response_id=_response_id())

    async def stream_response(  # noqa: PLR0913 - the signature is the SDK's.
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> AsyncIterator[TResponseStreamEvent]:
        for event in stream_events(_answer(system_instructions, input, tools), _response_id()):
            yield event


def _answer(
    instructions: str | None, given: str | list[TResponseInputItem], tools: list[Tool]
) -> list[ResponseOutputMessage | ResponseFunctionToolCall]:
    items: list[Any] = [{"role": "user", "content": given}] if isinstance(given, str) else list(given)
    conversation = Conversation.read(items, instructions or "", _arguments(tools))
    return output_items(decide(conversation))


def _arguments(tools: list[Tool]) -> dict[str, frozenset[str]]:
    return {
        tool.name: frozenset(getattr(tool, "params_json_schema", {}).get("properties", ())) for tool in tools
    }


def _response_id() -> str:
    return f"resp_{uuid4().hex}"
