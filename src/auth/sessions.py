"""Whom a Better Auth session speaks for: asked anew at every request, so that signing out ends it at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from src.auth.context import ExpiredToken, InvalidToken
from src.auth.credentials import Credential
from src.auth.identity import CredentialKind, Identity
from src.auth.session_repository import SessionRepository
from src.auth.session_tokens import Session, SessionToken, read_session_token
from src.core.config import Settings
from src.core.database import Executor

if TYPE_CHECKING:
    import httpx

    from src.auth.session_lookup import SessionLookup


class BetterAuthSessions:
    """Better Auth's sessions: in its tables where this database has them, else as its server tells."""

    def __init__(self, repository: SessionRepository, lookup: "SessionLookup | None", secret: str) -> None:
        self._repository = repository
        self._lookup = lookup
        self._secret = secret

    async def find(self, credential: Credential, now: datetime) -> Identity:
        """The identity of a session token, signed or raw; a cookie's must be signed.

        Raises:
            ExpiredToken: the session's time is over.
            InvalidToken: it has no such shape or signature, or there is no such session (any more).
            ServiceUnavailable: neither tables nor server can be asked now.
        """
        session = await self._session(read_session_token(credential), now)
        if session is None:
            raise InvalidToken("The session is over, or never was; sign in again.")
        if session.expires_at <= now:
            raise ExpiredToken("The session has expired; sign in again.")
        return Identity(
            session.user_id,
            CredentialKind.SESSION,
            session.email,
            session.expires_at.timestamp(),
            token_id=session.id,
        )

    async def is_alive(self, session_id: str, now: datetime) -> bool:
        """Whether a session, by its id, is there and not expired; True where no tables can tell.

        Better Auth's server answers for session tokens only, and other issuers keep sessions elsewhere:
        there, a signed token that names a session counts until its own end.
        """
        if not await self._repository.has_tables(now):
            return True
        session = await self._repository.get_by_id(session_id)
        return session is not None and session.expires_at > now

    async def _session(self, shown: SessionToken, now: datetime) -> Session | None:
        if await self._repository.has_tables(now):
            is_genuine = shown.is_genuine(self._secret)
            return await self._repository.get_by_token(shown.token) if is_genuine else None
        return None if self._lookup is None else await self._lookup.get(shown)


def session_directory(
    settings: Settings, database: Executor, secrets: Sequence[str], http: "httpx.AsyncClient | None"
) -> BetterAuthSessions:
    """The sessions that some settings name; of several secrets, Better Auth signs cookies with the first."""
    lookup = None
    if settings.better_auth_url is not None and http is not None:
        from src.auth.session_lookup import SessionLookup  # noqa: PLC0415 - httpx is slow to load.

        lookup = SessionLookup(http, settings.better_auth_url, settings.better_auth_cookie_prefix)
    return BetterAuthSessions(SessionRepository(database, settings.better_auth_schema), lookup, secrets[0])
