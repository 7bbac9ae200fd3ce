"""Bearer tokens over HTTP: whom they speak for, and everything that must not get in."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from src.auth.claims import LEEWAY_SECONDS, MAX_LIFETIME_SECONDS
from src.auth.context import ExpiredToken, InvalidToken
from src.auth.tokens import MAX_TOKEN_BYTES, JwtVerifier
from src.core.clock import system_clock
from tests.auth.issuing import DELETED, encoded, sealed, verifier_for, without_deleted
from tests.conftest import client_of
from tests.factories import SECRET, create_task, token_for

NOW = int(system_clock().timestamp())
YEAR = 366 * 24 * 3600
THEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HEADER = {"alg": "HS256", "typ": "JWT"}
CLAIMS: dict[str, Any] = {"sub": "token-user", "iat": NOW, "exp": NOW + 3600}
PUBLIC_DEFAULT_SECRET = "better-auth-secret-12345678901234567890"


def claims(**changes: Any) -> dict[str, Any]:
    return without_deleted(CLAIMS | changes)


def unsigned(algorithm: str, signature: str = "") -> str:
    payload = encoded(json.dumps(CLAIMS).encode())
    return f"{encoded(json.dumps({'alg': algorithm}).encode())}.{payload}.{signature}"


def with_changed_payload() -> str:
    header, _, signature = sealed(HEADER, CLAIMS).split(".")
    return f"{header}.{encoded(json.dumps(claims(sub='somebody-else')).encode())}.{signature}"


def with_another_spelling_of_the_signature() -> str:
    """The last character of 43 holds two bits that decode to nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = sealed(HEADER, CLAIMS)
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def with_another_spelling_of_the_payload() -> str:
    """Signed by whoever holds the secret, yet not the one spelling of its bytes."""
    payload = encoded(json.dumps(CLAIMS | {"pad": ""}).encode().ljust(100))
    header = encoded(json.dumps(HEADER).encode())
    signed = f"{header}.{payload[:-1]}B"
    return f"{signed}.{encoded(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256))}"


def oversized(length: int) -> str:
    token = sealed(HEADER, claims(pad="x" * (length // 2)))
    while len(token) < length:
        missing = (length - len(token)) * 3 // 4 or 1
        token = sealed(HEADER, claims(pad="x" * (len(_claim(token, "pad")) + missing)))
    return token


def _claim(token: str, name: str) -> str:
    value: str = jwt.decode(token, options={"verify_signature": False})[name]
    return value


async def ask(app: FastAPI, *authorization: bytes | str) -> httpx.Response:
    headers = [
        (b"Authorization", value if isinstance(value, bytes) else value.encode()) for value in authorization
    ]
    async with client_of(app, None) as client:
        return await client.get("/api/me/settings", headers=headers)


@pytest.mark.parametrize("claim", ["sub", "id", "user_id", "userId"])
async def test_the_user_is_named_by_any_of_the_claims_that_frontends_use(app: FastAPI, claim: str) -> None:
    token = sealed(HEADER, claims(**{"sub": DELETED, claim: f"named-by-{claim}"}))

    async with client_of(app, token) as client:
        task = await create_task(client)

    assert task["user_id"] == f"named-by-{claim}"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"sub": "a", "id": "b", "user_id": "c", "userId": "d"}, "a"),
        ({"sub": DELETED, "id": "b", "user_id": "c", "userId": "d"}, "b"),
        ({"sub": DELETED, "user_id": "c", "userId": "d"}, "c"),
        ({"sub": None, "id": "b"}, "b"),
        ({"sub": 42}, "42"),
        ({"sub": "5f0c5d6e-7a31-4b52-9d5d-1c1f6a1f0f11"}, "5f0c5d6e-7a31-4b52-9d5d-1c1f6a1f0f11"),
    ],
)
async def test_the_first_of_the_claims_decides(app: FastAPI, given: dict[str, Any], named: str) -> None:
    async with client_of(app, sealed(HEADER, claims(**given))) as client:
        own, other = (
            await client.get(f"/api/{named}/settings"),
            await client.get("/api/nobody-named-so/settings"),
        )

    assert (own.status_code, other.status_code) == (200, 403)


