"""Better Auth asked over HTTP, for whoever keeps its tables in another database."""

import asyncio
import logging
from functools import partial
from typing import Annotated
from urllib.parse import quote

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from src.auth.flights import Flights
from src.auth.session_tokens import Session, SessionToken
from src.core.errors import ServiceUnavailable

log = logging.getLogger(__name__)

_MAX_ANSWER_BYTES = 64 * 1024
_TIMEOUT_SECONDS = 5.0
_RETRY_AFTER_SECONDS = 5


class SessionsUnavailable(ServiceUnavailable):
    """Better Auth does not answer, so nobody knows whether a session is alive."""

    code = "sessions_unavailable"


class _Session(BaseModel, coerce_numbers_to_str=True, hide_input_in_errors=True):
    id: str
    token: str
    user_id: Annotated[str, Field(alias="userId")]
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]


class _User(BaseModel, coerce_numbers_to_str=True, hide_input_in_errors=True):
    id: str
    email: str | None = None


class _SignedIn(BaseModel, hide_input_in_errors=True):
    session: _Session
    user: _User


_ANSWER: TypeAdapter[_SignedIn | None] = TypeAdapter(
    _SignedIn | None, config=ConfigDict(hide_input_in_errors=True)
)


class SessionLookup:
    """`GET /api/auth/get-session` of one Better Auth server; no answer outlives those who wait for it.

    Requests with the same token at the same time share one lookup: Better Auth limits how often one address
    may ask (100 times in ten seconds, unless its `rateLimit` says otherwise), and all of ours are one.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        url: str,
        cookie_prefix: str,
        *,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._http = http
        self._timeout_seconds = timeout_seconds
        # Its cookie cache would outlive a sign-out, and only its own pages may prolong a session.
        base = url.removesuffix("/api/auth")
        self._url = f"{base}/api/auth/get-session?disableCookieCache=true&disableRefresh=true"
        self._cookie = f"{cookie_prefix}.session_token"
        self._flights: Flights[SessionToken, Session | None] = Flights()

    async def get(self, shown: SessionToken) -> Session | None:
        """The session of a token; None where it is signed out, or its signature is not Better Auth's.

        Raises:
            SessionsUnavailable: Better Auth gives no answer, or none that can be understood.
        """
        return await self._flights.join(shown, partial(self._find, shown))

    async def _find(self, shown: SessionToken) -> Session | None:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                found = _ANSWER.validate_json(await self._ask(shown))
        except (httpx.HTTPError, TimeoutError, ValidationError, _Unusable) as error:
            # An error of validation quotes what it read, which is a token.
            reason = str(error) if isinstance(error, _Unusable) else type(error).__name__
            log.warning("Better Auth could not be asked for a session: %s", reason)
            message = "Whether you are signed in cannot be found out now; try again."
            raise SessionsUnavailable(message, retry_after=_RETRY_AFTER_SECONDS) from error
        return None if found is None else _checked(found, shown)

    async def _ask(self, shown: SessionToken) -> bytes:
        # Built by hand: a request of the client's own making would carry cookies that others were sent.
        request = httpx.Request("GET", self._url, headers=self._headers(shown))
        response = await self._http.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code != httpx.codes.OK:
                raise _Unusable(f"status {response.status_code}")
            return await _bounded(response)
        finally:
            await response.aclose()

    def _headers(self, shown: SessionToken) -> dict[str, str]:
        """A signed token goes as a cookie, which needs no plugin, under both names; a raw one as bearer."""
        common = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "todo-ai"}
        if shown.signature is None:
            return common | {"Authorization": f"Bearer {shown.token}"}
        value = quote(str(shown), safe="")
        return common | {"Cookie": f"{self._cookie}={value}; __Secure-{self._cookie}={value}"}


class _Unusable(Exception):
    """An answer that is none."""


async def _bounded(response: httpx.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MAX_ANSWER_BYTES:
            raise _Unusable("an answer of more than 64 KiB")
    return body


def _checked(found: _SignedIn, shown: SessionToken) -> Session | None:
    """The session that was answered, if it is the one that was asked for."""
    session, user = found.session, found.user
    if session.token != shown.token or session.user_id != user.id:
        return None
    return Session(session.id, user.id, user.email, session.expires_at)
