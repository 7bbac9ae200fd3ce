"""The tokens of this service's own accounts: signed with the shared secret, ended by signing out."""

from datetime import datetime
from typing import Protocol

from src.auth.claims import (
    Claims,
    Expected,
    email_of,
    expiry_of,
    name_in,
    refuse,
    refuse_other_purposes,
    require_expected,
)
from src.auth.identity import CredentialKind, Identity
from src.core.config_problems import OWN_ISSUER
from src.core.signing import signed_with_secret

ACCOUNT_ISSUER = OWN_ISSUER
ACCOUNT_AUDIENCE = "todo-ai"
_EXPECTED = Expected(ACCOUNT_ISSUER, ACCOUNT_AUDIENCE)


class AccountSessions(Protocol):
    """Whoever knows which of the accounts' tokens were not signed out."""

    async def is_alive(self, token_id: str, user_id: str) -> bool:
        """Whether a token still opens anything, by its `jti` and the user it names."""
        ...


def account_token(
    secret: str, *, user_id: str, email: str, token_id: str, issued_at: datetime, expires_at: datetime
) -> str:
    """A signed token of an account; `token_id` is what signing out revokes."""
    claims = {
        "iss": ACCOUNT_ISSUER,
        "aud": ACCOUNT_AUDIENCE,
        "sub": user_id,
        "email": email,
        "jti": token_id,
        "type": "access",
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return signed_with_secret(claims, secret)


def account_identity(claims: Claims, now: float) -> Identity:
    """Whom the claims of a verified account token speak for; `now` in seconds since 1970 UTC.

    Raises:
        InvalidToken: it is not one that `account_token` made, or its time is over (`ExpiredToken`).
    """
    require_expected(claims, _EXPECTED)
    expires_at = expiry_of(claims, now)
    if "type" not in claims:
        refuse("This token is not an access token.")
    refuse_other_purposes(claims)
    return Identity(
        name_in(claims, "sub"),
        CredentialKind.ACCOUNT_TOKEN,
        email_of(claims),
        expires_at,
        token_id=name_in(claims, "jti"),
    )
