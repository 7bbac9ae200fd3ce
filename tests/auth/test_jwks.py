"""Published keys: fetched seldom, kept while their server is away, and used for one algorithm only."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI

from src.auth.authenticator import Authenticator
from src.auth.context import InvalidToken
from src.auth.jwks import JwksCache, JwksUnavailable
from src.auth.tokens import JwtVerifier
from src.core.config import Settings
from src.main import create_app
from tests.auth.issuing import ED25519, HOME, KEYS, KeyServer, SigningKey, encoded, key_set, verifier_for
from tests.conftest import client_of, running
from tests.factories import NOW

HOURS_25 = 25 * 3600


def token(key: SigningKey = ED25519, *, at: datetime = NOW, **changes: Any) -> str:
    """What Better Auth's jwt plugin makes at an instant."""
    header = {"kid": changes.pop("kid")} if "kid" in changes else {}
    seconds = int(at.timestamp())
    claims = {"sub": "ann", "iss": HOME, "aud": HOME, "iat": seconds, "exp": seconds + 900} | changes
    return key.sign(claims, **header)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def verdict(verifier: JwtVerifier, at: datetime = NOW, *, of: str | None = None) -> str:
    """How a token of an instant fares at that instant."""
    try:
        return (await verifier.verify(of or token(at=at), at)).user_id
    except (InvalidToken, JwksUnavailable) as error:
        return error.code


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
async def test_every_algorithm_is_verified_by_the_key_it_belongs_to(key: SigningKey) -> None:
    verifier = verifier_for(KeyServer(*KEYS.values()), better_auth_url=HOME)

    genuine = await verdict(verifier, of=token(key))
    forged = await verdict(verifier, of=token(key, sub="bob")[:-8] + token(key)[-8:])

    assert (genuine, forged) == ("ann", "invalid_token")


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
async def test_a_key_that_names_no_algorithm_has_the_one_of_its_kind(key: SigningKey) -> None:
    nameless = {name: value for name, value in key.jwk.items() if name != "alg"}

    found = await verdict(verifier_for(KeyServer(nameless), better_auth_url=HOME), of=token(key))

    assert found == ("invalid_token" if key.algorithm == "PS256" else "ann")


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"better_auth_url": HOME}, f"{HOME}/api/auth/jwks"),
        ({"better_auth_url": f"{HOME}/api/auth"}, f"{HOME}/api/auth/jwks"),
        ({"jwks_url": "http://web:3000/keys", "better_auth_url": HOME}, "http://web:3000/keys"),
        ({"jwks_url": f"{HOME}:443/keys"}, f"{HOME}/keys"),
        ({"mcp_authorization_server": f"{HOME}/api/auth"}, f"{HOME}/api/auth/jwks"),
    ],
)
async def test_keys_are_fetched_from_where_the_settings_say(settings: dict[str, Any], address: str) -> None:
    server = KeyServer(ED25519)

    found = await verdict(verifier_for(server, **settings))

    assert found == "ann"
    assert [str(request.url) for request in server.asked] == [address]
    assert not {"authorization", "cookie"} & set(server.asked[0].headers)


async def test_many_at_once_share_the_first_fetch() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)

    found = await asyncio.gather(*(verdict(verifier, of=token(sub=f"user-{n}")) for n in range(200)))

    assert (len(set(found)), len(server.asked)) == (200, 1)


async def test_keys_are_fetched_again_after_five_minutes_and_a_withdrawn_one_is_dead() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)
    await verdict(verifier)
    server.published = key_set(KEYS["ES256"])

    before, after = await verdict(verifier, later(299)), await verdict(verifier, later(300))

    assert (before, after, len(server.asked)) == ("ann", "invalid_token", 2)


async def test_a_hundred_unknown_keys_in_a_row_cost_three_fetches_and_one_more_every_ten_seconds() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)

    found = [await verdict(verifier, of=token(kid=f"unknown-{n}")) for n in range(100)]
    at_once = len(server.asked)
    for n in range(100):
        await verdict(verifier, later(n / 5), of=token(kid=f"unknown-again-{n}"))

    assert set(found) == {"invalid_token"}
    assert (at_once, len(server.asked)) == (3, 4)


async def test_a_new_key_is_found_in_the_midst_of_a_flood() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)
    for n in range(100):
        await verdict(verifier, of=token(kid=f"unknown-{n}"))
    server.published = key_set(ED25519, KEYS["ES256"])

    flood = (verdict(verifier, later(10), of=token(kid=f"unknown-{n}")) for n in range(50))
    *_, found = await asyncio.gather(*flood, verdict(verifier, later(10), of=token(KEYS["ES256"])))

    assert (found, len(server.asked)) == ("ann", 4)


async def test_two_hundred_unknown_keys_at_once_are_one_fetch_over_http(settings: Settings) -> None:
    server = KeyServer(ED25519)
    async with running(create_app(settings)) as app:
        now: datetime = app.state.token_clock()
        _let_in(app, verifier_for(server, better_auth_url=HOME))
        assert await _status(app, token(at=now)) == 200
        asked = len(server.asked)

        statuses = await asyncio.gather(*(_status(app, token(at=now, kid=f"k{n}")) for n in range(200)))

    assert (set(statuses), asked, len(server.asked)) == ({401}, 1, 2)


