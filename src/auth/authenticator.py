"""Credentials in, an identity out: each kind is told by its shape and checked by whoever knows it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from starlette.datastructures import Headers

from src.auth.context import InvalidToken
from src.auth.credentials import Credential, Source, credential_of
from src.auth.identity import Audience, Identity
from src.auth.origins import TrustedOrigins
from src.core.errors import Forbidden

PERSONAL_TOKEN_PREFIX = "todo_pat_"  # noqa: S105 - it marks a token and is none.
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class UntrustedOrigin(Forbidden):
    """A cookie came along with a change that a foreign page may have asked for."""

    code = "untrusted_origin"


class TokenVerifier(Protocol):
    """Whoever knows signed tokens."""

    async def verify(self, token: str, now: datetime, audience: Audience) -> Identity:
        """The identity of a JWS; raises `Unauthenticated`, or `ServiceUnavailable` without its keys."""
        ...


class SessionDirectory(Protocol):
    """Whoever knows which of Better Auth's sessions are alive."""

    async def find(self, credential: Credential, now: datetime) -> Identity:
        """The identity of a session token, which in a cookie is a signed one; raises `Unauthenticated`."""
        ...

    async def is_alive(self, session_id: str, now: datetime) -> bool:
        """Whether a session still exists, by its id; True where nobody here can know."""
        ...


class PersonalTokens(Protocol):
    """Whoever knows personal access tokens."""

    async def find(self, token: str, now: datetime) -> Identity:
        """The identity of a personal access token; raises `Unauthenticated`."""
        ...


class Authenticator:
    """Knows every kind of credential that the service accepts."""

    def __init__(
        self,
        tokens: TokenVerifier,
        sessions: SessionDirectory,
        personal_tokens: PersonalTokens,
        *,
        cookie_prefix: str,
        trusted_origins: Sequence[str],
    ) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._personal_tokens = personal_tokens
        self._cookie_prefix = cookie_prefix
        self._origins = TrustedOrigins(trusted_origins)

    async def authenticate(
        self, method: str, headers: Headers, now: datetime, audience: Audience = Audience.API
    ) -> Identity:
        """Whoever sends a request.

        Raises:
            Unauthenticated: it carries no credential, more than one, or one that is not accepted.
            UntrustedOrigin: a cookie would change something for a page that is not trusted.
            ServiceUnavailable: whether it is accepted cannot be found out now.
        """
        credential = credential_of(headers, cookie_prefix=self._cookie_prefix)
        if credential.source is Source.COOKIE:
            self._refuse_cookie(method, headers, audience)
        return await self._identity_of(credential, now, audience)

    async def _identity_of(self, credential: Credential, now: datetime, audience: Audience) -> Identity:
        value = credential.value
        if value.startswith(PERSONAL_TOKEN_PREFIX):
            if credential.source is Source.COOKIE:
                raise InvalidToken("A personal access token is sent in the Authorization header.")
            return await self._personal_tokens.find(value, now)
        if _JWS.fullmatch(value):
            return await self._tokens.verify(value, now, audience)
        if audience is Audience.MCP:
            raise InvalidToken("A session is no credential here; use an access token.")
        return await self._sessions.find(credential, now)

    def _refuse_cookie(self, method: str, headers: Headers, audience: Audience) -> None:
        if audience is Audience.MCP:
            raise InvalidToken("A cookie is no credential here; use an access token.")
        if method not in SAFE_METHODS and not self._origins.sent(headers):
            raise UntrustedOrigin("With a cookie, changes need the Origin of an allowed page (CORS_ORIGINS).")
