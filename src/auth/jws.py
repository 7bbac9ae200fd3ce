"""A signed token in its parts, taken apart strictly before anything of it is believed (RFC 7515)."""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from src.auth.claims import Claims, refuse
from src.auth.context import InvalidToken

KEY_ALGORITHMS = ("EdDSA", "ES256", "ES512", "RS256", "PS256")
"""What a published key may sign with here (RFC 7518 §3.1)."""
_THREE_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
# How base64 ends whose length leaves 2 or 3 over: other letters decode alike, and a token has one spelling.
_LAST_OF_TWO, _LAST_OF_THREE = frozenset("AQgw"), frozenset("AEIMQUYcgkosw048")


@dataclass(frozen=True, slots=True)
class Jws:
    """A token that nobody has verified yet."""

    header: dict[str, Any]
    claims: Claims
    signed: bytes
    """The header and payload as they were sent, which the signature is over."""
    signature: bytes

    @property
    def algorithm(self) -> str | None:
        given = self.header.get("alg")
        return given if isinstance(given, str) else None

    @property
    def type(self) -> object:
        """The `typ` in small letters and without the prefix that may be left out (RFC 7515 §4.1.9)."""
        given = self.header.get("typ")
        return given.lower().removeprefix("application/") if isinstance(given, str) else given


def parse_jws(token: str) -> Jws:
    """The parts of a token in compact form.

    Raises:
        InvalidToken: it is misspelled, says a thing twice or asks for unknown extensions.
    """
    parts = _THREE_PARTS.fullmatch(token)
    if parts is None:
        refuse("The bearer token is not a JWT.")
    try:
        header, claims, signature = _object(parts[1]), _object(parts[2]), decoded(parts[3])
    except (ValueError, RecursionError) as error:
        raise InvalidToken("The bearer token is not valid.") from error
    if not isinstance(header.get("kid", ""), str):
        refuse("The token's kid is no name.")
    if "crit" in header or "b64" in header:
        refuse("The token asks for extensions that this service does not know.")
    return Jws(header, claims, token[: parts.end(2)].encode(), signature)


def decoded(part: str) -> bytes:
    """Unpadded base64url in its one spelling; `ValueError` for any other (RFC 4648 §3.5)."""
    over = len(part) % 4
    if (
        over == 1
        or (over == 2 and part[-1] not in _LAST_OF_TWO)
        or (over == 3 and part[-1] not in _LAST_OF_THREE)
    ):
        raise ValueError("not canonical")
    return base64.urlsafe_b64decode(part + "=" * (-over % 4))


def _object(part: str) -> dict[str, Any]:
    return strict_object(decoded(part))


def strict_object(text: bytes) -> dict[str, Any]:
    """JSON that is an object, in UTF-8; `ValueError` for what is not.

    A name that is repeated is refused, which RFC 7515 §4 and RFC 7519 §4 let us do.
    """
    given = _DECODER.decode(text.decode())
    if not isinstance(given, dict):
        raise ValueError("not an object")  # noqa: TRY004 - input, and no mistake of a caller.
    return given


def _without_repetition(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError("a name is repeated")
    return names


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_without_repetition, parse_constant=_no_number)