async def test_keys_that_cannot_be_fetched_are_told_as_such_over_http(settings: Settings) -> None:
    server = KeyServer(ED25519)
    server.goes_away()
    async with running(create_app(settings)) as app:
        now: datetime = app.state.token_clock()
        _let_in(app, verifier_for(server, better_auth_url=HOME))

        async with client_of(app, token(at=now)) as client:
            response = await client.get("/api/me/settings")

    assert (response.status_code, response.json()["code"]) == (503, "jwks_unavailable")
    assert int(response.headers["Retry-After"]) > 0


def _let_in(app: FastAPI, verifier: JwtVerifier) -> None:
    nobody: Any = None
    app.state.authenticator = Authenticator(
        verifier, nobody, nobody, cookie_prefix="better-auth", trusted_origins=()
    )


async def _status(app: FastAPI, shown: str) -> int:
    async with client_of(app, shown) as client:
        return (await client.get("/api/me/settings")).status_code


async def test_without_its_server_a_key_lives_for_a_day() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)
    await verdict(verifier)
    server.goes_away()

    found = [await verdict(verifier, later(seconds)) for seconds in (299, 301, 3600, 86399, 86400)]

    assert found == ["ann", "ann", "ann", "ann", "jwks_unavailable"]


async def test_a_key_that_nobody_knows_while_its_server_is_away_is_not_called_wrong() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)
    await verdict(verifier)
    server.goes_away()

    while_away = await verdict(verifier, of=token(KEYS["ES256"]))
    server.answer = None
    back = await verdict(verifier, later(20), of=token(KEYS["ES256"]))

    assert (while_away, back) == ("jwks_unavailable", "invalid_token")


async def test_a_cold_start_without_the_server_recovers_as_soon_as_it_is_back() -> None:
    server = KeyServer(ED25519)
    server.goes_away()
    verifier = verifier_for(server, better_auth_url=HOME)

    away = {await verdict(verifier) for _ in range(50)}
    asked_while_away = len(server.asked)
    server.answer = None
    back = await verdict(verifier, later(10))

    assert (away, asked_while_away, back) == ({"jwks_unavailable"}, 3, "ann")


async def test_a_clock_that_was_set_back_fetches_the_keys_anew() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)
    await verdict(verifier)

    found = await verdict(verifier, later(-HOURS_25))

    assert (found, len(server.asked)) == ("ann", 2)


def redirected(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/elsewhere":
        return httpx.Response(200, json=key_set(ED25519))
    return httpx.Response(302, headers={"Location": f"{HOME}/elsewhere"})


def answering(content: bytes | str, status: int = 200, **headers: str) -> Callable[..., httpx.Response]:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=content, headers=headers)

    return answer


