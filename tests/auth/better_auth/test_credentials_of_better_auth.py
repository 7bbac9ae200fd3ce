"""Every credential that a real Better Auth hands out, shown at this service's doors."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.auth.better_auth.browser import Browser, oauth_grant, seen_by
from tests.auth.better_auth.conftest import PUBLIC_URL, RESOURCE, SERVERS, SignUp, TodoOver
from tests.conftest import client_of

NOWHERE = "a_schema_without_better_auth"


async def profile_of(app: FastAPI, browser: Browser, **headers: str) -> tuple[int, str | None]:
    """How a person's own path is answered, and with which code."""
    async with client_of(app, None) as client:
        response = await client.get(f"/api/{browser.user_id}/settings", headers=headers)
    return response.status_code, response.json().get("code")


async def call_tool(app: FastAPI, token: str, tool: str = "list_tasks", **arguments: Any) -> httpx.Response:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {token}"}
    async with client_of(app, None) as client:
        return await client.post(
            f"{PUBLIC_URL}/api/mcp",
            json=call | {"params": {"name": tool, "arguments": arguments}},
            headers=headers,
        )


SIGNED_IN = (200, None)
REFUSED = (401, "invalid_token")


@pytest.mark.parametrize("server", SERVERS)
async def test_a_token_of_the_jwt_plugin_speaks_for_its_user(
    sign_up: SignUp, todo_over: TodoOver, server: str
) -> None:
    browser = await sign_up(server)
    asked = await browser.call("GET", "/token")
    beside = await browser.call("GET", "/get-session")

    async with todo_over(server) as app:
        for token in (asked.json()["token"], beside.headers["set-auth-jwt"]):
            assert await profile_of(app, browser, Authorization=f"Bearer {token}") == SIGNED_IN


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("schema", [{}, {"better_auth_schema": NOWHERE}], ids=["its tables", "its server"])
async def test_a_session_speaks_for_its_user_and_ends_with_it(
    sign_up: SignUp, todo_over: TodoOver, server: str, schema: dict[str, str]
) -> None:
    browser = await sign_up(server)
    signed = (await browser.sign_in()).headers["set-auth-token"]
    shown = {
        "the cookie": {"Cookie": browser.session_cookie},
        "all cookies": {"Cookie": browser.cookie_header()},
        "the raw token": {"Authorization": f"Bearer {browser.session_token}"},
        "the signed token": {"Authorization": f"Bearer {signed}"},
    }

    async with todo_over(server, **schema) as app:
        before = {name: await profile_of(app, browser, **headers) for name, headers in shown.items()}
        await browser.sign_out()
        after = {name: await profile_of(app, browser, **headers) for name, headers in shown.items()}

    assert before == dict.fromkeys(shown, SIGNED_IN)
    assert after == dict.fromkeys(shown, REFUSED)


async def test_cookies_over_tls_have_a_name_of_their_own(sign_up: SignUp) -> None:
    plain, secure = await sign_up("plain"), await sign_up("secure")

    assert plain.session_cookie.startswith("better-auth.session_token=")
    assert secure.session_cookie.startswith("__Secure-better-auth.session_token=")


@pytest.mark.parametrize("schema", [{}, {"better_auth_schema": NOWHERE}], ids=["its tables", "its server"])
async def test_signing_out_at_one_place_leaves_the_other_signed_in(
    http: httpx.AsyncClient, sign_up: SignUp, todo_over: TodoOver, schema: dict[str, str]
) -> None:
    here = await sign_up("plain")
    there = Browser(http, here.url)
    there.email = here.email
    await there.sign_in()
    cookies = [here.session_cookie, there.session_cookie]

    async with todo_over("plain", **schema) as app:
        await here.sign_out()
        verdicts = [await profile_of(app, there, Cookie=cookie) for cookie in cookies]

    assert verdicts == [REFUSED, SIGNED_IN]