ACCEPTED = {
    "no typ": sealed({"alg": "HS256"}, CLAIMS),
    "an access token": sealed(HEADER, claims(type="access")),
    "a fractional time": sealed(HEADER, claims(exp=NOW + 3600.5)),
    "a month long": sealed(HEADER, claims(exp=NOW + 30 * 24 * 3600)),
    "no iat": sealed(HEADER, claims(iat=DELETED)),
    "an audience and issuer nobody configured": sealed(
        HEADER, claims(aud="todo", iss="https://todo.example")
    ),
    "a kid": sealed(HEADER | {"kid": "1"}, CLAIMS),
    "PyJWT's own": jwt.encode(CLAIMS, SECRET, algorithm="HS256"),
    "these tests' own": token_for("token-user"),
}


@pytest.mark.parametrize("token", ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_a_sound_token_gets_in(app: FastAPI, token: str) -> None:
    response = await ask(app, f"Bearer {token}")

    assert response.status_code == 200, response.text


ATTACKS = {
    "none": unsigned("none"),
    "None": unsigned("None"),
    "NONE": unsigned("NONE"),
    "nOnE": unsigned("nOnE"),
    "an empty algorithm": unsigned(""),
    "none with a signature": unsigned("none", sealed(HEADER, CLAIMS).rpartition(".")[2]),
    "none, truly signed": sealed({"alg": "none"}, CLAIMS),
    "no algorithm, truly signed": sealed({"typ": "JWT"}, CLAIMS),
    "hs256 in small letters": sealed({"alg": "hs256"}, CLAIMS),
    "an algorithm that is a list": sealed({"alg": ["HS256"]}, CLAIMS),
    "HS512 with our secret": jwt.encode(CLAIMS, SECRET * 2, algorithm="HS512"),
    "RS256 announced": sealed({"alg": "RS256"}, CLAIMS),
    "another secret": sealed(HEADER, CLAIMS, secret="another-secret-of-somebody-0123456789"),
    "an empty secret": sealed(HEADER, CLAIMS, secret=""),
    "Better Auth's public default secret": sealed(HEADER, CLAIMS, secret=PUBLIC_DEFAULT_SECRET),
    "the attacker's own key in the header": sealed(
        HEADER | {"jwk": {"kty": "oct", "k": encoded(b"k" * 32)}}, CLAIMS, secret="k" * 32
    ),
    "the attacker's own key at an address": sealed(
        HEADER | {"jku": "https://attacker.example/jwks"}, CLAIMS, secret="k" * 32
    ),
    "a type that is no access token's": sealed(HEADER | {"typ": "at+jwt"}, CLAIMS),
    "a type that is a list": sealed(HEADER | {"typ": ["JWT"]}, CLAIMS),
    "a type that is an object": sealed(HEADER | {"typ": {}}, CLAIMS),
    "a kid that is a number": sealed(HEADER | {"kid": 1}, CLAIMS),
    "critical extensions": sealed(HEADER | {"crit": ["exp"], "exp": 1}, CLAIMS),
    "an unencoded payload": sealed(HEADER | {"b64": False, "crit": ["b64"]}, CLAIMS),
    "b64 without crit": sealed(HEADER | {"b64": True}, CLAIMS),
    "two algorithms": sealed(b'{"alg":"none","alg":"HS256"}', CLAIMS),
    "two subjects": sealed(HEADER, f'{{"sub":"a","sub":"b","exp":{NOW + 3600}}}'.encode()),
    "a header that is a list": sealed(b'["alg","HS256"]', CLAIMS),
    "a header that is no JSON": sealed(b"alg: HS256", CLAIMS),
    "a header that is no UTF-8": sealed(b'{"alg":"HS256","x":"\xff"}', CLAIMS),
    "a header nested three thousand deep": sealed(
        b'{"alg":"HS256","x":' + b"[" * 3000 + b"]" * 3000 + b"}", b"{}"
    ),
    "a payload that is a list": sealed(HEADER, b"[1]"),
    "a payload that is no JSON": sealed(HEADER, b"sub=alice"),
    "a payload nested two thousand deep": sealed(HEADER, b'{"sub":' + b"[" * 2000 + b"]" * 2000 + b"}"),
    "a changed payload": with_changed_payload(),
    "another spelling of the signature": with_another_spelling_of_the_signature(),
    "another spelling of the payload": with_another_spelling_of_the_payload(),
    "no signature": sealed(HEADER, CLAIMS).rpartition(".")[0] + ".",
    "two parts": sealed(HEADER, CLAIMS).rpartition(".")[0],
    "four parts": sealed(HEADER, CLAIMS) + ".AAAA",
    "five parts, as encrypted tokens have": sealed(HEADER, CLAIMS) + ".AAAA.AAAA",
    "padding": sealed(HEADER, CLAIMS) + "=",
    "no JWT": "FCnYUP0iM4F7RqV3SggL58oLIEMib5Uw",
    "8193 bytes": oversized(MAX_TOKEN_BYTES + 1),
    "no exp": sealed(HEADER, claims(exp=DELETED)),
    "exp null": sealed(HEADER, claims(exp=None)),
    "exp a string": sealed(HEADER, claims(exp=str(NOW + 3600))),
    "exp true": sealed(HEADER, claims(exp=True)),
    "exp 1e300": sealed(HEADER, claims(exp=1e300)),
    "exp infinite": sealed(HEADER, f'{{"sub":"a","exp":{"9" * 400}}}'.encode()),
    "exp NaN": sealed(HEADER, b'{"sub":"a","exp":NaN}'),
    "exp of five thousand digits": sealed(HEADER, f'{{"sub":"a","exp":{"9" * 5000}}}'.encode()),
    "exp negative": sealed(HEADER, claims(exp=-1)),
    "exp ten years ahead": sealed(HEADER, claims(exp=NOW + 10 * YEAR)),
    "iat years back, to live for ten years": sealed(HEADER, claims(iat=NOW - 9 * YEAR, exp=NOW + YEAR // 2)),
    "iat ahead": sealed(HEADER, claims(iat=NOW + 600)),
    "iat a string": sealed(HEADER, claims(iat="now")),
    "nbf ahead": sealed(HEADER, claims(nbf=NOW + 600)),
    "nbf a string": sealed(HEADER, claims(nbf="now")),
    "no user": sealed(HEADER, claims(sub=DELETED)),
    "an empty user": sealed(HEADER, claims(sub="")),
    "an empty user before another claim": sealed(HEADER, claims(sub="", id="a")),
    "a blank user": sealed(HEADER, claims(sub="  ")),
    "a user with a NUL": sealed(HEADER, claims(sub="a\x00b")),
    "a user with half a character": sealed(HEADER, claims(sub="a\ud800")),
    "a user with a line break": sealed(HEADER, claims(sub="a\nb")),
    "a user of 5 kB": sealed(HEADER, claims(sub="a" * 5000)),
    "a user that is true": sealed(HEADER, claims(sub=True)),
    "a user that is a fraction": sealed(HEADER, claims(sub=1.5)),
    "a user that is a list": sealed(HEADER, claims(sub=["a"])),
    "a user that is an object": sealed(HEADER, claims(sub={"id": "a"})),
    "an e-mail only": sealed(HEADER, claims(sub=DELETED, email="alice@example.com")),
    "an e-mail verification link": sealed(
        {"alg": "HS256"}, {"email": "alice@example.com", "iat": NOW, "exp": NOW + 3600}
    ),
    "a change-of-address link": sealed(
        {"alg": "HS256"},
        {"email": "a@example.com", "updateTo": "b@example.com", "iat": NOW, "exp": NOW + 3600},
    ),
    "a cookie cache": sealed(
        {"alg": "HS256"},
        {"session": {"token": "t", "userId": "a"}, "user": {"id": "a"}, "iat": NOW, "exp": NOW + 300},
    ),
    "a refresh token": sealed(HEADER, claims(type="refresh")),
    "a login link": sealed(HEADER, claims(type="login-link")),
    "a type claim that is a list": sealed(HEADER, claims(type=["access"])),
}


@pytest.mark.parametrize("token", ATTACKS.values(), ids=ATTACKS.keys())
async def test_an_unsound_token_is_refused(app: FastAPI, token: str) -> None:
    response = await ask(app, f"Bearer {token}")

    body = response.json()
    assert (response.status_code, body["error"], body["code"]) == (401, "Unauthorized", "invalid_token")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert token[:200] not in response.text


async def test_an_expired_token_is_told_as_such(app: FastAPI) -> None:
    response = await ask(app, f"Bearer {sealed(HEADER, claims(iat=NOW - 3600, exp=NOW - 40))}")

    assert (response.status_code, response.json()["code"]) == (401, "token_expired")


GOOD = sealed(HEADER, CLAIMS)
HEADERS: dict[str, list[bytes | str]] = {
    "two tokens": [f"Bearer {GOOD}", f"Bearer {GOOD}"],
    "a good one behind a bad one": ["Bearer bad", f"Bearer {GOOD}"],
    "a basic credential": ["Basic YWxpY2U6c2VjcmV0"],
    "a token under Basic": [f"Basic {GOOD}"],
    "no scheme": [GOOD],
    "no token": ["Bearer "],
    "two tokens in one header": [f"Bearer {GOOD}, Bearer {GOOD}"],
    "a token with something behind": [f"Bearer {GOOD} more"],
    "letters beyond ASCII": [f"Bearer {GOOD}é".encode("latin-1")],
    "bytes that are no letters": [b"Bearer \xff\xfe\xfd"],
}


@pytest.mark.parametrize("values", HEADERS.values(), ids=HEADERS.keys())
async def test_an_odd_authorization_header_is_refused(app: FastAPI, values: list[bytes | str]) -> None:
    response = await ask(app, *values)

    assert response.status_code == 401
    assert response.json()["code"] in ("unauthenticated", "invalid_token")


async def test_no_header_is_told_as_a_missing_credential(app: FastAPI) -> None:
    response = await ask(app)

    assert (response.status_code, response.json()["code"]) == (401, "missing_credential")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
async def test_the_scheme_is_read_in_any_letter_case(app: FastAPI, scheme: str) -> None:
    response = await ask(app, f"{scheme} {GOOD}")

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("times", "refusal"),
    [
        ({"exp": 1 - LEEWAY_SECONDS}, None),
        ({"exp": -LEEWAY_SECONDS}, ExpiredToken),
        ({"exp": 60, "nbf": LEEWAY_SECONDS}, None),
        ({"exp": 60, "nbf": LEEWAY_SECONDS + 1}, InvalidToken),
        ({"exp": 60, "iat": LEEWAY_SECONDS}, None),
        ({"exp": 60, "iat": LEEWAY_SECONDS + 1}, InvalidToken),
        ({"exp": MAX_LIFETIME_SECONDS}, None),
        ({"exp": MAX_LIFETIME_SECONDS + LEEWAY_SECONDS + 1}, InvalidToken),
        ({"exp": MAX_LIFETIME_SECONDS, "iat": -LEEWAY_SECONDS - 1}, InvalidToken),
    ],
)
async def test_times_are_exact_to_the_second_and_the_leeway(
    times: dict[str, int], refusal: type[InvalidToken] | None
) -> None:
    seconds = {name: int(THEN.timestamp()) + offset for name, offset in times.items()}
    token = sealed(HEADER, {"sub": "alice"} | seconds)

    verdict = await _refusal_of(verifier_for(), token)

    assert verdict is refusal


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"iss": "https://todo.example", "aud": "api"}, None),
        ({"iss": "https://todo.example", "aud": ["other", "api"]}, None),
        ({"iss": "https://todo.example"}, InvalidToken),
        ({"aud": "api"}, InvalidToken),
        ({"iss": "https://else.example", "aud": "api"}, InvalidToken),
        ({"iss": ["https://todo.example"], "aud": "api"}, InvalidToken),
        ({"iss": "https://todo.example", "aud": "API"}, InvalidToken),
        ({"iss": "https://todo.example", "aud": {"api": 1}}, InvalidToken),
        ({"iss": "https://todo.example", "aud": []}, InvalidToken),
    ],
)
async def test_a_configured_issuer_and_audience_are_required(
    given: dict[str, Any], refusal: type[InvalidToken] | None
) -> None:
    verifier = verifier_for(jwt_issuer="https://todo.example", jwt_audience="api")
    token = sealed(HEADER, {"sub": "alice", "exp": int(THEN.timestamp()) + 60} | given)

    verdict = await _refusal_of(verifier, token)

    assert verdict is refusal


async def _refusal_of(verifier: JwtVerifier, token: str) -> type[InvalidToken] | None:
    try:
        await verifier.verify(token, THEN)
    except InvalidToken as error:
        return type(error)
    return None
