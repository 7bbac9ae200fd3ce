"""The door as the settings of a deployment make it: a public address, and an OAuth server that guards it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from src.core.config import Settings
from src.main import create_app
from tests.conftest import client_of, running
from tests.factories import StandingClock, token_for

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
PUBLIC = "https://todo.example"
ISSUER = "https://app.example/api/auth"


@pytest.fixture(scope="module")
async def guarded(settings: Settings) -> AsyncIterator[FastAPI]:
    deployed = {
        "public_url": PUBLIC,
        "mcp_authorization_server": ISSUER,
        "mcp_allowed_hosts": ("proxy.internal",),
    }
    async with running(create_app(settings.model_copy(update=deployed), clock=StandingClock())) as app:
        yield app


async def post(app: FastAPI, token: str | None, address: str = PUBLIC, **headers: str) -> httpx.Response:
    async with client_of(app, token) as client:
        accepted = {"Accept": "application/json"} | headers
        return await client.post(f"{address}/api/mcp", json=PING, headers=accepted)


async def test_the_metadata_names_the_public_address_and_who_gives_tokens(guarded: FastAPI) -> None:
    async with client_of(guarded, None) as nobody:
        document: dict[str, Any] = (await nobody.get("/.well-known/oauth-protected-resource/api/mcp")).json()

    assert document["resource"] == f"{PUBLIC}/api/mcp"
    assert document["authorization_servers"] == [ISSUER]
    assert document["resource_documentation"] == f"{PUBLIC}/docs"


async def test_the_challenge_leads_to_the_metadata_at_the_public_address(guarded: FastAPI) -> None:
    refused = await post(guarded, None)

    assert refused.status_code == 401
    expected = f'resource_metadata="{PUBLIC}/.well-known/oauth-protected-resource/api/mcp"'
    assert expected in refused.headers["WWW-Authenticate"]


async def test_a_token_of_the_api_is_none_of_this_door_but_a_personal_one_is(
    guarded: FastAPI, client: httpx.AsyncClient, user_id: str
) -> None:
    personal = (await client.post("/api/me/tokens", json={"name": "Mine", "scopes": ["read"]})).json()[
        "token"
    ]

    refused = await post(guarded, token_for(user_id))
    allowed = await post(guarded, personal)

    assert (refused.status_code, allowed.status_code) == (401, 200)
    assert refused.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (PUBLIC, 401),
        ("http://proxy.internal:9000", 401),
        ("http://localhost", 401),
        ("http://todo.test", 421),
    ],
)
async def test_the_service_goes_by_the_hosts_of_its_settings(
    guarded: FastAPI, address: str, status: int
) -> None:
    assert (await post(guarded, None, address)).status_code == status


async def test_pages_of_the_public_address_are_trusted(guarded: FastAPI) -> None:
    own = await post(guarded, None, Origin=PUBLIC)
    other = await post(guarded, None, Origin="https://evil.example")

    assert (own.status_code, other.status_code) == (401, 403)
