"""Which values of a setting are too weak or too wide for production."""

import re
from collections.abc import Sequence

from pydantic import SecretStr

from src.core.database_url import InvalidDatabaseUrl, parse_database_url

MIN_SECRET_LENGTH = 32
_MIN_DISTINCT_CHARACTERS = 6
# Better Auth falls back to the first one, which everybody can read in its source; the rest are what
# examples and templates write where a secret should be.
_KNOWN_SECRET = re.compile(
    r"better-auth-secret-\d+|change[-_ ]?(me|this)|replace[-_ ]?(me|this|with)|placeholder"
    r"|your[-_ ].{0,20}(secret|key)|(secret|key)[-_ ]here",
    re.IGNORECASE,
)
_HOW_TO = "Make one with `openssl rand -base64 32`."


def secret_problems(secret: SecretStr | None) -> list[str]:
    """Why a secret must not sign tokens, in at most one sentence that never quotes it."""
    if secret is None:
        return [f"BETTER_AUTH_SECRET is not set. {_HOW_TO}"]
    value = secret.get_secret_value()
    if len(value) < MIN_SECRET_LENGTH:
        return [f"BETTER_AUTH_SECRET is shorter than {MIN_SECRET_LENGTH} characters. {_HOW_TO}"]
    if _KNOWN_SECRET.search(value):
        return [f"BETTER_AUTH_SECRET is a published default or a placeholder. {_HOW_TO}"]
    if len(set(value)) < _MIN_DISTINCT_CHARACTERS:
        return [f"BETTER_AUTH_SECRET repeats too few different characters. {_HOW_TO}"]
    return []


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