@pytest.mark.parametrize("schema", [{}, {"better_auth_schema": NOWHERE}], ids=["its tables", "its server"])
async def test_a_deleted_users_session_is_over(
    sign_up: SignUp, todo_over: TodoOver, schema: dict[str, str]
) -> None:
    browser = await sign_up("numbered")
    cookie = browser.session_cookie
    async with todo_over("numbered", **schema) as app:
        before = await profile_of(app, browser, Cookie=cookie)
        await browser.delete_account()
        after = await profile_of(app, browser, Cookie=cookie)

    assert (before, after) == (SIGNED_IN, REFUSED)


async def test_a_server_that_is_away_is_an_outage_for_sessions(sign_up: SignUp, todo_over: TodoOver) -> None:
    browser = await sign_up("plain")
    away = {"better_auth_url": "http://127.0.0.1:9", "better_auth_schema": NOWHERE}
    async with todo_over("plain", **away) as app:
        verdict = await profile_of(app, browser, Cookie=browser.session_cookie)

    assert verdict == (503, "sessions_unavailable")


async def test_a_cookie_changes_things_for_a_listed_page(sign_up: SignUp, plain: FastAPI) -> None:
    browser = await sign_up("plain")
    async with client_of(plain, None) as client:
        responses = [
            await client.post(
                "/api/me/tasks",
                json={"title": "Call mom"},
                headers={"Cookie": browser.cookie_header(), "Origin": origin},
            )
            for origin in ("http://localhost:3000", "https://evil.example")
        ]

    assert [each.status_code for each in responses] == [201, 403]


async def test_an_mcp_client_acts_for_whoever_agreed(sign_up: SignUp, plain: FastAPI) -> None:
    browser = await sign_up("plain")
    granted = await oauth_grant(browser, "openid offline_access tasks:read tasks:write", RESOURCE)

    added = await call_tool(plain, granted["access_token"], "add_task", title="Call mom")

    assert added.status_code == 200, added.text
    async with client_of(plain, await browser.token()) as client:
        tasks = (await client.get("/api/me/tasks")).json()["items"]
    assert [task["title"] for task in tasks] == ["Call mom"]


async def test_an_mcp_client_that_may_read_changes_nothing(sign_up: SignUp, plain: FastAPI) -> None:
    granted = await oauth_grant(await sign_up("plain"), "tasks:read", RESOURCE)

    read = await call_tool(plain, granted["access_token"])
    refused = await call_tool(plain, granted["access_token"], "add_task", title="Call mom")

    assert (read.status_code, refused.status_code) == (200, 403)
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


async def test_an_access_token_ends_with_the_session_that_it_came_from(
    sign_up: SignUp, plain: FastAPI
) -> None:
    browser = await sign_up("plain")
    granted = await oauth_grant(browser, "tasks:read", RESOURCE)
    before = await call_tool(plain, granted["access_token"])

    await browser.sign_out()

    after = await call_tool(plain, granted["access_token"])
    assert (before.status_code, after.status_code) == (200, 401)


@pytest.mark.parametrize("door", ["api", "mcp"])
async def test_what_better_auth_makes_for_others_opens_neither_door(
    sign_up: SignUp, plain: FastAPI, door: str
) -> None:
    browser = await sign_up("plain")
    granted = await oauth_grant(browser, "openid offline_access tasks:read", RESOURCE)
    opaque = await oauth_grant(browser, "tasks:read", None)
    mails = await seen_by(browser, "mails")
    tokens = {
        "an identity token": granted["id_token"],
        "a refresh token": granted["refresh_token"],
        "an opaque access token": opaque["access_token"],
        "a cookie cache": browser.cookies["better-auth.session_data"],
        "an e-mail link": next(mail["token"] for mail in mails if mail["to"] == browser.email),
    }
    if door == "api":
        tokens["an access token for MCP"] = granted["access_token"]
        verdicts = {
            name: (await profile_of(plain, browser, Authorization=f"Bearer {token}"))[0]
            for name, token in tokens.items()
        }
    else:
        tokens |= {"a token of the API": await browser.token(), "a session token": browser.session_token}
        verdicts = {name: (await call_tool(plain, token)).status_code for name, token in tokens.items()}

    assert verdicts == dict.fromkeys(tokens, 401)
