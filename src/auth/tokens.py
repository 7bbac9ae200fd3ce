"""HS256 bearer tokens signed with the shared secret, checked by the rules that naive verifiers miss."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import jwt
from jwt.utils import base64url_decode

from src.auth.context import ExpiredToken, InvalidToken
from src.auth.identity import Audience, CredentialKind, Identity

MAX_TOKEN_BYTES = 8192
MAX_USER_ID_LENGTH = 255
MAX_LIFETIME_SECONDS = 366 * 24 * 3600
LEEWAY_SECONDS = 30
USER_ID_CLAIMS = ("sub", "id", "user_id", "userId")
_THREE_PARTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ALLOWED_TYPES = (None, "JWT", "jwt")


@dataclass(frozen=True, slots=True)
class SharedSecretVerifier:
    """Checks tokens that the frontend signed with the secret it shares with this service."""

    secret: str
    algorithm: str = "HS256"
    issuer: str | None = None
    audience: str | None = None

    async def verify(self, token: str, now: datetime, audience: Audience = Audience.API) -> Identity:
        """The identity of a token at an instant.

        Raises:
            ExpiredToken: its `exp` is over by more than the leeway of 30 seconds.
            InvalidToken: anything else that makes it unacceptable.
        """
        del audience
        claims = self._signed_claims(token)
        expires_at = _check_times(claims, now.timestamp())
        if claims.get("type", "access") != "access":
            _refuse("This token is not an access token.")
        email = claims.get("email")
        return Identity(
            _user_id(claims),
            CredentialKind.SHARED_SECRET_JWT,
            email if isinstance(email, str) else None,
            expires_at,
        )

    def _signed_claims(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_BYTES or not _THREE_PARTS.fullmatch(token):
            _refuse("The bearer token is not a JWT.")
        try:
            header, payload = map(_strict_object, token.split(".")[:2])
            if header.get("alg") != self.algorithm or header.get("typ") not in _ALLOWED_TYPES:
                _refuse("The token is of another kind than this service accepts.")
            if "crit" in header or "b64" in header:
                _refuse("The token asks for extensions that this service does not know.")
            jwt.decode(
                token,
                self.secret,
                algorithms=[self.algorithm],
                issuer=self.issuer,
                audience=self.audience,
                # Times and the subject are checked here: PyJWT would read the clock and refuse integer ids.
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_sub": False,
                    "verify_aud": self.audience is not None,
                    "verify_iss": self.issuer is not None,
                },
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise InvalidToken("The bearer token is not valid.") from error
        return payload


def _strict_object(part: str) -> dict[str, Any]:
    """A part of a token as an object; RFC 7515 §4 and RFC 7519 §4 let a name that is repeated be refused."""
    given = json.loads(base64url_decode(part), object_pairs_hook=_without_repetition)
    if not isinstance(given, dict):
        _refuse("The bearer token is not a JWT.")
    return given


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        _refuse("The token says the same thing twice.")
    return names


def _check_times(claims: dict[str, Any], now: float) -> float:
    expires_at = _numeric(claims, "exp")
    if expires_at is None:
        _refuse("The token never expires, which is not accepted.")
    if expires_at <= now - LEEWAY_SECONDS:
        raise ExpiredToken("The token has expired; sign in again.")
    issued_at, not_before = _numeric(claims, "iat"), _numeric(claims, "nbf")
    if max(issued_at or 0, not_before or 0) > now + LEEWAY_SECONDS:
        _refuse("The token is not valid yet.")
    if expires_at - (now if issued_at is None else issued_at) > MAX_LIFETIME_SECONDS + LEEWAY_SECONDS:
        _refuse("The token lives longer than is accepted.")
    return expires_at


def _numeric(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        _refuse(f"The token's {name} is not a time.")
    return float(value)


def _user_id(claims: dict[str, Any]) -> str:
    claim = next((claims[name] for name in USER_ID_CLAIMS if claims.get(name) is not None), None)
    if isinstance(claim, bool) or not isinstance(claim, str | int):
        _refuse("The token names no user.")
    user_id = str(claim)
    if not user_id.strip() or len(user_id) > MAX_USER_ID_LENGTH or not user_id.isprintable():
        _refuse("The token names no user.")
    return user_id


def _refuse(sentence: str) -> NoReturn:
    raise InvalidToken(sentence)
