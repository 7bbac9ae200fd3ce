"""Whom a credential speaks for, and what it allows."""

from dataclasses import dataclass
from enum import StrEnum


class CredentialKind(StrEnum):
    """What was shown at the door."""

    SHARED_SECRET_JWT = "shared_secret_jwt"
    JWKS_JWT = "jwks_jwt"
    OAUTH_ACCESS_TOKEN = "oauth_access_token"
    ACCOUNT_TOKEN = "account_token"
    SESSION = "session"
    PERSONAL_ACCESS_TOKEN = "personal_access_token"


class Audience(StrEnum):
    """Which door a credential is shown at: a token made for one of them is no token for the other."""

    API = "api"
    MCP = "mcp"


class Scope(StrEnum):
    """What a credential allows: `write` is needed for whatever changes anything."""

    READ = "read"
    WRITE = "write"


EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a verified credential speaks for."""

    user_id: str
    kind: CredentialKind
    email: str | None = None
    expires_at: float | None = None
    """Seconds since 1970, UTC; None where it lives until it is revoked."""
    scopes: frozenset[Scope] = EVERY_SCOPE
    token_id: str | None = None
    """What its revocation is looked up by: the `jti` of an account's token, the id of a personal one."""
    client: str | None = None
    """The program that acts, where the credential names one: an OAuth client, a personal token's name."""
