"""Signed tokens: told apart by what they announce, believed for their signature, and asked if they live."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr

from src.auth.account_tokens import ACCOUNT_ISSUER, AccountSessions, account_identity
from src.auth.authenticator import SessionDirectory
from src.auth.claims import (
    Claims,
    Expected,
    email_of,
    expiry_of,
    refuse,
    refuse_other_purposes,
    require_expected,
    user_id_of,
)
from src.auth.identity import Audience, CredentialKind, Identity
from src.auth.jws import Jws, parse_jws
from src.auth.oauth_tokens import oauth_access
from src.auth.token_rules import TokenRules, jwks_address, token_rules
from src.auth.verified_tokens import VerifiedToken, VerifiedTokens
from src.core.config import Settings
from src.core.secret_rotation import parse_rotation

if TYPE_CHECKING:
    import httpx

    from src.auth.jwks import JwksCache

MAX_TOKEN_BYTES = 8192
_ACCESS_TOKEN = "at+jwt"  # noqa: S105 - the name of a type of token.


class JwtVerifier:
    """Knows every kind of signed token that the service takes."""

    def __init__(
        self,
        rules: TokenRules,
        secrets: Sequence[str],
        keys: "JwksCache | None",
        sessions: SessionDirectory,
        account_sessions: AccountSessions | None,
    ) -> None:
        self._rules = rules
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._keys = keys
        self._sessions = sessions
        self._account_sessions = account_sessions
        self._verified = VerifiedTokens()

    async def verify(self, token: str, now: datetime, audience: Audience = Audience.API) -> Identity:
        """The identity of a token at an instant, shown at one of the doors.

        Raises:
            ExpiredToken: its time is over.
            InvalidToken: anything else that makes it unacceptable here.
            ServiceUnavailable: its keys, or whether its session is alive, cannot be found out now.
        """
        if len(token) > MAX_TOKEN_BYTES or not token.isascii():
            refuse("The bearer token is not a JWT.")
        at = now.timestamp()
        verified = self._verified.get(token, audience, at)
        if verified is None:
            verified = await self._read(parse_jws(token), now, audience)
            self._verified.add(token, audience, at, verified)
        await self._require_alive(verified, now)
        return verified.identity

    async def _read(self, jws: Jws, now: datetime, audience: Audience) -> VerifiedToken:
        self._require_door(jws, audience)
        if jws.algorithm == "HS256":
            return VerifiedToken(self._signed_with_secret(jws, now.timestamp()))
        await self._require_key(jws, now)
        if jws.type == _ACCESS_TOKEN and self._rules.oauth is not None:
            return oauth_access(jws.claims, self._rules.oauth, now.timestamp())
        return VerifiedToken(
            _frontend_identity(jws.claims, self._rules.by_key, CredentialKind.JWKS_JWT, now.timestamp())
        )

    def _require_door(self, jws: Jws, audience: Audience) -> None:
        """Refuse what was made for another door, before any key is asked for."""
        if jws.type == _ACCESS_TOKEN:
            if audience is not Audience.MCP or self._rules.oauth is None or jws.algorithm == "HS256":
                refuse("An OAuth access token is no credential here.")
        elif jws.type not in (None, "jwt"):
            refuse("The token is of another kind than this service accepts.")
        elif audience is Audience.MCP and not self._rules.mcp_takes_api_tokens:
            refuse("A token of the API is no credential here; use an OAuth access token.")

    def _signed_with_secret(self, jws: Jws, at: float) -> Identity:
        # Every secret is tried, however many there are: how long it takes tells nothing of which one fits.
        made = [hmac.digest(secret, jws.signed, hashlib.sha256) for secret in self._secrets]
        matches = [hmac.compare_digest(each, jws.signature) for each in made]
        if not any(matches):
            refuse("The bearer token is not valid.")
        if jws.claims.get("iss") != ACCOUNT_ISSUER:
            return _frontend_identity(jws.claims, self._rules.by_secret, CredentialKind.SHARED_SECRET_JWT, at)
        if self._account_sessions is None:
            refuse("This service keeps no accounts.")
        return account_identity(jws.claims, at)

    async def _require_key(self, jws: Jws, now: datetime) -> None:
        kid = jws.header.get("kid")
        if self._keys is None or kid is None or jws.algorithm not in self._rules.key_algorithms:
            refuse("The token is of another kind than this service accepts.")
        key = await self._keys.find(kid, now)
        if key.algorithm != jws.algorithm or not key.has_signed(jws.signed, jws.signature):
            refuse("The bearer token is not valid.")

    async def _require_alive(self, verified: VerifiedToken, now: datetime) -> None:
        """Ask anew each time: signing out ends a token at once."""
        identity, session_id = verified.identity, verified.session_id
        if session_id is not None and not await self._sessions.is_alive(session_id, now):
            refuse("The session that this token came from is over; sign in again.")
        if identity.kind is CredentialKind.ACCOUNT_TOKEN and not await self._is_signed_in(identity):
            refuse("This token was signed out; sign in again.")

    async def _is_signed_in(self, identity: Identity) -> bool:
        if self._account_sessions is None or identity.token_id is None:
            return False
        return await self._account_sessions.is_alive(identity.token_id, identity.user_id)


def _frontend_identity(
    claims: Claims, expected: Expected | None, kind: CredentialKind, at: float
) -> Identity:
    if expected is None:
        refuse("The token is of another kind than this service accepts.")
    require_expected(claims, expected)
    expires_at = expiry_of(claims, at)
    refuse_other_purposes(claims)
    return Identity(user_id_of(claims), kind, email_of(claims), expires_at)


def secrets_of(settings: Settings, secret: SecretStr) -> tuple[str, ...]:
    """Every secret that verifies, the one that signs first; `secret` is the one used without rotation."""
    rotated = settings.better_auth_secrets
    rotation = () if rotated is None else parse_rotation(rotated.get_secret_value())
    alone = settings.better_auth_secret or secret
    return tuple(dict.fromkeys((*rotation, alone.get_secret_value())))


def jwt_verifier(
    settings: Settings,
    secrets: Sequence[str],
    *,
    http: "httpx.AsyncClient | None",
    sessions: SessionDirectory,
    account_sessions: AccountSessions | None,
) -> JwtVerifier:
    """The verifier of some settings; `http` is what keys are fetched with, if any are."""
    address = jwks_address(settings)
    keys = None if address is None or http is None else _keys_at(address, http)
    return JwtVerifier(token_rules(settings), secrets, keys, sessions, account_sessions)


def _keys_at(address: str, http: "httpx.AsyncClient") -> "JwksCache":
    # With them come httpx and cryptography, 10 MB that a service without published keys does without.
    from src.auth.jwks import JwksCache  # noqa: PLC0415 - as said.
    from src.auth.jwks_fetch import fetch_keys  # noqa: PLC0415 - as said.

    return JwksCache(partial(fetch_keys, http, address))
