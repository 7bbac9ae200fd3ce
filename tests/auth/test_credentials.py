"""Where a credential may stand in a request, and what a session cookie must look like, over HTTP."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from src.auth.credentials import MAX_CREDENTIAL_LENGTH
from src.core.config import Settings
from src.main import create_app
from tests.auth.session_tables import KYSELY, SignedIn, session_tables, signed
from tests.conftest import client_of, running
from tests.factories import token_for

NAME = "better-auth.session_token"
SECURE = f"__Secure-{NAME}"
STRANGER = "B" * 32
PUBLIC_DEFAULT_SECRET = "better-auth-secret-12345678901234567890"


@dataclass(frozen=True)
class Home:
    """A service with one session of Alice's and one of Bob's."""

    app: FastAPI
    alice: SignedIn
    bob: SignedIn


@pytest.fixture(scope="module")
async def home(settings: Settings) -> AsyncIterator[Home]:
    assert settings.database_url is not None
    async with session_tables(settings.database_url.get_secret_value(), KYSELY) as tables:
        alice, bob = await tables.sign_in(), await tables.sign_in()
        app = create_app(settings.model_copy(update={"better_auth_schema": tables.schema}))
        async with running(app):
            yield Home(app, alice, bob)


async def ask(app: FastAPI, *headers: tuple[str, str | bytes]) -> httpx.Response:
    sent = [(name.encode(), value.encode() if isinstance(value, str) else value) for name, value in headers]
    async with client_of(app, None) as client:
        return await client.get("/api/me/settings", headers=sent)


def encoded(session: SignedIn) -> str:
    return quote(session.signed, safe="")


Cookie = Callable[[SignedIn, SignedIn], str | bytes]
ALICES_COOKIES: dict[str, Cookie] = {
    "percent-encoded, as browsers send it": lambda alice, _: f"{NAME}={encoded(alice)}",
    "decoded": lambda alice, _: f"{NAME}={alice.signed}",
    "quoted": lambda alice, _: f'{NAME}="{encoded(alice)}"',
    "in small hexadecimal letters": lambda alice, _: f"{NAME}={encoded(alice).replace('%3D', '%3d')}",
    "secure": lambda alice, _: f"{SECURE}={encoded(alice)}",
    "secure beside another's plain one": lambda alice, bob: (
        f"{NAME}={encoded(bob)}; {SECURE}={encoded(alice)}"
    ),
    "among others": lambda alice, _: f"theme=dark; {NAME}={encoded(alice)}; lang=de; bare; =; a=b=c",
    "without blanks": lambda alice, _: f"theme=dark;{NAME}={encoded(alice)};lang=de",
    "beside a cookie cache that says otherwise": lambda alice, _: (
        f"better-auth.session_data=eyJhbGciOiJub25lIn0.e30.; {NAME}={encoded(alice)}"
    ),
    "a JWT that an app put there": lambda alice, _: f"{NAME}={token_for(alice.user_id)}",
}


@pytest.mark.parametrize("cookie", ALICES_COOKIES.values(), ids=list(ALICES_COOKIES))
async def test_a_session_cookie_speaks_for_its_user(home: Home, cookie: Cookie) -> None:
    async with client_of(home.app, None) as client:
        sent = cookie(home.alice, home.bob)
        assert isinstance(sent, str)
        response = await client.get(f"/api/{home.alice.user_id}/settings", headers={"Cookie": sent})

    assert response.status_code == 200, response.text


def _with_signature_changed(session: SignedIn, at: int) -> str:
    letters = list(session.signed)
    letters[at] = "A" if letters[at] != "A" else "B"
    return f"{NAME}={quote(''.join(letters), safe='')}"


def _without_padding(alice: SignedIn, _: SignedIn) -> str:
    return f"{NAME}={alice.signed.rstrip('=')}"


def _with_url_safe_signature(alice: SignedIn, _: SignedIn) -> str:
    """Always another spelling: a blank signature would have neither of the two letters."""
    token, _dot, signature = alice.signed.partition(".")
    return f"{NAME}={token}.{signature[:-2].replace('+', '-').replace('/', '_')}-="


def _with_other_spelling_of_the_signature(alice: SignedIn, _: SignedIn) -> str:
    """The last of 43 letters holds two bits that decode to nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet[alphabet.index(alice.signed[-2]) ^ 1]
    return f"{NAME}={quote(alice.signed[:-2] + last + '=', safe='')}"


