"""What must not get in, made from what a real Better Auth hands out, shown over HTTP."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI

from src.core.clock import system_clock
from tests.auth.better_auth.browser import Browser, seen_by
from tests.auth.better_auth.conftest import SECRET_OF_BETTER_AUTH, SignUp, TodoOver
from tests.auth.issuing import encoded, sealed
from tests.conftest import client_of

PUBLIC_DEFAULT_SECRET = "better-auth-secret-12345678901234567890"
ANOTHER_SECRET = "another-secret-of-somebody-0123456789"
NOW = int(system_clock().timestamp())


@dataclass(frozen=True)
class Loot:
    """What an attacker may hold: their own credentials, the public key, and an old cookie of Alice's."""

    alice: Browser
    token: str
    """Alice's own token, which gets in as it is."""
    jwk: dict[str, str]
    mallory: Browser
    mallorys_token: str
    stale_cookie: str

    @property
    def header(self) -> dict[str, Any]:
        return jwt.get_unverified_header(self.token)

    @property
    def claims(self) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(self.token, options={"verify_signature": False})
        return claims

    @property
    def parts(self) -> list[str]:
        return self.token.split(".")

    def by_secret(self, secret: str = SECRET_OF_BETTER_AUTH, **changes: Any) -> str:
        """A token signed with a shared secret, with Alice's claims but for some."""
        claims = {**self.claims, "iat": NOW, "exp": NOW + 900} | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return sealed({"alg": "HS256", "typ": "JWT"}, kept, secret=secret)


@pytest.fixture(scope="module")
async def loot(http: httpx.AsyncClient, better_auth_urls: dict[str, str]) -> Loot:
    url = better_auth_urls["plain"]
    alice, mallory = Browser(http, url), Browser(http, url)
    await alice.sign_up()
    stale_cookie = alice.session_cookie
    await alice.sign_out()
    await alice.sign_in()
    await mallory.sign_up()
    keys = (await alice.call("GET", "/jwks")).json()["keys"]
    return Loot(alice, await alice.token(), keys[0], mallory, await mallory.token(), stale_cookie)


def _pem(loot: Loot) -> bytes:
    key: Any = jwt.PyJWK(loot.jwk).key
    pem: bytes = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def _signed_with_public_key(key: Callable[[Loot], bytes]) -> Callable[[Loot], str]:
    """The classic: the public key taken for a shared secret, with the kid that names it."""
    return lambda loot: sealed(
        {**loot.header, "alg": "HS256"}, loot.claims, secret=key(loot).decode("latin-1")
    )


def _with_header(**changes: Any) -> Callable[[Loot], str]:
    def attack(loot: Loot) -> str:
        _, payload, signature = loot.parts
        return f"{encoded(json.dumps(loot.header | changes).encode())}.{payload}.{signature}"

    return attack


def _with_payload(**changes: Any) -> Callable[[Loot], str]:
    def attack(loot: Loot) -> str:
        header, _, signature = loot.parts
        return f"{header}.{encoded(json.dumps(loot.claims | changes).encode())}.{signature}"

    return attack


