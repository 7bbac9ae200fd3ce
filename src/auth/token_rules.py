"""Which signed tokens some settings take: whose, for whom, with which algorithms."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from src.auth.claims import Expected
from src.auth.jws import KEY_ALGORITHMS
from src.auth.oauth_tokens import OAuthRules, mcp_resource
from src.core.config import Environment, Settings

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Each kind of token is taken only where its rule is there."""

    by_secret: Expected | None
    """Of tokens that the frontend signs with the shared secret."""
    by_key: Expected | None
    """Of tokens that the frontend signs with a key that it publishes."""
    key_algorithms: frozenset[str]
    oauth: OAuthRules | None
    mcp_takes_api_tokens: bool


def token_rules(settings: Settings) -> TokenRules:
    """The rules of some settings.

    A published key signs much besides the tokens meant for us (identity tokens of every OAuth client, for
    one), so there `iss` and `aud` are always required; Better Auth sets both to its own origin.
    """
    named = settings.jwt_algorithm
    # A developer's own `todo token` is signed with the secret, whatever the frontend signs with.
    takes_secret = named == "HS256" or settings.environment is Environment.DEVELOPMENT
    server = settings.mcp_authorization_server
    return TokenRules(
        by_secret=Expected(settings.jwt_issuer, settings.jwt_audience) if takes_secret else None,
        by_key=_by_key(settings),
        key_algorithms=frozenset(KEY_ALGORITHMS if named == "HS256" else {named}),
        oauth=None if server is None else OAuthRules(server, mcp_resource(settings)),
        mcp_takes_api_tokens=settings.mcp_takes_api_tokens,
    )


def _by_key(settings: Settings) -> Expected | None:
    home = settings.better_auth_url or jwks_address(settings)
    if home is None:
        return None
    origin = _origin(home)
    return Expected(settings.jwt_issuer or origin, settings.jwt_audience or origin)


def jwks_address(settings: Settings) -> str | None:
    """Where keys are published: `JWKS_URL`, else where Better Auth does it; None where nobody is named."""
    if settings.jwks_url is not None:
        return settings.jwks_url
    base = settings.better_auth_url or settings.mcp_authorization_server
    if base is None:
        return None
    return f"{base.removesuffix('/api/auth')}/api/auth/jwks"


def _origin(url: str) -> str:
    """What `new URL(url).origin` is in JavaScript, which Better Auth uses (WHATWG URL §4.7)."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))
    return f"{parts.scheme}://{host}"
