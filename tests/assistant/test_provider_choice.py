from typing import Any

import pytest

from src.assistant.provider_choice import GEMINI_URL, GROQ_URL, OPENROUTER_URL, choices
from src.core.config import InvalidSettings, Settings

OPENAI, GEMINI, GROQ = {"openai_api_key": "o"}, {"gemini_api_key": "g"}, {"groq_api_key": "q"}
OPENROUTER = {"openrouter_api_key": "r"}


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)


@pytest.mark.parametrize(
    ("given", "provider", "model", "base_url"),
    [
        ({}, "local", "local", None),
        ({"agent_model": "gemini/gemini-3.8-flash"}, "local", "local", None),
        (OPENAI, "openai", "gpt-5.6-luna", None),
        (OPENAI | GEMINI, "openai", "gpt-5.6-luna", None),
        (GEMINI, "gemini", "gemini-3.8-flash", GEMINI_URL),
        (GROQ, "groq", "openai/gpt-oss-120b", GROQ_URL),
        (OPENROUTER, "openrouter", "openrouter/auto", OPENROUTER_URL),
        (OPENAI | {"llm_provider": "local"}, "local", "local", None),
        (OPENAI | GEMINI | {"llm_provider": "gemini"}, "gemini", "gemini-3.8-flash", GEMINI_URL),
        (OPENAI | GEMINI | {"agent_model": "gemini/pro"}, "gemini", "pro", GEMINI_URL),
        (OPENAI | {"agent_model": "gpt-x"}, "openai", "gpt-x", None),
        (GEMINI | {"llm_provider": "gemini", "agent_model": "gemini/pro"}, "gemini", "pro", GEMINI_URL),
        (GROQ | {"agent_model": "openai/gpt-oss-20b"}, "groq", "openai/gpt-oss-20b", GROQ_URL),
        (
            OPENROUTER | {"llm_provider": "openrouter", "agent_model": "openai/gpt-x"},
            "openrouter",
            "openai/gpt-x",
            OPENROUTER_URL,
        ),
        (
            {"openai_base_url": "http://127.0.0.1:11434/v1", "agent_model": "llama"},
            "openai",
            "llama",
            "http://127.0.0.1:11434/v1",
        ),
    ],
)
def test_the_settings_choose_the_provider(
    given: dict[str, Any], provider: str, model: str, base_url: str | None
) -> None:
    [choice] = choices(settings(**given))

    assert (choice.provider, choice.model, choice.base_url) == (provider, model, base_url)


def test_fallbacks_follow_in_their_order_and_once() -> None:
    found = choices(settings(**OPENAI, **GROQ, llm_fallbacks=["groq/llama", "openai", "local", "local"]))

    assert [(each.provider, each.model) for each in found] == [
        ("openai", "gpt-5.6-luna"),
        ("groq", "llama"),
        ("local", "local"),
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"llm_provider": "groq"}, "LLM_PROVIDER asks for groq, but GROQ_API_KEY is not set."),
        ({"llm_fallbacks": ["gemini"]}, "LLM_FALLBACKS asks for gemini, but GEMINI_API_KEY is not set."),
        ({"llm_fallbacks": ["hal"]}, "LLM_FALLBACKS names an unknown provider"),
    ],
)
def test_a_provider_that_cannot_be_asked_is_named(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidSettings, match=sentence):
        choices(settings(**given))
