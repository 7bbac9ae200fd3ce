"""What signs tokens in these tests: shared secrets, keys of every kind, and a server that publishes them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from src.auth.account_tokens import AccountSessions
from src.auth.credentials import Credential
from src.auth.identity import Identity
from src.auth.tokens import JwtVerifier, jwt_verifier
from src.core.config import Environment, Settings
from tests.factories import SECRET

HOME = "https://app.example"
JWKS_URL = f"{HOME}/api/auth/jwks"
AUTHORIZATION_SERVER = f"{HOME}/api/auth"
RESOURCE = "https://todo.example/api/mcp"

Answer = Callable[[httpx.Request], httpx.Response]


DELETED = object()
"""Stands for what a claim or header shall not say at all."""


def without_deleted(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not DELETED}


class SigningKey:
    """A private key, and how its public half is published."""

    def __init__(self, algorithm: str, kid: str, private: Any) -> None:
        self.algorithm = algorithm
        self.kid = kid
        self.private = private

    @property
    def jwk(self) -> dict[str, Any]:
        public = get_default_algorithms()[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        public.pop("key_ops", None)
        return {**public, "alg": self.algorithm, "kid": self.kid}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token with the header that Better Auth writes, and what is added to it."""
        whole = without_deleted({"alg": self.algorithm, "kid": self.kid} | header)
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (whole, claims))
        signature = get_default_algorithms()[self.algorithm].sign(signed.encode(), self.private)
        return f"{signed}.{encoded(signature)}"


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def sealed(header: bytes | dict[str, Any], payload: bytes | dict[str, Any], *, secret: str = SECRET) -> str:
    """A token put together by hand, with a true HS256 signature whatever its header says."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    signed = ".".join(map(encoded, parts))
    return f"{signed}.{encoded(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


_RSA = rsa.generate_private_key(65537, 2048)
ED25519 = SigningKey("EdDSA", "ed", ed25519.Ed25519PrivateKey.generate())
KEYS = {
    "EdDSA": ED25519,
    "ES256": SigningKey("ES256", "p256", ec.generate_private_key(ec.SECP256R1())),
    "ES512": SigningKey("ES512", "p521", ec.generate_private_key(ec.SECP521R1())),
    "RS256": SigningKey("RS256", "rsa", _RSA),
    "PS256": SigningKey("PS256", "pss", _RSA),
}


def key_set(*keys: SigningKey | dict[str, Any]) -> dict[str, Any]:
    return {"keys": [key.jwk if isinstance(key, SigningKey) else key for key in keys]}


class KeyServer:
    """Publishes keys, counts who asks, and can be away."""

    def __init__(self, *keys: SigningKey | dict[str, Any]) -> None:
        self.published: Any = key_set(*keys)
        self.answer: Answer | None = None
        self.asked: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.answer is not None:
            return self.answer(request)
        return httpx.Response(200, content=json.dumps(self.published))

    def goes_away(self) -> None:
        def refuse(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused", request=request)

        self.answer = refuse


class Sessions:
    """A session directory that knows which ones are over."""

    def __init__(self, *over: str) -> None:
        self.over = set(over)

    async def find(self, credential: Credential, now: datetime) -> Identity:
        raise NotImplementedError(credential, now)

    async def is_alive(self, session_id: str, now: datetime) -> bool:
        del now
        return session_id not in self.over


class SignedOut:
    """Account sessions of which some were signed out."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()

    async def is_alive(self, token_id: str, user_id: str) -> bool:
        return (token_id, user_id) == ("token-1", "ann") and token_id not in self.tokens


def verifier_for(
    server: Any = None,
    *,
    secrets: Sequence[str] = (SECRET,),
    sessions: Sessions | None = None,
    accounts: AccountSessions | None = None,
    **settings: Any,
) -> JwtVerifier:
    """The verifier of some settings, whose published keys are a key server's where one is given."""
    environment = settings.pop("environment", Environment.TEST)
    return jwt_verifier(
        Settings(_env_file=None, environment=environment, **settings),
        secrets,
        http=httpx.AsyncClient(transport=httpx.MockTransport(server or KeyServer())),
        sessions=sessions or Sessions(),
        account_sessions=accounts,
    )
