"""Every setting of the service: its name, its aliases and its default."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AliasChoices, AwareDatetime, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from src.core.config_problems import (
    address_problems,
    all_secret_problems,
    cors_problems,
    database_problems,
    issuer_problems,
    rotation_problems,
)
from src.core.postgres_account import MISSING, is_installed

EXIT_UNUSABLE_SETTINGS = 78
"""`EX_CONFIG` of sysexits.h."""


class Environment(StrEnum):
    """What the service runs for."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TEST = "test"


def _parts(value: object) -> object:
    if isinstance(value, str):
        return tuple(part for raw in value.split(",") if (part := raw.strip()))
    return value


def _origins(value: object) -> object:
    parts = _parts(value)
    return tuple(str(part).rstrip("/") for part in parts) if isinstance(parts, tuple | list) else parts


def _without_slash(value: object) -> object:
    return value.strip().rstrip("/") if isinstance(value, str) else value


def _lowered(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _uppered(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _host_port(known: dict[str, Any]) -> int:
    return 7860 if known.get("space_id") else 8000


def _space_url(known: dict[str, Any]) -> str | None:
    """Where a Space is reached, which Hugging Face tells it beside its id."""
    host = known.get("space_host") if known.get("space_id") else None
    return f"https://{host}" if host else None


CommaList: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]
Origins: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]
Url: TypeAlias = Annotated[str, Field(pattern=r"^https?://[^\s?#]+$"), BeforeValidator(_without_slash)]
Algorithm: TypeAlias = Literal["HS256", "EdDSA", "ES256", "ES512", "RS256", "PS256"]
Provider: TypeAlias = Literal["openai", "gemini", "groq", "openrouter", "local"]
LogFormat: TypeAlias = Literal["auto", "json", "console"]
LogLevel: TypeAlias = Literal["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"]


