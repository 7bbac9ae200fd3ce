"""The one credential of a request, before anybody believes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from starlette.datastructures import Headers

from src.auth.context import InvalidToken, Unauthenticated

MAX_CREDENTIAL_LENGTH = 8192
_SECURE = "__Secure-"
_BLANKS = " \t"


class MissingCredential(Unauthenticated):
    """The request carries no credential."""

    code = "missing_credential"


class Source(StrEnum):
    """Where a request carries its credential: a cookie is sent by browsers unasked, a header never is."""

    HEADER = "header"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True)
class Credential:
    """A token as it was sent, and where."""

    value: str
    source: Source


def credential_of(headers: Headers, *, cookie_prefix: str) -> Credential:
    """The credential of a request; a header that cannot be used never falls back to a cookie.

    Raises:
        MissingCredential: there is none.
        Unauthenticated: it is not one bearer token, or not one session cookie.
    """
    given = headers.getlist("authorization")
    if given:
        return Credential(_bearer(given), Source.HEADER)
    cookie = _session_cookie(headers.getlist("cookie"), f"{cookie_prefix}.session_token")
    if cookie is None:
        raise MissingCredential("This needs an `Authorization: Bearer …` header or a session cookie.")
    return Credential(_bounded(cookie), Source.COOKIE)


def _bearer(given: list[str]) -> str:
    scheme, _, token = given[0].partition(" ")
    token = token.strip(_BLANKS)
    if len(given) > 1 or scheme.lower() != "bearer" or not token:
        raise InvalidToken("The Authorization header must be one `Bearer` token.")
    return _bounded(token)


def _bounded(value: str) -> str:
    if len(value) > MAX_CREDENTIAL_LENGTH or not value.isascii():
        raise InvalidToken("The token is not one that this service issues or accepts.")
    return value


def _session_cookie(headers: list[str], name: str) -> str | None:
    """The session cookie; the `__Secure-` one counts where both came, and a name sent twice is refused.

    Better Auth takes the first of two equal names and Starlette the last: whoever can plant a cookie
    beside the real one would choose whose session is seen.
    """
    found: dict[str, str | None] = {_SECURE + name: None, name: None}
    for sent, value in _cookies(headers):
        if sent not in found:
            continue
        if found[sent] is not None:
            raise InvalidToken("The session cookie was sent twice.")
        found[sent] = value
    return next((unquote(value) for value in found.values() if value is not None), None)


def _cookies(headers: list[str]) -> Iterator[tuple[str, str]]:
    """Names and values, without the blanks of RFC 6265 §5.2 around them.

    Python would cut off more, and let a name that no browser protects pass for one with `__Secure-`.
    """
    for header in headers:
        for pair in header.split(";"):
            name, _, value = pair.partition("=")
            value = value.strip(_BLANKS)
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            yield name.strip(_BLANKS), value