TOKENS: dict[str, Callable[[Loot], str]] = {
    "alg none": lambda loot: f"{encoded(json.dumps({'alg': 'none'}).encode())}.{loot.parts[1]}.",
    "alg none with the true signature": _with_header(alg="none"),
    "HS256 with the public key as PEM": _signed_with_public_key(_pem),
    "HS256 with the public key as PEM without its last line break": _signed_with_public_key(
        lambda loot: _pem(loot).strip()
    ),
    "HS256 with the public key as its JWK": _signed_with_public_key(
        lambda loot: json.dumps(loot.jwk, separators=(",", ":")).encode()
    ),
    "HS256 with the public key's x": _signed_with_public_key(lambda loot: loot.jwk["x"].encode()),
    "HS256 with an empty key": lambda loot: loot.by_secret(""),
    "HS256 announced over the true signature": _with_header(alg="HS256"),
    "ES256 announced over the true signature": _with_header(alg="ES256"),
    "RS256 announced over the true signature": _with_header(alg="RS256"),
    "another secret": lambda loot: loot.by_secret(ANOTHER_SECRET),
    "Better Auth's public default secret": lambda loot: loot.by_secret(PUBLIC_DEFAULT_SECRET),
    "somebody else's payload": lambda loot: ".".join(
        (loot.parts[0], loot.mallorys_token.split(".")[1], loot.parts[2])
    ),
    "a changed subject": _with_payload(sub="somebody-else"),
    "a longer life": _with_payload(exp=NOW + 86400),
    "no exp": lambda loot: loot.by_secret(exp=None),
    "exp as a text": lambda loot: loot.by_secret(exp=str(NOW + 900)),
    "not yet valid": lambda loot: loot.by_secret(nbf=NOW + 600),
    "issued tomorrow": lambda loot: loot.by_secret(iat=NOW + 86400, exp=NOW + 87000),
    "no subject": lambda loot: loot.by_secret(sub=None, id=None),
    "an empty subject": lambda loot: loot.by_secret(sub=""),
    "a subject with a NUL": lambda loot: loot.by_secret(sub=f"{loot.alice.user_id}\0"),
    "a subject of 5 kB": lambda loot: loot.by_secret(sub="a" * 5000),
    "a subject that is a list": lambda loot: loot.by_secret(sub=[loot.alice.user_id]),
    "an e-mail alone": lambda loot: sealed(
        {"alg": "HS256"},
        {"email": loot.alice.email, "iat": NOW, "exp": NOW + 900},
        secret=SECRET_OF_BETTER_AUTH,
    ),
    "a key that nobody published": _with_header(kid="unknown"),
    "a kid that is a path": _with_header(kid="../../../dev/null"),
    "a kid that is a list": _with_header(kid=["unknown"]),
    "no kid": _with_header(kid=None),
    "a key of the attacker's in the header": _with_header(
        jwk={"kty": "OKP", "crv": "Ed25519", "x": encoded(b"k" * 32)}
    ),
    "an address of the attacker's in the header": _with_header(jku="https://evil.example/jwks"),
    "critical extensions": _with_header(crit=["exp"]),
    "another type": _with_header(typ="at+jwt"),
    "the cookie cache": lambda loot: loot.alice.cookies["better-auth.session_data"],
    "no signature": lambda loot: ".".join(loot.parts[:2]) + ".",
    "half a token": lambda loot: loot.token[: len(loot.token) // 2],
    "five parts": lambda loot: f"{loot.token}.AAAA.AAAA",
    "padding": lambda loot: f"{loot.token}=",
    "standard base64": lambda loot: ".".join(base64.b64encode(part.encode()).decode() for part in loot.parts),
    "9 kB": lambda loot: loot.by_secret(pad="x" * 9000),
    "a session that never was": lambda _: "A" * 32,
    "a changed session token": lambda loot: loot.alice.session_token[::-1],
    "a signed token that was signed out": lambda loot: loot.stale_cookie.partition("=")[2],
}


async def ask(app: FastAPI, **headers: str) -> tuple[int, str | None]:
    async with client_of(app, None) as client:
        response = await client.get("/api/me/settings", headers=headers)
    return response.status_code, response.json().get("code")


@pytest.mark.parametrize("attack", TOKENS.values(), ids=list(TOKENS))
async def test_a_forged_token_is_refused(plain: FastAPI, loot: Loot, attack: Callable[[Loot], str]) -> None:
    verdict = await ask(plain, Authorization=f"Bearer {attack(loot)}")

    assert verdict == (401, "invalid_token")


async def test_what_the_attacks_are_made_from_gets_in(plain: FastAPI, loot: Loot) -> None:
    """Without this, a service that refuses everybody would pass."""
    good = [
        {"Authorization": f"Bearer {loot.token}"},
        {"Authorization": f"Bearer {loot.by_secret()}"},
        {"Cookie": loot.alice.session_cookie},
    ]

    assert [await ask(plain, **headers) for headers in good] == [(200, None)] * 3


def _changed(cookie: str, at: int) -> str:
    other = "A" if cookie[at] != "A" else "B"
    return f"{cookie[:at]}{other}{cookie[at:][1:]}"


REQUESTS: dict[str, Callable[[Loot], dict[str, str]]] = {
    "a stale cookie": lambda loot: {"Cookie": loot.stale_cookie},
    "a stale cookie beside a living cache": lambda loot: {
        "Cookie": f"{loot.stale_cookie}; {loot.alice.cookie_header('better-auth.session_data')}"
    },
    "a cookie cache alone under the session's name": lambda loot: {
        "Cookie": f"better-auth.session_token={loot.alice.cookies['better-auth.session_data']}"
    },
    "a cookie with another token": lambda loot: {
        "Cookie": _changed(loot.alice.session_cookie, len("better-auth.session_token="))
    },
    "a cookie with another signature": lambda loot: {"Cookie": _changed(loot.alice.session_cookie, -12)},
    "a cookie with somebody's token and one's own signature": lambda loot: {
        "Cookie": f"better-auth.session_token={loot.alice.session_token}."
        + loot.mallory.session_cookie.partition(".session_token=")[2].partition(".")[2]
    },
    "a cookie without its signature": lambda loot: {
        "Cookie": f"better-auth.session_token={loot.alice.session_token}"
    },
    "the attacker's cookie before the victim's": lambda loot: {
        "Cookie": f"{loot.mallory.session_cookie}; {loot.alice.session_cookie}"
    },
    "the victim's cookie before the attacker's": lambda loot: {
        "Cookie": f"{loot.alice.session_cookie}; {loot.mallory.session_cookie}"
    },
    "a bad secure cookie beside a good plain one": lambda loot: {
        "Cookie": f"{loot.alice.session_cookie}; __Secure-{loot.stale_cookie}"
    },
    "a bad header beside a good cookie": lambda loot: {
        "Authorization": f"Bearer {loot.token[:-4]}AAAA",
        "Cookie": loot.alice.session_cookie,
    },
    "an empty header beside a good cookie": lambda loot: {
        "Authorization": "",
        "Cookie": loot.alice.session_cookie,
    },
    "two tokens in one header": lambda loot: {
        "Authorization": f"Bearer {loot.token}, Bearer {loot.mallorys_token}"
    },
}


@pytest.mark.parametrize("attack", REQUESTS.values(), ids=list(REQUESTS))
async def test_a_cookie_that_is_not_what_was_set_is_refused(
    plain: FastAPI, loot: Loot, attack: Callable[[Loot], dict[str, str]]
) -> None:
    assert await ask(plain, **attack(loot)) == (401, "invalid_token")


async def test_a_good_header_wins_over_another_persons_cookie(plain: FastAPI, loot: Loot) -> None:
    headers = {"Authorization": f"Bearer {loot.token}", "Cookie": loot.mallory.session_cookie}
    async with client_of(plain, None) as client:
        alice = await client.get(f"/api/{loot.alice.user_id}/settings", headers=headers)
        mallory = await client.get(f"/api/{loot.mallory.user_id}/settings", headers=headers)

    assert (alice.status_code, mallory.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("away", "code"), [(timedelta(minutes=16), "token_expired"), (timedelta(minutes=-1), "invalid_token")]
)
async def test_a_token_counts_in_its_own_time_only(
    todo_over: TodoOver, loot: Loot, away: timedelta, code: str
) -> None:
    def clock() -> datetime:
        return system_clock() + away

    async with todo_over("plain") as app:
        app.state.token_clock = clock

        assert await ask(app, Authorization=f"Bearer {loot.token}") == (401, code)


@pytest.mark.parametrize(
    "expected",
    [
        {"jwt_issuer": "https://app.example"},
        {"jwt_audience": "https://app.example"},
        {"better_auth_url": "https://app.example"},
    ],
    ids=["another issuer", "another audience", "another home"],
)
async def test_a_token_of_another_issuer_or_for_another_audience_is_refused(
    todo_over: TodoOver, loot: Loot, expected: dict[str, str]
) -> None:
    async with todo_over("plain", **expected) as app:
        assert await ask(app, Authorization=f"Bearer {loot.token}") == (401, "invalid_token")


async def test_a_token_of_another_better_auth_is_refused(sign_up: SignUp, plain: FastAPI) -> None:
    stranger = await sign_up("secure")

    assert await ask(plain, Authorization=f"Bearer {await stranger.token()}") == (401, "invalid_token")


async def test_two_hundred_unknown_keys_at_once_cost_one_fetch(todo_over: TodoOver, loot: Loot) -> None:
    async with todo_over("plain") as app:
        await ask(app, Authorization=f"Bearer {loot.token}")
        before = await _fetches(loot)
        attacks = [_with_header(kid=f"unknown-{number}")(loot) for number in range(200)]
        verdicts = await asyncio.gather(*(ask(app, Authorization=f"Bearer {token}") for token in attacks))
        after = await _fetches(loot)
        good = await ask(app, Authorization=f"Bearer {loot.token}")

    assert set(verdicts) == {(401, "invalid_token")}
    assert (after - before, good) == (1, (200, None))


async def test_two_hundred_first_requests_at_once_cost_one_fetch(todo_over: TodoOver, loot: Loot) -> None:
    before = await _fetches(loot)
    async with todo_over("plain") as app:
        verdicts = await asyncio.gather(*(ask(app, Authorization=f"Bearer {loot.token}") for _ in range(200)))

    assert (set(verdicts), await _fetches(loot) - before) == ({(200, None)}, 1)


async def _fetches(loot: Loot) -> int:
    requests = await seen_by(loot.alice, "requests")
    fetches: int = requests.get("/api/auth/jwks", 0)
    return fetches
