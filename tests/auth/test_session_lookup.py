"""Better Auth asked over HTTP: what is believed, what is refused, and what is told as an outage."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from src.auth.session_lookup import SessionLookup, SessionsUnavailable
from src.auth.session_tokens import SessionToken
from tests.auth.session_tables import signed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TOKEN = "FCnYUP0iM4F7RqV3SggL58oLIEMib5Uw"
RAW = SessionToken(TOKEN, None)
URL = "https://app.example"
SIGNED_IN: dict[str, Any] = {
    "session": {"id": "s1", "token": TOKEN, "userId": "u1", "expiresAt": "2026-11-28T10:00:00.000Z"},
    "user": {"id": "u1", "email": "alice@example.com", "name": "Alice"},
}
Handler = Callable[[httpx.Request], httpx.Response]


def lookup_of(handler: Any, *, timeout_seconds: float = 5) -> SessionLookup:
    http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return SessionLookup(http, URL, "better-auth", timeout_seconds=timeout_seconds)


def answering(answer: object) -> SessionLookup:
    return lookup_of(lambda _: httpx.Response(200, text=json.dumps(answer)))


def changed(part: str, **fields: object) -> dict[str, Any]:
    return SIGNED_IN | {part: SIGNED_IN[part] | fields}


async def test_a_session_is_what_better_auth_says_it_is() -> None:
    session = await answering(SIGNED_IN).get(RAW)

    assert session is not None
    assert (session.id, session.user_id, session.email) == ("s1", "u1", "alice@example.com")
    assert session.expires_at == NOW + timedelta(days=7)


async def test_numbers_are_ids_too() -> None:
    answer = {"session": SIGNED_IN["session"] | {"id": 7, "userId": 1}, "user": {"id": 1}}

    session = await answering(answer).get(RAW)

    assert session is not None
    assert (session.id, session.user_id, session.email) == ("7", "1", None)


@pytest.mark.parametrize(
    "answer",
    [None, changed("session", token="A" * 32), changed("user", id="u2"), changed("session", userId="u2")],
    ids=["signed out", "another's session", "another's user", "a session of another"],
)
async def test_whoever_is_not_the_one_that_was_asked_for_is_nobody(answer: object) -> None:
    assert await answering(answer).get(RAW) is None


def _raising(error: Exception) -> Handler:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error

    return handler


OUTAGES: dict[str, Handler] = {
    "refused": _raising(httpx.ConnectError("refused")),
    "too slow": _raising(httpx.ReadTimeout("slow")),
    "cut off": _raising(httpx.RemoteProtocolError("cut off")),
    "broken": lambda _: httpx.Response(500, json=None),
    "busy": lambda _: httpx.Response(429, json=SIGNED_IN),
    "not there": lambda _: httpx.Response(404, text="null"),
    "elsewhere": lambda _: httpx.Response(302, headers={"Location": "https://evil.example"}),
    "a page": lambda _: httpx.Response(200, html="<!doctype html>"),
    "nothing": lambda _: httpx.Response(200, content=b""),
    "a list": lambda _: httpx.Response(200, json=[SIGNED_IN]),
    "no user": lambda _: httpx.Response(200, json={"session": SIGNED_IN["session"]}),
    "no expiry": lambda _: httpx.Response(200, json=changed("session", expiresAt=None)),
    "an expiry without zone": lambda _: httpx.Response(
        200, json=changed("session", expiresAt="2026-11-28T10:00:00")
    ),
    "64 KiB and more": lambda _: httpx.Response(200, json=SIGNED_IN | {"pad": "x" * 65536}),
}


@pytest.mark.parametrize("handler", OUTAGES.values(), ids=list(OUTAGES))
async def test_an_answer_that_is_none_is_an_outage_and_no_verdict(
    handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SessionsUnavailable) as caught:
        await lookup_of(handler).get(RAW)

    assert caught.value.code == "sessions_unavailable"
    assert caught.value.retry_after
    told = f"{caught.value.message} {caught.value.__cause__} {caplog.text}"
    assert TOKEN not in told
    assert "alice@example.com" not in told


async def test_a_server_that_never_answers_is_not_waited_for() -> None:
    async def stall(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(SessionsUnavailable):
        await lookup_of(stall, timeout_seconds=0.01).get(RAW)


async def test_reading_stops_where_an_answer_is_too_long() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1024
            yield b" " * 1024

    with pytest.raises(SessionsUnavailable):
        await lookup_of(lambda _: httpx.Response(200, content=endless())).get(RAW)

    assert sent <= 66 * 1024


async def test_a_signed_token_is_sent_as_a_cookie_and_a_raw_one_as_a_bearer_token() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, text="null")

    lookup = lookup_of(handler)
    value = signed(TOKEN)
    await lookup.get(SessionToken(*value.split(".")))
    await lookup.get(RAW)

    encoded = value.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    names = ("better-auth.session_token", "__Secure-better-auth.session_token")
    assert asked[0].headers["Cookie"] == "; ".join(f"{name}={encoded}" for name in names)
    assert "Authorization" not in asked[0].headers
    assert asked[1].headers["Authorization"] == f"Bearer {TOKEN}"
    assert {str(each.url) for each in asked} == {
        f"{URL}/api/auth/get-session?disableCookieCache=true&disableRefresh=true"
    }


async def test_a_cookie_that_one_answer_sets_never_goes_along_with_another_request() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        cookie = {"Set-Cookie": "better-auth.session_token=alice; Path=/"}
        return httpx.Response(200, content=json.dumps(None), headers=cookie)

    lookup = lookup_of(handler)
    await lookup.get(RAW)
    await lookup.get(RAW)

    assert ["Cookie" in each.headers for each in asked] == [False, False]


async def test_requests_at_the_same_time_share_a_lookup_and_later_ones_ask_anew() -> None:
    asked = 0
    may_answer = asyncio.Event()

    async def handler(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        await may_answer.wait()
        return httpx.Response(200, json=SIGNED_IN)

    lookup = lookup_of(handler)
    requests = [asyncio.create_task(lookup.get(RAW)) for _ in range(50)]
    other = asyncio.create_task(lookup.get(SessionToken("B" * 32, None)))
    await asyncio.sleep(0)
    requests[0].cancel()
    may_answer.set()
    answers = await asyncio.gather(*requests[1:])
    await other
    at_once = asked
    await lookup.get(RAW)

    assert all(answer is not None for answer in answers)
    assert (at_once, asked) == (2, 3)


async def test_an_outage_is_told_to_everybody_who_waits() -> None:
    lookup = lookup_of(_raising(httpx.ConnectError("refused")))

    told = await asyncio.gather(*(lookup.get(RAW) for _ in range(5)), return_exceptions=True)

    assert [type(each) for each in told] == [SessionsUnavailable] * 5


async def test_a_lookup_that_nobody_waits_for_any_more_fails_in_silence() -> None:
    lookup = lookup_of(_raising(httpx.ConnectError("refused")))
    request = asyncio.create_task(lookup.get(RAW))
    await asyncio.sleep(0)
    request.cancel()

    with pytest.raises(asyncio.CancelledError):
        await request


@pytest.mark.parametrize("url", [URL, f"{URL}/api/auth"])
async def test_the_address_may_name_the_path_or_leave_it_out(url: str) -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, text="null")

    http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    await SessionLookup(http, url, "better-auth").get(RAW)

    assert asked == ["/api/auth/get-session"]
