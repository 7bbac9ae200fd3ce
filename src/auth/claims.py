"""What a token says, read strictly: times, whom it names, who made it, for whom and for what."""

from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from src.auth.context import ExpiredToken, InvalidToken

Claims: TypeAlias = dict[str, Any]

MAX_USER_ID_LENGTH = 255
MAX_EMAIL_LENGTH = 320
MAX_LIFETIME_SECONDS = 366 * 24 * 3600
LEEWAY_SECONDS = 30
USER_ID_CLAIMS = ("sub", "id", "user_id", "userId")
# Links in e-mails, identity tokens and tokens bound to a key of the sender are signed like access tokens.
_OTHER_PURPOSES = frozenset({"updateTo", "requestType", "purpose", "nonce", "at_hash", "c_hash", "cnf"})


@dataclass(frozen=True, slots=True)
class Expected:
    """The `iss` and `aud` that a token must have; None where any will do, and none too."""

    issuer: str | None = None
    audience: str | None = None


def refuse(sentence: str) -> NoReturn:
    raise InvalidToken(sentence)


def expiry_of(claims: Claims, now: float) -> float:
    """When a token ends, in seconds since 1970 UTC, as `now` is (RFC 7519 §4.1.4 to §4.1.6).

    Raises:
        ExpiredToken: its `exp` is over by more than the leeway of 30 seconds.
        InvalidToken: it never ends, begins later, lives longer than 366 days or says no time.
    """
    expires_at = _time(claims, "exp")
    if expires_at is None:
        refuse("The token never expires, which is not accepted.")
    if expires_at <= now - LEEWAY_SECONDS:
        raise ExpiredToken("The token has expired; sign in again.")
    issued_at, not_before = _time(claims, "iat"), _time(claims, "nbf")
    if max(issued_at or 0, not_before or 0) > now + LEEWAY_SECONDS:
        refuse("The token is not valid yet.")
    if expires_at - (now if issued_at is None else issued_at) > MAX_LIFETIME_SECONDS + LEEWAY_SECONDS:
        refuse("The token lives longer than is accepted.")
    return expires_at


def _time(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        refuse(f"The token's {name} is not a time.")
    return float(value)


def user_id_of(claims: Claims) -> str:
    """Whom a token speaks for: the first claim that frontends put it in; serial numbers become text.

    Raises:
        InvalidToken: no claim names a user, or the first one that is there is none.
    """
    claim = next((claims[name] for name in USER_ID_CLAIMS if claims.get(name) is not None), None)
    if isinstance(claim, int) and not isinstance(claim, bool):
        claim = str(claim)
    if not _is_name(claim):
        refuse("The token names no user.")
    return str(claim)


def name_in(claims: Claims, claim: str) -> str:
    """A claim that must be there and be printable text of at most 255 characters; else `InvalidToken`."""
    value = claims.get(claim)
    if not _is_name(value):
        refuse(f"The token's {claim} is missing or is none.")
    return str(value)


def _is_name(value: object) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip())
        and len(value) <= MAX_USER_ID_LENGTH
        and value.isprintable()
    )


def email_of(claims: Claims) -> str | None:
    email = claims.get("email")
    return email if isinstance(email, str) and len(email) <= MAX_EMAIL_LENGTH else None


def require_expected(claims: Claims, expected: Expected) -> None:
    """Refuse a token of another issuer, or one for another audience (RFC 7519 §4.1.1, §4.1.3)."""
    if expected.issuer is not None and claims.get("iss") != expected.issuer:
        refuse("The token was issued by somebody else than this service expects.")
    if expected.audience is not None and expected.audience not in audiences_of(claims):
        refuse("The token was issued for somebody else.")


def audiences_of(claims: Claims) -> list[str]:
    """The audiences of a token, of which it may have none; `InvalidToken` where they are no names."""
    given = claims.get("aud")
    audiences = [given] if isinstance(given, str) else [] if given is None else given
    if not isinstance(audiences, list) or not all(isinstance(each, str) for each in audiences):
        refuse("The token's aud is not an audience.")
    return audiences


def refuse_other_purposes(claims: Claims) -> None:
    """Refuse what is signed by the same key for another use: refresh tokens, links, cached sessions."""
    if claims.get("type", "access") != "access":
        refuse("This token is not an access token.")
    is_cached_session = isinstance(claims.get("session"), dict) and isinstance(claims.get("user"), dict)
    if is_cached_session or not _OTHER_PURPOSES.isdisjoint(claims):
        refuse("This token was made for something else than access.")
