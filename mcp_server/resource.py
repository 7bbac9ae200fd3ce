"""The MCP door as an OAuth protected resource: how a client is told what to bring (RFC 9728, RFC 6750)."""

from typing import Any

from src.auth.context import InsufficientScope, Unauthenticated
from src.auth.credentials import MissingCredential
from src.auth.oauth_tokens import MCP_PATH, mcp_resource
from src.core.config import Settings
from src.core.errors import DomainError

METADATA = "/.well-known/oauth-protected-resource"
SCOPES = ("tasks:read", "tasks:write")


def metadata_of(settings: Settings) -> dict[str, Any]:
    """The metadata document; what has no element is left out, as RFC 9728 §3.2 wants it."""
    resource = mcp_resource(settings)
    issuer = settings.mcp_authorization_server
    return {
        "resource": resource,
        **({"authorization_servers": [issuer]} if issuer else {}),
        "bearer_methods_supported": ["header"],
        "scopes_supported": list(SCOPES),
        "resource_name": "Todo AI",
        "resource_documentation": f"{resource.removesuffix(MCP_PATH)}/docs",
    }


def challenge_of(error: DomainError, settings: Settings) -> str | None:
    """The `WWW-Authenticate` header that goes with a refusal (RFC 6750 §3), if one does."""
    if not isinstance(error, Unauthenticated | InsufficientScope):
        return None
    url = f"{mcp_resource(settings).removesuffix(MCP_PATH)}{METADATA}{MCP_PATH}"
    parts = [f'resource_metadata="{url}"', f'scope="{" ".join(SCOPES)}"']
    if isinstance(error, InsufficientScope):
        parts.insert(0, 'error="insufficient_scope"')
    elif not isinstance(error, MissingCredential):
        parts.insert(0, 'error="invalid_token"')
    return f"Bearer {', '.join(parts)}"
