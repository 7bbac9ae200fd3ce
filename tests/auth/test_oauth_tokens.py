"""OAuth access tokens at the MCP door, and everything that must not pass there."""

from datetime import timedelta
from typing import Any

import pytest

from src.auth.context import InvalidToken
from src.auth.identity import EVERY_SCOPE, Audience, CredentialKind, Scope
from src.auth.oauth_tokens import mcp_resource
from src.auth.tokens import JwtVerifier
from src.core.config import Settings
from tests.auth.issuing import (
    AUTHORIZATION_SERVER,
    DELETED,
    ED25519,
    HOME,
    KEYS,
    RESOURCE,
    KeyServer,
    Sessions,
    sealed,
    verifier_for,
    without_deleted,
)
from tests.factories import NOW

SECONDS = int(NOW.timestamp())
USERINFO = f"{AUTHORIZATION_SERVER}/oauth2/userinfo"
ACCESS: dict[str, Any] = {
    "sub": "ann",
    "iss": AUTHORIZATION_SERVER,
    "aud": RESOURCE,
    "client_id": "editor",
    "azp": "editor",
    "scope": "openid tasks:read",
    "sid": "session-1",
    "jti": "1",
    "iat": SECONDS,
    "exp": SECONDS + 3600,
}
API: dict[str, Any] = {"sub": "ann", "iss": HOME, "aud": HOME, "iat": SECONDS, "exp": SECONDS + 900}


def access(typ: Any = "at+jwt", **changes: Any) -> str:
    return ED25519.sign(without_deleted(ACCESS | changes), typ=typ)


def mcp_verifier(sessions: Sessions | None = None, **settings: Any) -> JwtVerifier:
    given = {
        "better_auth_url": HOME,
        "public_url": "https://todo.example",
        "mcp_authorization_server": AUTHORIZATION_SERVER,
    }
    return verifier_for(KeyServer(ED25519), sessions=sessions, **given | settings)


async def is_let_in(verifier: JwtVerifier, shown: str, audience: Audience = Audience.MCP) -> bool:
    try:
        await verifier.verify(shown, NOW, audience)
    except InvalidToken:
        return False
    return True


async def test_an_access_token_says_who_acts_for_whom_and_how_far() -> None:
    identity = await mcp_verifier().verify(access(), NOW, Audience.MCP)

    assert (identity.user_id, identity.client, identity.kind) == (
        "ann",
        "editor",
        CredentialKind.OAUTH_ACCESS_TOKEN,
    )
    assert (identity.scopes, identity.expires_at) == (frozenset({Scope.READ}), SECONDS + 3600)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("tasks:read", {Scope.READ}),
        ("read", {Scope.READ}),
        ("tasks:write tasks:read", EVERY_SCOPE),
        ("openid read write", EVERY_SCOPE),
        ("openid profile offline_access", EVERY_SCOPE),
        ("TASKS:READ", EVERY_SCOPE),
        ("", EVERY_SCOPE),
        (DELETED, EVERY_SCOPE),
    ],
)
async def test_scopes_narrow_a_token_that_names_ours(scope: Any, allowed: set[Scope]) -> None:
    identity = await mcp_verifier().verify(access(scope=scope), NOW, Audience.MCP)

    assert identity.scopes == allowed


@pytest.mark.parametrize(
    "shown",
    [
        access(aud=[RESOURCE]),
        access(aud=[RESOURCE, USERINFO]),
        access(sid=None),
        access(sid=DELETED),
        access(iss=f"{AUTHORIZATION_SERVER}/"),
        access(typ="AT+JWT"),
        access(typ="application/at+jwt"),
    ],
)
async def test_what_authorization_servers_vary_is_accepted(shown: str) -> None:
    assert await is_let_in(mcp_verifier(), shown)


