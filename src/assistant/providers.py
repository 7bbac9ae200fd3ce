"""The models a turn can be answered by: who runs them and the client that reaches them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from agents.model_settings import ModelSettings
from agents.models.interface import Model

from src.assistant.chat_completions import ChatCompletionsModel, GeminiModel
from src.assistant.local_model.model import LocalModel
from src.assistant.provider_choice import Choice, choices
from src.assistant.provider_client import OPENAI_URL, ProviderClient
from src.assistant.schemas import complete_schemas_of_streams
from src.core.config import Settings

CONNECT_SECONDS = 5.0
_REASONING_FAMILIES = ("gpt-5", "o1", "o3", "o4")
_BLIND = ("groq",)  # What runs there by default reads text only, and refuses a request with a picture.
_TITLE = "Todo AI"


@dataclass(frozen=True)
class Provider:
    """A model and who runs it; its client is built when it is first needed and kept for the process."""

    name: str
    model_name: str
    build: Callable[[], Model]
    settings: ModelSettings = field(default_factory=ModelSettings)
    sees_pictures: bool = True
    follows_rules: bool = False
    """Whether no text of a task can move it: it decides by rules, from the user's words alone."""

    @cached_property
    def model(self) -> Model:
        return self.build()

    async def close(self) -> None:
        if "model" in self.__dict__:
            await self.model.close()


def providers_from(settings: Settings) -> list[Provider]:
    """The provider the settings choose and the ones to fall back to, in order.

    Raises:
        InvalidSettings: a provider is named whose key is missing.
    """
    return [_provider(choice, settings) for choice in choices(settings)]


def local_provider() -> Provider:
    return Provider("local", "local", LocalModel, follows_rules=True)


def _provider(choice: Choice, settings: Settings) -> Provider:
    if choice.provider == "local":
        return local_provider()

    def build() -> Model:
        complete_schemas_of_streams()
        kind = GeminiModel if choice.provider == "gemini" else ChatCompletionsModel
        return kind(choice.model, _client(choice, settings))

    sees_pictures = choice.provider not in _BLIND
    return Provider(
        choice.provider, choice.model, build, _model_settings(choice, settings), sees_pictures=sees_pictures
    )


def _client(choice: Choice, settings: Settings) -> ProviderClient:
    return ProviderClient(
        choice.base_url or OPENAI_URL,
        choice.api_key,
        headers=_headers(choice, settings),
        connect_timeout=min(CONNECT_SECONDS, settings.llm_timeout_seconds),
    )


def _headers(choice: Choice, settings: Settings) -> dict[str, str]:
    """OpenAI bills the organization and project that are named; OpenRouter lists applications by address."""
    if choice.is_openai_itself:
        named = {
            "OpenAI-Organization": settings.openai_org_id,
            "OpenAI-Project": settings.openai_project_id,
        }
        return {name: value for name, value in named.items() if value}
    if choice.provider != "openrouter":
        return {}
    referer = {"HTTP-Referer": settings.public_url} if settings.public_url else {}
    return {"X-OpenRouter-Title": _TITLE} | referer


def _model_settings(choice: Choice, settings: Settings) -> ModelSettings:
    known = ModelSettings(include_usage=True, temperature=settings.agent_temperature)
    if choice.is_openai_itself:
        if choice.model.startswith(_REASONING_FAMILIES):
            known.temperature = None  # These take no other temperature than their own.
        if settings.agent_max_tokens is not None:
            known.extra_args = {"max_completion_tokens": settings.agent_max_tokens}
    else:
        known.max_tokens = settings.agent_max_tokens
    return known