class Settings(BaseSettings):
    """The settings, from the environment and then from `.env`; an empty value counts as unset."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    environment: Annotated[Environment, BeforeValidator(_lowered)] = Environment.DEVELOPMENT
    host: str | None = None
    space_id: str | None = None
    space_host: str | None = None
    port: int = Field(default_factory=_host_port, ge=1, le=65535)
    log_level: Annotated[LogLevel, BeforeValidator(_uppered)] = "INFO"
    log_format: Annotated[LogFormat, BeforeValidator(_lowered)] = "auto"
    """`auto` is for people on a terminal, and JSON elsewhere."""
    metrics_token: SecretStr | None = Field(None, min_length=16)
    """What opens `/metrics`; there is no such address without it."""
    debug: bool = False
    frozen_now: AwareDatetime | None = None
    data_dir: Path = Path(".data")

    database_url: SecretStr | None = None
    database_pool_size: int = Field(10, ge=1, le=1000)

    better_auth_secret: SecretStr | None = Field(
        None, validation_alias=AliasChoices("BETTER_AUTH_SECRET", "SECRET_KEY")
    )
    jwt_algorithm: Algorithm = Field("HS256", validation_alias=AliasChoices("JWT_ALGORITHM", "ALGORITHM"))
    better_auth_secrets: SecretStr | None = None
    """Secrets in rotation as Better Auth writes them, `2:new,1:old`; the first signs, all verify."""
    jwks_url: str | None = None
    jwt_issuer: str | None = None
    jwt_audience: str | None = None
    better_auth_url: Url | None = None
    better_auth_schema: str = Field("public", pattern=r"^[A-Za-z_][A-Za-z0-9_$]{0,62}$")
    better_auth_cookie_prefix: str = Field("better-auth", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    access_token_expire_minutes: int = Field(24 * 60, ge=1, le=365 * 24 * 60)
    accounts_enabled: bool | None = None
    public_url: Url | None = Field(default_factory=_space_url)
    """Where clients reach this service, as it is written into metadata, feeds and links."""
    mcp_authorization_server: Url | None = None
    """The issuer whose access tokens the MCP door takes, such as `https://app.example/api/auth`."""
    mcp_accept_api_tokens: bool | None = None
    mcp_allowed_hosts: CommaList = ()

    cors_origins: Origins = Field(
        ("http://localhost:3000",), validation_alias=AliasChoices("CORS_ORIGINS", "ALLOWED_ORIGINS")
    )
    allow_all_origins: bool = False

    llm_provider: Annotated[Provider | None, BeforeValidator(_lowered)] = None
    llm_fallbacks: CommaList = ()
    llm_timeout_seconds: float = Field(60, gt=0, le=600)
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-5.6-luna"
    openai_org_id: str | None = None
    openai_project_id: str | None = None
    gemini_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_API_KEY")
    )
    gemini_model: str = "gemini-3.8-flash"
    groq_api_key: SecretStr | None = None
    groq_model: str = "openai/gpt-oss-120b"
    openrouter_api_key: SecretStr | None = None
    openrouter_model: str = "openrouter/auto"
    agent_model: str | None = None
    agent_temperature: float | None = Field(None, ge=0, le=2)
    agent_max_tokens: int | None = Field(None, ge=1)
    agent_max_turns: int = Field(10, ge=1, le=100)
    max_conversation_history: int = Field(50, ge=1, le=1000)
    chat_stream_by_default: bool = False
    chat_preload: bool = True
    """Whether the libraries of chat and MCP load behind the start, or with the first request for them."""

    rate_limit_per_minute: int = Field(20, ge=0)
    rate_limit_per_hour: int = Field(100, ge=0)
    rate_limit_turns_at_once: int | None = Field(None, ge=0)
    rate_limit_requests_per_minute: int = Field(300_000, ge=0)
    rate_limit_address_per_minute: int = Field(600, ge=0)
    daily_token_budget: int | None = Field(None, ge=1)

    @property
    def is_demonstration(self) -> bool:
        """A Space that nobody has configured: it shows itself, on a database that ends with it."""
        return bool(self.space_id) and self.database_url is None and self.better_auth_secret is None

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION and not self.is_demonstration

    @property
    def listen_host(self) -> str:
        """`HOST`; else every interface where a proxy stands in front, and this machine alone elsewhere."""
        if self.host is not None:
            return self.host
        return "0.0.0.0" if self.is_production or self.space_id else "127.0.0.1"  # noqa: S104 - a container is reached by no other way.

    @property
    def allows_every_origin(self) -> bool:
        """Whether any page may read answers: then without credentials, for browsers know no other way."""
        return self.allow_all_origins or "*" in self.cors_origins

    @property
    def has_accounts(self) -> bool:
        """Whether people may register here: `ACCOUNTS_ENABLED`, which is off in production by itself."""
        return not self.is_production if self.accounts_enabled is None else self.accounts_enabled

    @property
    def mcp_takes_api_tokens(self) -> bool:
        """Whether a token of the API opens the MCP door too: unless OAuth guards it, or by choice."""
        if self.mcp_accept_api_tokens is None:
            return self.mcp_authorization_server is None
        return self.mcp_accept_api_tokens

    @property
    def turns_at_once(self) -> int:
        """How many answers to one user may be under way; 0 is any number."""
        given = self.rate_limit_turns_at_once
        return self.rate_limit_per_minute if given is None else given

    def problems(self) -> list[str]:
        """What makes these settings unusable, a sentence each; empty when the service may start."""
        found = database_problems(self.database_url) + rotation_problems(self.better_auth_secrets)
        found += issuer_problems(self.jwt_issuer)
        if self.jwt_algorithm != "HS256" and self.jwks_url is None and self.better_auth_url is None:
            found.append(f"JWT_ALGORITHM is {self.jwt_algorithm}, which needs JWKS_URL or BETTER_AUTH_URL.")
        for name in ("jwks_url", "better_auth_url", "mcp_authorization_server"):
            found += address_problems(name.upper(), getattr(self, name), is_production=self.is_production)
        if self.is_production:
            found += self._production_problems()
        elif self.database_url is None and not is_installed():
            found.append(MISSING)
        return found

    def _production_problems(self) -> list[str]:
        found = all_secret_problems(self.better_auth_secret, self.better_auth_secrets)
        if self.database_url is None:
            found.append("DATABASE_URL is not set; production needs a PostgreSQL database.")
        if not self.allow_all_origins:
            found += cors_problems(self.cors_origins)
        if self.frozen_now is not None:
            found.append("FROZEN_NOW is set; production needs the real clock.")
        return found


class InvalidSettings(Exception):
    """Settings that the service cannot start with, a sentence for each problem; no value is quoted."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def read_settings() -> Settings:
    """The settings of this process, usable or not.

    Raises:
        InvalidSettings: a value cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        # What has its default from other values is not read where one of those before it cannot be.
        told = [each for each in error.errors() if each["type"] != "default_factory_not_called"]
        raise InvalidSettings([_sentence(*each["loc"], each["msg"]) for each in told]) from None


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        InvalidSettings: a value cannot be read, or the settings cannot be used together.
    """
    settings = read_settings()
    require_valid(settings)
    return settings


def require_valid(settings: Settings) -> None:
    """Raise `InvalidSettings` unless the service may start with these settings."""
    if problems := settings.problems():
        raise InvalidSettings(problems)


def settings_or_exit() -> Settings:
    """The settings of this process; unusable ones end it with a line each and no traceback."""
    with ended_by_unusable_settings():
        return load_settings()


@contextmanager
def ended_by_unusable_settings() -> Iterator[None]:
    """Settings found to be unusable in here end the process, with a line each and no traceback."""
    try:
        yield
    except InvalidSettings as error:
        sys.stderr.writelines(f"todo: {problem}\n" for problem in error.problems)
        raise SystemExit(EXIT_UNUSABLE_SETTINGS) from None


def _sentence(name: int | str, *rest: int | str) -> str:
    return f"{str(name).upper()} cannot be used: {rest[-1]}."
