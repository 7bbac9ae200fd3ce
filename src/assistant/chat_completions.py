"""Models behind OpenAI's Chat Completions interface, asked and read with no more work than it takes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import orjson
from agents.items import ModelResponse, TResponseInputItem, TResponseStreamEvent
from agents.model_settings import ModelSettings
from agents.models.chatcmpl_converter import Converter
from agents.models.chatcmpl_helpers import ChatCmplHelpers
from agents.models.interface import Model
from agents.tool import Tool
from httpx2 import Request, Response
from openai import AsyncOpenAI, AsyncStream

from src.assistant.completion_stream import read_answer
from src.assistant.event_stream import read_json
from src.assistant.repairs import with_signed_calls


class ChatCompletionsModel(Model):
    """A model behind any OpenAI-compatible address, whose client is closed with it.

    The SDK's own model converts the same tools anew for each request, and OpenAI's client walks through every
    schema to see whether a key has another name on the wire: together half of what a turn took.
    """

    def __init__(self, model: str, client: AsyncOpenAI) -> None:
        self._model = model
        self._client = client
        self._tools: list[Tool] = []
        self._tools_on_the_wire = orjson.Fragment(b"")

    async def get_response(self, *_args: Any, **_kwargs: Any) -> ModelResponse:
        raise NotImplementedError("A turn is always streamed.")

    async def stream_response(
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
        response = await self._asked(self._body(messages, model_settings, tools))
        is_openai = ChatCmplHelpers.is_openai(self._client)
        async with aclosing(response), aclosing(read_json(response)) as batches:
            async for event in read_answer(batches, model=self._model, must_be_ended=is_openai):
                yield event

    async def _asked(self, body: bytes) -> Response:
        """The answer, whose body is yet to come."""
        stream = await self._client.post(
            "/chat/completions",
            content=body,
            options={"security": {"bearer_auth": True}},
            cast_to=object,
            stream=True,
            stream_cls=AsyncStream[object],
        )
        response = stream.response
        # Its own request would keep the body, with all tools, for as long as the model speaks.
        response.request = Request("POST", response.request.url)
        return response

    def _messages(self, instructions: str | None, items: str | list[TResponseInputItem]) -> list[Any]:
        said = Converter.items_to_messages(items, model=self._model, base_url=str(self._client.base_url))
        return [{"role": "system", "content": instructions}, *said] if instructions else list(said)

    def _body(self, messages: Sequence[Any], settings: ModelSettings, tools: list[Tool]) -> bytes:
        options = {
            "tools": self._prepared(tools) if tools else None,
            "temperature": settings.temperature,
            "max_tokens": settings.max_tokens,
            "stream_options": ChatCmplHelpers.get_stream_options_param(self._client, settings, stream=True),
            "store": ChatCmplHelpers.get_store_param(self._client, settings),
        }
        given = {name: value for name, value in options.items() if value is not None}
        body = {"model": self._model, "messages": messages, "stream": True}
        return orjson.dumps(body | given | (settings.extra_args or {}))

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
