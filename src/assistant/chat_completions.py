"""Models behind OpenAI's Chat Completions interface, asked and read with no more work than it takes."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import orjson
from agents.items import ModelResponse, TResponseInputItem, TResponseStreamEvent
from agents.model_settings import ModelSettings
from agents.models.chatcmpl_converter import Converter
from agents.models.interface import Model
from agents.tool import Tool

from src.assistant.completion_stream import read_answer
from src.assistant.event_stream import read_json
from src.assistant.provider_client import ProviderClient
from src.assistant.repairs import with_signed_calls


class ChatCompletionsModel(Model):
    """A model behind any OpenAI-compatible address, whose client is closed with it.

    The SDK's own model converts the same tools anew for each request, and OpenAI's client walks through every
    schema to see whether a key has another name on the wire: together half of what a turn took.
    """

    def __init__(self, model: str, client: ProviderClient) -> None:
        self._model = model
        self._client = client
        self._tools: list[Tool] = []
        self._tools_on_the_wire = orjson.Fragment(b"")

    async def get_response(self, *_args: Any, **_kwargs: Any) -> ModelResponse:
        raise NotImplementedError("A turn is always streamed.")

    def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002 - the name is the interface's.
        model_settings: ModelSettings,
        tools: list[Tool],
        *_: object,
        **__: object,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The pieces of text as they come, and what the whole answer is at its end."""
        messages = self._messages(system_instructions, input)
        body = self._body(messages, model_settings, tools)
        batches = read_json(partial(self._client.ask, body))
        return read_answer(batches, model=self._model, must_be_ended=self._client.is_openai)

    def _messages(self, instructions: str | None, items: str | list[TResponseInputItem]) -> list[Any]:
        said = Converter.items_to_messages(items, model=self._model, base_url=self._client.base_url)
        return [{"role": "system", "content": instructions}, *said] if instructions else list(said)

    def _body(self, messages: Sequence[Any], settings: ModelSettings, tools: list[Tool]) -> bytes:
        tells_usage = self._as_openai(settings.include_usage)
        options = {
            "tools": self._prepared(tools) if tools else None,
            "temperature": settings.temperature,
            "max_tokens": settings.max_tokens,
            "stream_options": None if tells_usage is None else {"include_usage": tells_usage},
            "store": self._as_openai(settings.store),
        }
        given = {name: value for name, value in options.items() if value is not None}
        body = {"model": self._model, "messages": messages, "stream": True}
        return orjson.dumps(body | given | (settings.extra_args or {}))

    def _as_openai(self, wanted: bool | None) -> bool | None:
        """What is wanted; where nothing is, OpenAI itself is told yes and others nothing."""
        return True if wanted is None and self._client.is_openai else wanted

    def _prepared(self, tools: list[Tool]) -> orjson.Fragment:
        """The tools as they are sent; they are the same objects at every turn."""
        if tools != self._tools:
            sent = [Converter.tool_to_openai(tool) for tool in tools]
            self._tools, self._tools_on_the_wire = tools, orjson.Fragment(orjson.dumps(sent))
        return self._tools_on_the_wire

    async def close(self) -> None:
        await self._client.close()


class GeminiModel(ChatCompletionsModel):
    """A model of Gemini's, which wants the calls of a conversation signed."""

    def _messages(self, instructions: str | None, items: str | list[TResponseInputItem]) -> list[Any]:
        signed = items if isinstance(items, str) else with_signed_calls(items)
        return super()._messages(instructions, signed)
