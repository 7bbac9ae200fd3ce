"""One model made of several: asks the first provider, and the next one when it fails."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TypeAlias, cast

from agents.exceptions import AgentsException
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.interface import ModelTracing
from agents.tool import Tool
from openai import OpenAIError
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
)

from src.assistant.data_marks import with_marked_outputs
from src.assistant.errors import (
    ModelMisbehaved,
    ModelRefusedRequest,
    ModelUnavailable,
    ModelUnknown,
    no_model_answered,
)
from src.assistant.failures import failure_of, is_worth_another_try
from src.assistant.providers import Provider
from src.assistant.repairs import with_fresh_ids, with_plain_calls
from src.assistant.responses import SAID_NOTHING
from src.assistant.sent_files import has_pictures, without_pictures
from src.core.current_request import span

logger = logging.getLogger(__name__)

ATTEMPTS = 2
_LONGEST_WAIT = 2.0
"""Seconds a turn waits for a provider that asks for patience, before it turns to the next one."""

Answer: TypeAlias = AsyncGenerator[str | ResponseCompletedEvent, None]
"""The text in pieces, and then the end."""
Ask: TypeAlias = Callable[[Provider], AsyncGenerator[TResponseStreamEvent, None]]


class ModelChain:
    """The model of one turn.

    A provider that failed is not asked again in the same turn, and since a failure is met between two tool
    steps, the next provider goes on from the tool results: nothing is done twice. When nobody is left the
    answer just ends and `failure` says why.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        timeout: float,
        retry_wait: float,
        guide: Callable[[], str] | None = None,
        earlier: Sequence[TResponseInputItem] = (),
    ) -> None:
        """Take the providers in the order in which they are asked.

        `guide` is what models are told before all, and `earlier` what was said before: they are put before
        what is said in the turn.
        """
        self._providers = list(providers)
        self._guide = guide
        self._earlier = with_plain_calls(earlier)
        self._timeout = timeout
        self._retry_wait = retry_wait
        self._failures: list[ModelUnavailable] = []
        self._is_speaking = False
        self._shows_pictures = False
        self._hides_pictures = False
        self.answer = SAID_NOTHING
        """The last one, once it is whole."""
        self.failure: ModelUnavailable | None = None
        self.provider = self._providers[0]

    def ask(self, said: Sequence[TResponseInputItem], tools: list[Tool]) -> Answer:
        """The next answer of the turn, to what was said in it so far."""
        items = [*self._earlier, *with_plain_calls(said)]

        def ask(provider: Provider) -> AsyncGenerator[TResponseStreamEvent, None]:
            answer = provider.model.stream_response(
                self._guide and self._guide(),
                self._readable(items, provider),
                provider.settings,
                tools,
                None,
                [],
                ModelTracing.DISABLED,
                previous_response_id=None,
                conversation_id=None,
                prompt=None,
            )
            return cast(AsyncGenerator[TResponseStreamEvent, None], answer)

        return self._answer(ask)

    async def _answer(self, ask: Ask) -> Answer:
        self._is_speaking = False
        while self._providers:
            self.provider = self._providers[0]
            async with aclosing(self._persistently(ask, self.provider)) as pieces:
                async for piece in pieces:
                    if not isinstance(piece, str):
                        self.answer = piece
                        yield piece
                        return
                    yield piece
            self._providers.pop(0)
            self._hides_pictures = False
            if self._is_speaking:
                break
        failures = self._failures[-1:] if self._is_speaking else self._failures
        self.failure = no_model_answered(failures)
        self.answer = SAID_NOTHING
        yield self.answer

    async def _persistently(self, ask: Ask, provider: Provider) -> Answer:
        """The provider's answer; without a completed event at its end, the provider failed."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with span(f"chat {provider.model_name}", _asked(provider), is_current=False) as traced:
                    async with aclosing(ask(provider)) as events:
                        piece = await self._next(events, provider)
                        while isinstance(piece, str):
                            yield piece
                            piece = await self._next(events, provider)
                        if traced is not None:
                            traced.set_attributes(_spent(piece.response))
                        yield piece
            except Exception as error:  # noqa: BLE001 - whatever a provider's client raises, the next one may answer.
                failure = _told(error, provider)
                if attempt < ATTEMPTS and self._may_ask_again(error, failure):
                    await asyncio.sleep(self._wait(failure))
                    continue
                self._failures.append(failure)
            return

    async def _next(
        self, events: AsyncIterator[TResponseStreamEvent], provider: Provider
    ) -> str | ResponseCompletedEvent:
        """The next piece of the answer, or its end."""
        while True:
            async with asyncio.timeout(self._timeout):
                event = await anext(events, None)
            if isinstance(event, ResponseTextDeltaEvent):
                self._is_speaking = True
                return event.delta
            if isinstance(event, ResponseCompletedEvent):
                if not _says_anything(event.response):
                    raise ModelMisbehaved(f"The model at {provider.name} gave an empty answer.")
                event.response.output = with_fresh_ids(event.response.output)
                return event
            if event is None:
                raise ModelMisbehaved(f"The model at {provider.name} broke off.")

    def _may_ask_again(self, error: Exception, failure: ModelUnavailable) -> bool:
        has_patience = (failure.retry_after or 0) <= _LONGEST_WAIT
        may_help = is_worth_another_try(error, failure) or self._may_hide_pictures(failure)
        return not self._is_speaking and has_patience and may_help

    def _may_hide_pictures(self, failure: ModelUnavailable) -> bool:
        """Who cannot see refuses a request with pictures, and would for the rest of the conversation."""
        if self._hides_pictures or not self._shows_pictures:
            return False
        self._hides_pictures = isinstance(failure, ModelRefusedRequest | ModelUnknown)
        return self._hides_pictures

    def _readable(self, items: list[TResponseInputItem], provider: Provider) -> list[TResponseInputItem]:
        if provider.follows_rules:
            return items
        self._shows_pictures = provider.sees_pictures and not self._hides_pictures and has_pictures(items)
        return with_marked_outputs(items if self._shows_pictures else without_pictures(items))

    def _wait(self, failure: ModelUnavailable) -> float:
        return self._retry_wait if failure.retry_after is None else float(failure.retry_after)


def _asked(provider: Provider) -> dict[str, str]:
    """What a trace says of a model call, in the words of OpenTelemetry's conventions for generative AI."""
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider.name,
        "gen_ai.request.model": provider.model_name,
    }


def _spent(response: Response) -> dict[str, int]:
    if response.usage is None:
        return {}
    return {
        "gen_ai.usage.input_tokens": response.usage.input_tokens,
        "gen_ai.usage.output_tokens": response.usage.output_tokens,
    }


def _told(error: Exception, provider: Provider) -> ModelUnavailable:
    failure = failure_of(error, provider=provider.name, model=provider.model_name)
    is_expected = isinstance(error, OpenAIError | AgentsException | ModelUnavailable | TimeoutError)
    logger.warning(
        "Model %s at %s: %s (%s)",
        provider.model_name,
        provider.name,
        failure.code,
        type(error).__name__,
        exc_info=None if is_expected else error,
    )
    return failure


def _says_anything(response: Response) -> bool:
    return any(
        isinstance(item, ResponseFunctionToolCall)
        or (isinstance(item, ResponseOutputMessage) and any(_is_said(part) for part in item.content))
        for item in response.output
    )


def _is_said(part: object) -> bool:
    return not isinstance(part, ResponseOutputText) or bool(part.text.strip())
