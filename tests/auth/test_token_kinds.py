"""Which signed tokens are taken: by secret, by published key, of own accounts; and for how long."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from src.auth.account_tokens import ACCOUNT_AUDIENCE, ACCOUNT_ISSUER, account_token
from src.auth.context import InvalidToken
from src.auth.identity import EVERY_SCOPE, Audience, CredentialKind, Identity
from src.auth.tokens import JwtVerifier, secrets_of
from src.auth.verified_tokens import MAX_TOKENS, VerifiedToken, VerifiedTokens
from src.core.config import Environment, Settings
from tests.auth.issuing import (
    DELETED,
    ED25519,
    HOME,
    KEYS,
    KeyServer,
    SignedOut,
    encoded,
    sealed,
    verifier_for,
    without_deleted,
)
from tests.factories import NOW, SECRET

SECONDS = int(NOW.timestamp())
BY_SECRET: dict[str, Any] = {"sub": "ann", "iat": SECONDS, "exp": SECONDS + 900}
BY_KEY = BY_SECRET | {"iss": HOME, "aud": HOME}
ACCOUNT = BY_SECRET | {"iss": ACCOUNT_ISSUER, "aud": ACCOUNT_AUDIENCE, "jti": "token-1", "type": "access"}
OTHER_SECRET = "another-secret-of-the-tests-0123456789"


def keyed(**changes: Any) -> str:
    header = {"typ": changes.pop("typ")} if "typ" in changes else {}
    return ED25519.sign(without_deleted(BY_KEY | changes), **header)


def with_header(header: bytes) -> str:
    return ".".join([encoded(header), *keyed().split(".")[1:]])


def of_account(**changes: Any) -> str:
    return sealed({"alg": "HS256", "typ": "JWT"}, without_deleted(ACCOUNT | changes))


def by_secret(secret: str = SECRET, **changes: Any) -> str:
    return sealed({"alg": "HS256"}, BY_SECRET | changes, secret=secret)


def frontend(**settings: Any) -> JwtVerifier:
    return verifier_for(KeyServer(*KEYS.values()), **{"better_auth_url": HOME} | settings)


async def is_let_in(verifier: JwtVerifier, shown: str, *, after: float = 0) -> bool:
    try:
        await verifier.verify(shown, NOW + timedelta(seconds=after))
    except InvalidToken:
        return False
    return True


@pytest.mark.parametrize(
    "shown",
    [keyed(), keyed(typ="JWT"), keyed(aud=["other", HOME]), keyed(id="other", email=None, role="admin")],
)
async def test_a_token_of_the_frontends_key_is_let_in(shown: str) -> None:
    identity = await frontend().verify(shown, NOW)

    assert (identity.user_id, identity.kind, identity.scopes) == ("ann", CredentialKind.JWKS_JWT, EVERY_SCOPE)


PEM = ED25519.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
REFUSED_KEYED = {
    "signed with the public key as the secret, PEM": sealed(
        {"alg": "HS256", "kid": "ed"}, BY_KEY, secret=PEM
    ),
    "the same, stripped": sealed({"alg": "HS256", "kid": "ed"}, BY_KEY, secret=PEM.strip()),
    "the same, its x": sealed({"alg": "HS256", "kid": "ed"}, BY_KEY, secret=ED25519.jwk["x"]),
    "the secret's signature under the key's algorithm": sealed({"alg": "EdDSA", "kid": "ed"}, BY_KEY),
    "none": with_header(b'{"alg":"none","kid":"ed"}'),
    "an algorithm that is a list": sealed({"alg": ["EdDSA"], "kid": "ed"}, BY_KEY),
    "another algorithm announced": ED25519.sign(BY_KEY, alg="RS256"),
    "an attacker's key in the header": KEYS["ES256"].sign(BY_KEY, kid="ed", jwk=KEYS["ES256"].jwk),
    "no kid": ED25519.sign(BY_KEY, kid=DELETED),
    "a kid that is a path": ED25519.sign(BY_KEY, kid="../ed"),
    "a kid that is a number": ED25519.sign(BY_KEY, kid=1),
    "a kid that is null": ED25519.sign(BY_KEY, kid=None),
    "critical extensions": ED25519.sign(BY_KEY, crit=["exp"]),
    "an OAuth access token": keyed(typ="at+jwt"),
    "a cached session by its type": keyed(typ="better-auth.session-cache+jwt"),
    "a cached session by its claims": keyed(session={"id": "1"}, user={"id": "ann"}),
    "a cached session by its audience": keyed(aud="better-auth:session-cache"),
    "an identity token": keyed(iss=f"{HOME}/api/auth", aud="client-1"),
    "an identity token of our own issuer": keyed(aud="client-1"),
    "an identity token by its nonce": keyed(nonce="n"),
    "another issuer": keyed(iss="https://evil.example"),
    "no issuer": keyed(iss=DELETED),
    "an issuer that is a list": keyed(iss=[HOME]),
    "an issuer with a slash": keyed(iss=f"{HOME}/"),
    "another audience": keyed(aud="https://evil.example"),
    "no audience": keyed(aud=DELETED),
    "bound to a key": keyed(cnf={"jkt": "x"}),
    "a link of an e-mail": keyed(requestType="change-email-verification", updateTo="b@example.com"),
    "no end": keyed(exp=DELETED),
    "no user": keyed(sub=DELETED),
}


@pytest.mark.parametrize("shown", REFUSED_KEYED.values(), ids=REFUSED_KEYED.keys())
async def test_what_the_key_signed_for_something_else_is_refused(shown: str) -> None:
    assert not await is_let_in(frontend(), shown)


@pytest.mark.parametrize(
    "changes",
    [
        {"updateTo": "b@example.com"},
        {"requestType": "change-email-confirmation"},
        {"purpose": "password-reset"},
        {"session": {"token": "t"}, "user": {"id": "ann"}},
        {"type": "refresh"},
    ],
)
async def test_what_the_secret_signed_for_something_else_is_refused(changes: dict[str, Any]) -> None:
    assert not await is_let_in(frontend(), by_secret(**changes))


@pytest.mark.parametrize(
    ("settings", "secret", "eddsa", "es256"),
    [
        ({}, True, True, True),
        ({"better_auth_url": None}, True, False, False),
        ({"jwt_algorithm": "EdDSA"}, False, True, False),
        ({"jwt_algorithm": "EdDSA", "environment": Environment.PRODUCTION}, False, True, False),
        ({"jwt_algorithm": "EdDSA", "environment": Environment.DEVELOPMENT}, True, True, False),
        ({"jwt_issuer": "https://id.example"}, False, False, False),
    ],
)
async def test_settings_say_how_tokens_are_signed(
    settings: dict[str, Any], secret: bool, eddsa: bool, es256: bool
) -> None:
    verifier = frontend(**settings)

    found = [await is_let_in(verifier, shown) for shown in (by_secret(), keyed(), KEYS["ES256"].sign(BY_KEY))]

    assert found == [secret, eddsa, es256]


@pytest.mark.parametrize(
    ("settings", "issuer", "audience"),
    [
        ({"better_auth_url": "https://App.Example:443/api/auth"}, HOME, HOME),
        ({"better_auth_url": "http://localhost:3000"}, "http://localhost:3000", "http://localhost:3000"),
        (
            {"better_auth_url": None, "jwks_url": "https://id.example/keys"},
            "https://id.example",
            "https://id.example",
        ),
        ({"jwks_url": "http://web:3000/api/auth/jwks"}, HOME, HOME),
        ({"jwt_issuer": "todo-app"}, "todo-app", HOME),
        ({"jwt_audience": "todo-app"}, HOME, "todo-app"),
    ],
)
async def test_issuer_and_audience_are_the_configured_ones_else_the_frontends_origin(
    settings: dict[str, Any], issuer: str, audience: str
) -> None:
    verifier = frontend(**settings)

    found = [
        await is_let_in(verifier, keyed(iss=iss, aud=aud))
        for iss, aud in ((issuer, audience), ("https://x.example", audience), (issuer, "https://x.example"))
    ]

    assert found == [True, False, False]


async def test_every_secret_in_rotation_verifies() -> None:
    settings = Settings(
        _env_file=None,
        better_auth_secrets=SecretStr(f"3:{SECRET},2:{OTHER_SECRET}"),
        better_auth_secret=SecretStr("the-one-before-rotation-0123456789"),
    )
    secrets = secrets_of(settings, SecretStr(SECRET))
    verifier = verifier_for(secrets=secrets)

    found = [
        await is_let_in(verifier, by_secret(each))
        for each in (*secrets, "a-stranger's-secret-0123456789-abc")
    ]

    assert secrets[0] == SECRET
    assert found == [True, True, True, False]


@pytest.mark.parametrize("shown", ["é" * 100, "\ud800.a.b", "a.b.c" * 1_000_000, "", "..", "a.b.c\n"])
async def test_what_cannot_be_a_token_is_refused_unread(shown: str) -> None:
    assert not await is_let_in(frontend(), shown)


async def test_an_accounts_token_speaks_for_its_user_until_it_is_signed_out() -> None:
    accounts = SignedOut()
    verifier = verifier_for(accounts=accounts)
    shown = account_token(
        SECRET,
        user_id="ann",
        email="ann@example.com",
        token_id="token-1",
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )

    identity = await verifier.verify(shown, NOW)
    accounts.tokens.add("token-1")
    after = await is_let_in(verifier, shown)

    assert (identity.user_id, identity.email, identity.token_id) == ("ann", "ann@example.com", "token-1")
    assert (identity.kind, identity.expires_at) == (CredentialKind.ACCOUNT_TOKEN, SECONDS + 3600)
    assert not after


REFUSED_ACCOUNT = {
    "another audience": of_account(aud="api"),
    "no audience": of_account(aud=DELETED),
    "no name of its own": of_account(jti=DELETED),
    "a name that is a number": of_account(jti=1),
    "no type": of_account(type=DELETED),
    "a refresh token": of_account(type="refresh"),
    "another user's": of_account(sub="bob"),
    "a user in another claim": of_account(sub=DELETED, id="ann"),
    "expired": of_account(iat=SECONDS - 900, exp=SECONDS - 60),
    "another secret": sealed({"alg": "HS256"}, ACCOUNT, secret=OTHER_SECRET),
    "a published key": ED25519.sign(ACCOUNT),
    "an access token's type": sealed({"alg": "HS256", "typ": "at+jwt"}, ACCOUNT),
}


@pytest.mark.parametrize("shown", REFUSED_ACCOUNT.values(), ids=REFUSED_ACCOUNT.keys())
async def test_what_is_no_accounts_token_is_refused(shown: str) -> None:
    assert not await is_let_in(frontend(accounts=SignedOut()), shown)


async def test_without_accounts_their_tokens_are_worth_nothing() -> None:
    assert await is_let_in(verifier_for(accounts=SignedOut()), of_account())
    assert not await is_let_in(verifier_for(), of_account())


async def test_an_accounts_token_needs_no_issuer_of_the_frontends() -> None:
    verifier = verifier_for(accounts=SignedOut(), jwt_issuer=HOME, jwt_audience=HOME)

    assert await is_let_in(verifier, of_account())


async def test_a_token_is_remembered_no_longer_than_half_a_minute_and_never_beyond_its_end() -> None:
    server = KeyServer(ED25519)
    verifier = verifier_for(server, better_auth_url=HOME)
    brief, long = keyed(exp=SECONDS + 1), keyed()
    server.published = {"keys": [ED25519.jwk]}
    assert await is_let_in(verifier, brief)
    assert await is_let_in(verifier, long, after=280)
    server.published = {"keys": []}

    found = [await is_let_in(verifier, long, after=seconds) for seconds in (309, 310)]

    assert found == [True, False]
    assert not await is_let_in(verifier, brief, after=31)


async def test_a_remembered_token_is_not_valid_before_its_time() -> None:
    verifier = frontend()

    found = [await is_let_in(verifier, by_secret(), after=seconds) for seconds in (0, -600)]

    assert found == [True, False]


@pytest.mark.parametrize(
    ("email", "told"), [("a@example.com", "a@example.com"), ("a" * 321, None), (["a"], None)]
)
async def test_an_email_that_is_none_is_not_told(email: Any, told: str | None) -> None:
    identity = await frontend().verify(by_secret(email=email), NOW)

    assert identity.email == told


def test_the_memory_of_tokens_is_bounded_and_keeps_those_seen_last() -> None:
    memory = VerifiedTokens()
    verified = VerifiedToken(Identity("ann", CredentialKind.JWKS_JWT))
    memory.add("first", Audience.API, 0, verified)
    memory.add("second", Audience.API, 0, verified)
    memory.get("first", Audience.API, 1)

    for number in range(MAX_TOKENS - 1):
        memory.add(f"token-{number}", Audience.API, 0, verified)

    assert memory.get("first", Audience.API, 1) is verified
    assert memory.get("second", Audience.API, 1) is None
    assert memory.get("first", Audience.MCP, 1) is None
