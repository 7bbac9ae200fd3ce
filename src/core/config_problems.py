"""Which values of a setting are too weak or too wide for production."""

import re
from collections.abc import Sequence

from pydantic import SecretStr

from src.core.database_url import InvalidDatabaseUrl, parse_database_url
from src.core.secret_rotation import InvalidRotation, parse_rotation

MIN_SECRET_LENGTH = 32
OWN_ISSUER = "todo-ai"
"""The `iss` of the tokens of this service's own accounts, by which they are told from the frontend's."""

_MIN_DISTINCT_CHARACTERS = 6
# Better Auth falls back to the first one, which everybody can read in its source; the rest are what
# examples and templates write where a secret should be.
_KNOWN_SECRET = re.compile(
    r"better-auth-secret-\d+|change[-_ ]?(me|this)|replace[-_ ]?(me|this|with)|placeholder"
    r"|your[-_ ].{0,20}(secret|key)|(secret|key)[-_ ]here",
    re.IGNORECASE,
)
_THIS_MACHINE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?(/|$)")
_HOW_TO = "Make one with `openssl rand -base64 32`."


def secret_problems(secret: SecretStr | None, name: str = "BETTER_AUTH_SECRET") -> list[str]:
    """Why a secret must not sign tokens, in at most one sentence that never quotes it."""
    if secret is None:
        return [f"{name} is not set. {_HOW_TO}"]
    value = secret.get_secret_value()
    if len(value) < MIN_SECRET_LENGTH:
        return [f"{name} is shorter than {MIN_SECRET_LENGTH} characters. {_HOW_TO}"]
    if _KNOWN_SECRET.search(value):
        return [f"{name} is a published default or a placeholder. {_HOW_TO}"]
    if len(set(value)) < _MIN_DISTINCT_CHARACTERS:
        return [f"{name} repeats too few different characters. {_HOW_TO}"]
    return []


def rotation_problems(rotation: SecretStr | None) -> list[str]:
    """Why a list of secrets cannot be read, in at most one sentence that never quotes them."""
    try:
        if rotation is not None:
            parse_rotation(rotation.get_secret_value())
    except InvalidRotation as error:
        return [str(error)]
    return []


def all_secret_problems(secret: SecretStr | None, rotation: SecretStr | None) -> list[str]:
    """Why a secret must not sign tokens; those in rotation need no other, and each must be strong."""
    if rotation is None:
        return secret_problems(secret)
    rotated = [] if rotation_problems(rotation) else parse_rotation(rotation.get_secret_value())
    named = [(SecretStr(each), "A secret in BETTER_AUTH_SECRETS") for each in rotated]
    if secret is not None:
        named.append((secret, "BETTER_AUTH_SECRET"))
    return [problem for each, name in named for problem in secret_problems(each, name)]


def issuer_problems(issuer: str | None) -> list[str]:
    """Why a frontend's tokens could not be told from those of our own accounts, in at most one sentence."""
    return [f"JWT_ISSUER is {OWN_ISSUER}, which is kept for own accounts."] if issuer == OWN_ISSUER else []


def address_problems(name: str, url: str | None, *, is_production: bool) -> list[str]:
    """Why whoever signs our users in cannot be asked at an address, in at most one sentence."""
    if url is None or url.startswith("https://") or _THIS_MACHINE.match(url):
        return []
    if is_production:
        return [f"{name} must start with https:// in production."]
    return [] if url.startswith("http://") else [f"{name} must start with https:// or http://."]


def cors_problems(origins: Sequence[str]) -> list[str]:
    """Why a list of origins must not be allowed to send credentials, in at most one sentence."""
    if any("*" in origin for origin in origins):
        return [
            "CORS_ORIGINS has a *, but credentials need exact origins: list them, or set ALLOW_ALL_ORIGINS."
        ]
    return []


def database_problems(url: SecretStr | None) -> list[str]:
    """Why a database cannot be addressed, in at most one sentence that never quotes the password."""
    try:
        if url is not None:
            parse_database_url(url.get_secret_value())
    except InvalidDatabaseUrl as error:
        return [str(error)]
    return []
