"""What the service and the MCP server on stdio are both put together from."""

import hashlib
from typing import TYPE_CHECKING

from pydantic import SecretStr

from src.accounts.sessions import AccountSessionDirectory
from src.auth.authenticator import Authenticator
from src.auth.sessions import session_directory
from src.auth.tokens import jwt_verifier, secrets_of
from src.core.config import Settings
from src.core.database import Database
from src.personal_tokens.directory import PersonalTokenDirectory

if TYPE_CHECKING:
    import httpx


def authenticator_for(
    settings: Settings, secret: SecretStr, database: Database, http: "httpx.AsyncClient | None"
) -> Authenticator:
    secrets = secrets_of(settings, secret)
    sessions = session_directory(settings, database, secrets, http)
    accounts = AccountSessionDirectory(database) if settings.has_accounts else None
    tokens = jwt_verifier(settings, secrets, http=http, sessions=sessions, account_sessions=accounts)
    return Authenticator(
        tokens,
        sessions,
        PersonalTokenDirectory(database),
        cookie_prefix=settings.better_auth_cookie_prefix,
        trusted_origins=(*settings.cors_origins, settings.public_url or ""),
    )


def cursor_key_of(secret: SecretStr) -> bytes:
    """What cursors are signed with, the same in every process that shares the secret."""
    return hashlib.sha256(b"cursor:" + secret.get_secret_value().encode()).digest()


def own_url(settings: Settings) -> str:
    """Where links to this service lead."""
    return settings.public_url or f"http://localhost:{settings.port}"