REFUSED = {
    "a token of the API": ED25519.sign(API),
    "an identity token": ED25519.sign(ACCESS | {"aud": "editor", "nonce": "n"}),
    "an identity token for our resource": ED25519.sign(ACCESS),
    "a cached session": access(typ="better-auth.session-cache+jwt"),
    "a logout token": access(typ="logout+jwt"),
    "a type that is a list": access(typ=["at+jwt"]),
    "a token signed with the secret": sealed({"alg": "HS256", "typ": "at+jwt"}, ACCESS),
    "a plain token signed with the secret": sealed({"alg": "HS256"}, API),
    "another issuer": access(iss="https://evil.example/api/auth"),
    "the issuer of API tokens": access(iss=HOME),
    "no issuer": access(iss=DELETED),
    "an issuer that is a list": access(iss=[AUTHORIZATION_SERVER]),
    "another resource": access(aud="https://other.example/api/mcp"),
    "our resource with a slash": access(aud=f"{RESOURCE}/"),
    "our resource and another": access(aud=[RESOURCE, "https://other.example/api/mcp"]),
    "userinfo alone": access(aud=[USERINFO]),
    "no audience": access(aud=DELETED),
    "an empty audience": access(aud=[]),
    "an audience that is an object": access(aud={RESOURCE: 1}),
    "an audience with a number": access(aud=[RESOURCE, 1]),
    "no client": access(client_id=DELETED),
    "an empty client": access(client_id=""),
    "a client that is a list": access(client_id=["editor"]),
    "a client of its own": access(sub="editor"),
    "no user": access(sub=DELETED),
    "no user but an id": access(sub=DELETED, id="ann"),
    "a user with a NUL": access(sub="a\x00"),
    "bound to a key": access(cnf={"jkt": "x"}),
    "a scope that is a list": access(scope=["tasks:read"]),
    "a session that is a number": access(sid=1),
    "an empty session": access(sid=""),
    "expired": access(iat=SECONDS - 7200, exp=SECONDS - 3600),
    "no end": access(exp=DELETED),
    "not yet valid": access(nbf=SECONDS + 600),
}


@pytest.mark.parametrize("shown", REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_no_access_token_for_this_door_is_refused(shown: str) -> None:
    assert not await is_let_in(mcp_verifier(), shown)


@pytest.mark.parametrize("shown", [access(), access(aud=HOME, iss=HOME)])
async def test_an_access_token_is_no_token_of_the_api(shown: str) -> None:
    verifier = mcp_verifier(mcp_accept_api_tokens=True)

    assert not await is_let_in(verifier, shown, Audience.API)


async def test_what_was_let_in_by_one_door_is_not_by_the_other() -> None:
    verifier = mcp_verifier()
    api = ED25519.sign(API)

    found = [
        await is_let_in(verifier, access(), Audience.MCP),
        await is_let_in(verifier, access(), Audience.API),
        await is_let_in(verifier, api, Audience.API),
        await is_let_in(verifier, api, Audience.MCP),
    ]

    assert found == [True, False, True, False]


async def test_a_session_that_is_over_ends_its_tokens_at_once() -> None:
    sessions = Sessions()
    verifier = mcp_verifier(sessions)

    before = await is_let_in(verifier, access())
    sessions.over.add("session-1")
    after = await is_let_in(verifier, access())

    assert (before, after) == (True, False)


@pytest.mark.parametrize(
    ("settings", "api_token", "access_token"),
    [
        ({"mcp_accept_api_tokens": True}, True, True),
        ({"mcp_authorization_server": None}, True, False),
        ({"mcp_authorization_server": None, "mcp_accept_api_tokens": False}, False, False),
    ],
)
async def test_settings_say_which_tokens_open_the_mcp_door(
    settings: dict[str, Any], api_token: bool, access_token: bool
) -> None:
    verifier = mcp_verifier(**settings)

    found = await is_let_in(verifier, ED25519.sign(API)), await is_let_in(verifier, access())

    assert found == (api_token, access_token)


async def test_an_access_token_expires_while_it_is_remembered() -> None:
    verifier = mcp_verifier()
    shown = access(exp=SECONDS + 5)

    before = await is_let_in(verifier, shown)
    with pytest.raises(InvalidToken) as refusal:
        await verifier.verify(shown, NOW + timedelta(seconds=35), Audience.MCP)

    assert (before, refusal.value.code) == (True, "token_expired")


async def test_a_key_of_another_server_signs_nothing_here() -> None:
    forged = KEYS["ES256"].sign(ACCESS, typ="at+jwt", kid="ed", alg="EdDSA")

    assert not await is_let_in(mcp_verifier(), forged)


@pytest.mark.parametrize(
    ("settings", "resource"),
    [
        ({"public_url": "https://todo.example/"}, "https://todo.example/api/mcp"),
        ({"port": 9000}, "http://localhost:9000/api/mcp"),
    ],
)
def test_the_resource_is_where_clients_reach_the_door(settings: dict[str, Any], resource: str) -> None:
    assert mcp_resource(Settings(_env_file=None, **settings)) == resource
