"""The client for the servers that vouch for credentials."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from src.auth.token_rules import jwks_address
from src.core.config import Settings

if TYPE_CHECKING:
    import httpx

_TIMEOUT_SECONDS = 5


@asynccontextmanager
async def client_for_issuers(settings: Settings) -> AsyncIterator["httpx.AsyncClient | None"]:
    """A client, where the settings name a server to ask."""
    if jwks_address(settings) is None and settings.better_auth_url is None:
        yield None
        return
    import httpx  # noqa: PLC0415 - a seventh of the imports of a start, which few need.

    async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as http:
        yield http
