"""Better Auth's session tokens: their two spellings, and the signature that a cookie must carry."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from src.auth.context import InvalidToken
from src.auth.credentials import Credential, Source

_SHOWN = re.compile(r"(?P<token>[A-Za-z0-9]{32})(?:\.(?P<signature>[A-Za-z0-9+/]{43}=))?")


@dataclass(frozen=True, slots=True)
class Session:
    """A session as Better Auth keeps it."""

    id: str
    user_id: str
    email: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionToken:
    """A session token as it was shown: with its signature, or without."""

    token: str
    signature: str | None

    def is_genuine(self, secret: str) -> bool:
        """Whether the signature is HMAC-SHA256 of the token in padded base64; where none was shown, yes.

        The one canonical spelling is compared, so that no second spelling of it is accepted.
        """
        if self.signature is None:
            return True
        mac = hmac.digest(secret.encode(), self.token.encode(), hashlib.sha256)
        return hmac.compare_digest(base64.b64encode(mac), self.signature.encode())

    def __str__(self) -> str:
        return self.token if self.signature is None else f"{self.token}.{self.signature}"


def read_session_token(credential: Credential) -> SessionToken:
    """The session token in a credential, by its shape alone.

    Better Auth itself takes signed tokens only from a cookie, and both kinds, percent-encoded or not, from
    the header.

    Raises:
        InvalidToken: it has neither shape, or a cookie carries it unsigned.
    """
    value = credential.value
    shown = _SHOWN.fullmatch(unquote(value) if credential.source is Source.HEADER else value)
    if shown is None or (credential.source is Source.COOKIE and shown["signature"] is None):
        raise InvalidToken("The token is not one that this service issues or accepts.")
    return SessionToken(shown["token"], shown["signature"])