GOOD = json.dumps(key_set(ED25519))
UNUSABLE_ANSWERS = {
    "an error": answering(GOOD, 500),
    "no content": answering("", 204),
    "a redirect": redirected,
    "a page": answering("<!doctype html><title>Sign in</title>"),
    "nothing": answering(""),
    "no UTF-8": answering(b'{"keys":[],"x":"\xff"}'),
    "a list": answering("[]"),
    "an object without keys": answering("{}"),
    "keys that are an object": answering('{"keys":{}}'),
    "keys that are no objects": answering('{"keys":["a"]}'),
    "two lists of keys": answering('{"keys":[],' + GOOD[1:]),
    "a hundred and one keys": answering(
        json.dumps(key_set(*[ED25519.jwk | {"kid": str(n)} for n in range(101)]))
    ),
    "a hundred thousand bytes": answering(GOOD + " " * 100_000),
    "nested without end": answering('{"keys":' + "[" * 20_000 + "]" * 20_000 + "}"),
    "a compressed answer": answering(gzip.compress(GOOD.encode()), 200, **{"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("answer", UNUSABLE_ANSWERS.values(), ids=UNUSABLE_ANSWERS.keys())
async def test_an_answer_that_is_no_set_of_keys_is_a_server_that_is_away(
    answer: Callable[[httpx.Request], httpx.Response],
) -> None:
    cold, warm = KeyServer(ED25519), KeyServer(ED25519)
    verifier = verifier_for(warm, better_auth_url=HOME)
    await verdict(verifier)
    cold.answer = warm.answer = answer

    found = (
        await verdict(verifier_for(cold, better_auth_url=HOME)),
        await verdict(verifier, later(301)),
    )

    assert found == ("jwks_unavailable", "ann")
    assert (len(cold.asked), len(warm.asked)) == (1, 2)


class Endless(httpx.AsyncByteStream):
    """An answer that never ends, and how much of it was read."""

    def __init__(self) -> None:
        self.kilobytes = 0
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.kilobytes += 1
            yield b" " * 1024

    async def aclose(self) -> None:
        self.is_closed = True


async def test_reading_stops_after_64_kilobytes() -> None:
    server, stream = KeyServer(), Endless()
    server.answer = lambda _: httpx.Response(200, stream=stream)

    found = await verdict(verifier_for(server, better_auth_url=HOME))

    assert (found, stream.kilobytes, stream.is_closed) == ("jwks_unavailable", 65, True)


async def test_a_server_that_stalls_is_given_up_and_waited_for_once_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun = []

    async def fetch() -> bytes:
        begun.append(1)
        if len(begun) == 1:
            return GOOD.encode()
        await asyncio.Event().wait()
        raise AssertionError

    cache = JwksCache(fetch, timeout_seconds=0.01)
    await cache.find("ed", NOW)

    waited = await cache.find("ed", later(301))
    at_once = asyncio.ensure_future(cache.find("ed", later(302)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert at_once.done()
    assert (await at_once, len(begun)) == (waited, 3)
    assert "No keys to check tokens with: TimeoutError" in caplog.text
    assert "never retrieved" not in caplog.text


async def test_who_gives_up_waiting_takes_the_keys_from_nobody() -> None:
    may_answer, begun = asyncio.Event(), []

    async def fetch() -> bytes:
        begun.append(1)
        await may_answer.wait()
        return GOOD.encode()

    cache = JwksCache(fetch)
    impatient, patient = (asyncio.ensure_future(cache.find("ed", NOW)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    may_answer.set()

    found = await patient

    assert (found.algorithm, impatient.cancelled(), len(begun)) == ("EdDSA", True, 1)


async def test_an_empty_set_of_keys_makes_every_token_wrong() -> None:
    assert await verdict(verifier_for(KeyServer(), better_auth_url=HOME)) == "invalid_token"


SMALL_RSA = SigningKey("RS256", "small", rsa.generate_private_key(65537, 1024))  # noqa: S505 - to be refused.
P384 = SigningKey("ES384", "p384", ec.generate_private_key(ec.SECP384R1()))
P256, PUBLIC_RSA = KEYS["ES256"], KEYS["RS256"]
UNUSABLE_KEYS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "RSA of 1024 bits": ([SMALL_RSA.jwk], token(SMALL_RSA)),
    "a curve nobody offers": ([P384.jwk], token(P384)),
    "a key for encryption": ([ED25519.jwk | {"use": "enc"}], token()),
    "a key for other operations": ([ED25519.jwk | {"key_ops": ["sign"]}], token()),
    "operations that are no list": ([ED25519.jwk | {"key_ops": "verify"}], token()),
    "an algorithm of another kind": ([ED25519.jwk | {"alg": "RS256"}], token()),
    "an algorithm of another curve": ([P256.jwk | {"alg": "ES512"}], token(P256)),
    "an algorithm that is none": ([ED25519.jwk | {"alg": "none"}], token()),
    "an algorithm that is null": ([ED25519.jwk | {"alg": None}], token()),
    "a kind that is a list": ([ED25519.jwk | {"kty": ["OKP"]}], token()),
    "a curve that is a list": ([ED25519.jwk | {"crv": ["Ed25519"]}], token()),
    "a point that is off the curve": ([P256.jwk | {"x": P256.jwk["y"]}], token(P256)),
    "a point that is a number": ([ED25519.jwk | {"x": 1}], token()),
    "no point": ([{name: value for name, value in ED25519.jwk.items() if name != "x"}], token()),
    "a private part that is public": (
        [ED25519.jwk | {"d": encoded(ED25519.private.private_bytes_raw())}],
        token(),
    ),
    "no name": ([{name: value for name, value in ED25519.jwk.items() if name != "kid"}], token()),
    "a name that is a number": ([ED25519.jwk | {"kid": 1}], token(kid="1")),
    "an empty name": ([ED25519.jwk | {"kid": ""}], token(kid="")),
    "a name of two keys, the first's": ([ED25519.jwk, P256.jwk | {"kid": "ed"}], token()),
    "a name of two keys, the last's": ([P256.jwk | {"kid": "ed"}, ED25519.jwk], token()),
    "a PS256 signature by an RS256 key": ([PUBLIC_RSA.jwk], token(KEYS["PS256"], kid="rsa")),
    "an RS256 signature by a PS256 key": ([KEYS["PS256"].jwk], token(PUBLIC_RSA, kid="pss")),
    "another key of the same name": ([ED25519.jwk | {"kid": "p256"}], token(P256)),
}


@pytest.mark.parametrize(("published", "shown"), UNUSABLE_KEYS.values(), ids=UNUSABLE_KEYS.keys())
async def test_a_key_is_used_only_for_what_it_is_meant_for(
    published: list[dict[str, Any]], shown: str
) -> None:
    server = KeyServer(KEYS["ES512"], *published)
    verifier = verifier_for(server, better_auth_url=HOME)

    found = await verdict(verifier, of=shown), await verdict(verifier, of=token(KEYS["ES512"]))

    assert found == ("invalid_token", "ann")
