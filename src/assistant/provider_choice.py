"""Reads from the settings which providers answer, with which model and key."""

from dataclasses import dataclass

from pydantic import SecretStr

from src.core.config import InvalidSettings, Settings

GEMINI_URL = "https://generativelanguage.googleapis.com/v1beta/openai/"
GROQ_URL = "https://api.groq.com/openai/v1"
OPENROUTER_URL = "https://openrouter.ai/api/v1"

NO_KEY = SecretStr("none")
"""What a server of one's own is sent, which asks for no key while the client insists on one."""

KEYED = ("openai", "gemini", "groq", "openrouter")
"""In the order in which a key is looked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider, the model to ask there and how to reach it."""

    provider: str
    model: str
    api_key: SecretStr = NO_KEY
    base_url: str | None = None

    @property
    def is_openai_itself(self) -> bool:
        return self.provider == "openai" and self.base_url is None


LOCAL = Choice("local", "local")


def choices(settings: Settings) -> list[Choice]:
    """The first provider and its fallbacks, each once.

    Raises:
        InvalidSettings: a provider is named whose key is missing, or that does not exist.
    """
    found = [_first(settings), *(_fallback(entry, settings) for entry in settings.llm_fallbacks)]
    return list(dict.fromkeys(found))


def is_priced(settings: Settings) -> bool:
    """Whether anybody who answers takes tokens that are paid for."""
    return choices(settings) != [LOCAL]


def _first(settings: Settings) -> Choice:
    wanted = settings.agent_model
    prefix, model = _split(wanted or "")
    if settings.llm_provider is not None:
        model = model if prefix == settings.llm_provider else wanted or ""
        return _choice(settings.llm_provider, model, settings, "LLM_PROVIDER")
    usable = [name for name in KEYED if _is_reachable(name, settings)]
    if prefix in usable or prefix == "local":
        return _choice(prefix, model, settings, "AGENT_MODEL")
    return _choice(usable[0], wanted or "", settings, "AGENT_MODEL") if usable else LOCAL


def _fallback(entry: str, settings: Settings) -> Choice:
    name, model = _split(entry) if "/" in entry else (entry.lower(), "")
    return _choice(name, model, settings, "LLM_FALLBACKS")


def _split(model: str) -> tuple[str, str]:
    """`gemini/gemini-3.8-flash` as provider and model; no provider where the prefix is part of the name."""
    prefix, _, rest = model.partition("/")
    is_provider = bool(rest) and prefix.lower() in (*KEYED, "local")
    return (prefix.lower(), rest) if is_provider else ("", model)


def _choice(name: str, model: str, settings: Settings, setting: str) -> Choice:
    if name == "local":
        return LOCAL
    if name not in KEYED:
        raise InvalidSettings(
            [f"{setting} names an unknown provider; known are {', '.join(KEYED)} and local."]
        )
    if not _is_reachable(name, settings):
        raise InvalidSettings([f"{setting} asks for {name}, but {name.upper()}_API_KEY is not set."])
    default, key, base_url = _facts(name, settings)
    return Choice(name, model or default, key or NO_KEY, base_url)


def _is_reachable(name: str, settings: Settings) -> bool:
    _, key, _ = _facts(name, settings)
    return key is not None or (name == "openai" and settings.openai_base_url is not None)


def _facts(name: str, settings: Settings) -> tuple[str, SecretStr | None, str | None]:
    """The provider's model when none is asked for, its key and its address."""
    if name == "gemini":
        return settings.gemini_model, settings.gemini_api_key, GEMINI_URL
    if name == "groq":
        return settings.groq_model, settings.groq_api_key, GROQ_URL
    if name == "openrouter":
        return settings.openrouter_model, settings.openrouter_api_key, OPENROUTER_URL
    return settings.openai_model, settings.openai_api_key, settings.openai_base_url
