"""Access tokens of an OAuth 2 server for the MCP door (RFC 9068, and RFC 8707 for whom they are meant)."""

from dataclasses import dataclass

from src.auth.claims import (
    Claims,
    audiences_of,
    email_of,
    expiry_of,
    name_in,
    refuse,
    refuse_other_purposes,
)
from src.auth.identity import EVERY_SCOPE, CredentialKind, Identity, Scope
from src.auth.verified_tokens import VerifiedToken
from src.core.config import Settings

MCP_PATH = "/api/mcp"
SCOPE_NAMES = {
    "tasks:read": Scope.READ,
    "read": Scope.READ,
    "tasks:write": Scope.WRITE,
    "write": Scope.WRITE,
}
"""What an OAuth client may ask for; the first name of each is the one that our metadata tells."""


def mcp_resource(settings: Settings) -> str:
    """The address of the MCP door: what OAuth clients name as `resource` and tokens as `aud`."""
    return (settings.public_url or f"http://localhost:{settings.port}") + MCP_PATH


@dataclass(frozen=True, slots=True)
class OAuthRules:
    """Whose access tokens are taken, and for what."""

    issuer: str
    resource: str

    @property
    def userinfo(self) -> str:
        """The only other audience allowed: Better Auth adds it for clients that ask for `openid`."""
        return f"{self.issuer}/oauth2/userinfo"


def oauth_access(claims: Claims, rules: OAuthRules, now: float) -> VerifiedToken:
    """What the claims of a verified `at+jwt` allow; `now` in seconds since 1970 UTC (RFC 9068 §4).

    Raises:
        InvalidToken: it is another server's, for another or a further audience, bound to a key, a
            client's own (it names no user) or over (`ExpiredToken`).
    """
    # RFC 8414 §2 writes an issuer without the slash at the end that some servers add.
    if claims.get("iss") not in (rules.issuer, f"{rules.issuer}/"):
        refuse("The token was issued by another authorization server.")
    audiences = set(audiences_of(claims))
    if rules.resource not in audiences or audiences - {rules.resource, rules.userinfo}:
        refuse("The token was issued for another resource.")
    expires_at = expiry_of(claims, now)
    refuse_other_purposes(claims)
    user_id, client = name_in(claims, "sub"), name_in(claims, "client_id")
    if user_id == client:
        refuse("The token speaks for a program and for no user.")
    session_id = None if claims.get("sid") is None else name_in(claims, "sid")
    identity = Identity(
        user_id,
        CredentialKind.OAUTH_ACCESS_TOKEN,
        email_of(claims),
        expires_at,
        _scopes(claims),
        client=client,
    )
    return VerifiedToken(identity, session_id)


def _scopes(claims: Claims) -> frozenset[Scope]:
    """What the `scope` claim allows (RFC 8693 §4.2).

    A server that knows none of our names issued the token for this very resource all the same: its user
    agreed to the client as a whole, so it reads and writes.
    """
    given = claims.get("scope", "")
    if not isinstance(given, str):
        refuse("The token's scope is no list of names.")
    return frozenset(SCOPE_NAMES[name] for name in given.split() if name in SCOPE_NAMES) or EVERY_SCOPE