REFUSED_COOKIES: dict[str, Cookie] = {
    "a raw token": lambda alice, _: f"{NAME}={alice.token}",
    "a raw token with a dot": lambda alice, _: f"{NAME}={alice.token}.",
    "an empty value": lambda _, __: f"{NAME}=",
    "a name alone": lambda _, __: NAME,
    "empty quotes": lambda _, __: f'{NAME}=""',
    "a changed token": lambda alice, _: _with_signature_changed(alice, 0),
    "a changed signature": lambda alice, _: _with_signature_changed(alice, 40),
    "an unpadded signature": _without_padding,
    "a url-safe signature": _with_url_safe_signature,
    "another spelling of the signature": _with_other_spelling_of_the_signature,
    "a signature with blanks": lambda alice, _: f"{NAME}={alice.signed[:40]}%20{alice.signed[40:]}",
    "another's signature": lambda alice, bob: f"{NAME}={alice.token}.{bob.signed.partition('.')[2]}",
    "another secret's signature": lambda alice, _: (
        f"{NAME}={signed(alice.token, 'another-secret-of-somebody-0123456789')}"
    ),
    "Better Auth's public default secret": lambda alice, _: (
        f"{NAME}={signed(alice.token, PUBLIC_DEFAULT_SECRET)}"
    ),
    "an empty secret": lambda alice, _: f"{NAME}={signed(alice.token, '')}",
    "two signatures": lambda alice, _: f"{NAME}={alice.signed}.{alice.signed.partition('.')[2]}",
    "a true signature of nobody's token": lambda _, __: f"{NAME}={signed(STRANGER)}",
    "a true signature of a token with SQL in it": lambda _, __: (
        f"{NAME}={quote(signed('x' * 19 + chr(39) + ' OR ' + chr(39) + '1' + chr(39) + '=1'), safe='')}"
    ),
    "encoded twice": lambda alice, _: f"{NAME}={quote(encoded(alice), safe='')}",
    "a NUL behind it": lambda alice, _: f"{NAME}={encoded(alice)}%00",
    "a line break behind it": lambda alice, _: f"{NAME}={encoded(alice)}%0A",
    "letters beyond ASCII": lambda alice, _: f"{NAME}={alice.token[:-1]}ä.x".encode("latin-1"),
    "half a character": lambda alice, _: f"{NAME}={alice.token}%C3",
    "one letter too many": lambda _, __: f"{NAME}={'A' * (MAX_CREDENTIAL_LENGTH + 1)}",
    "the same cookie twice": lambda alice, _: f"{NAME}={encoded(alice)}; {NAME}={encoded(alice)}",
    "another's before it": lambda alice, bob: f"{NAME}={encoded(bob)}; {NAME}={encoded(alice)}",
    "an empty one before it": lambda alice, _: f"{NAME}=; {NAME}={encoded(alice)}",
    "an empty one behind it": lambda alice, _: f"{NAME}={encoded(alice)}; {NAME}=",
    "a bad secure one beside a good plain one": lambda alice, _: f"{NAME}={encoded(alice)}; {SECURE}=bad",
    "an empty secure one beside a good plain one": lambda alice, _: f"{NAME}={encoded(alice)}; {SECURE}=",
    "a personal access token": lambda _, __: f"{NAME}=todo_pat_{'A' * 43}",
    "an unsigned JWT": lambda _, __: f"{NAME}=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.AA",
}


@pytest.mark.parametrize("cookie", REFUSED_COOKIES.values(), ids=list(REFUSED_COOKIES))
async def test_a_cookie_that_better_auth_did_not_make_is_refused(home: Home, cookie: Cookie) -> None:
    response = await ask(home.app, ("Cookie", cookie(home.alice, home.bob)))

    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")
    assert home.alice.token not in response.text


async def test_a_cookie_sent_in_two_headers_is_a_cookie_sent_twice(home: Home) -> None:
    response = await ask(home.app, ("Cookie", home.bob.cookie), ("Cookie", home.alice.cookie))

    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


NO_COOKIES: dict[str, Cookie] = {
    "another prefix": lambda alice, _: f"neon-auth.session_token={encoded(alice)}",
    "another letter case": lambda alice, _: f"Better-Auth.session_token={encoded(alice)}",
    "a prefix that browsers do not guard": lambda alice, _: f"__secure-{NAME}={encoded(alice)}",
    "a name with a blank that only Python cuts off": lambda alice, _: f"\xa0{SECURE}={encoded(alice)}".encode(
        "latin-1"
    ),
    "a name that ends in one": lambda alice, _: f"{NAME}\x85={encoded(alice)}".encode("latin-1"),
    "the cookie cache alone": lambda _, __: "better-auth.session_data=eyJzZXNzaW9uIjp7fX0",
}


@pytest.mark.parametrize("cookie", NO_COOKIES.values(), ids=list(NO_COOKIES))
async def test_a_cookie_of_another_name_is_none(home: Home, cookie: Cookie) -> None:
    response = await ask(home.app, ("Cookie", cookie(home.alice, home.bob)))

    assert (response.status_code, response.json()["code"]) == (401, "missing_credential")


BAD_HEADERS = {
    "an unknown session": f"Bearer {STRANGER}",
    "a bad signature": f"Bearer {signed(STRANGER, 'another-secret-of-somebody-0123456789')}",
    "no JWT": "Bearer a.b.c",
    "no token": "Bearer ",
    "another scheme": "Basic YWxpY2U6c2VjcmV0",
    "nothing": "",
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=list(BAD_HEADERS))
async def test_a_bad_header_is_not_saved_by_a_good_cookie(home: Home, header: str) -> None:
    response = await ask(home.app, ("Authorization", header), ("Cookie", home.alice.cookie))

    assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


async def test_a_good_header_wins_over_a_cookie_good_or_bad(home: Home) -> None:
    header = {"Authorization": f"Bearer {home.bob.token}"}
    async with client_of(home.app, None) as client:
        verdicts = [
            (await client.get(f"/api/{home.bob.user_id}/settings", headers=header | {"Cookie": cookie}))
            for cookie in (home.alice.cookie, f"{NAME}=bad", f"{home.alice.cookie}; {home.alice.cookie}")
        ]

    assert [each.status_code for each in verdicts] == [200, 200, 200]


async def test_sent_as_a_bearer_token_a_cookie_of_two_parts_is_read_by_its_signature(home: Home) -> None:
    good = await ask(home.app, ("Authorization", f"Bearer {home.alice.signed}"))
    bad = await ask(home.app, ("Authorization", f"Bearer {home.alice.token}.{'A' * 43}="))

    assert (good.status_code, bad.status_code) == (200, 401)
