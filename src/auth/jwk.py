"""Public keys as a server publishes them: each is pinned to the one algorithm it may be used with."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWTError
from jwt.algorithms import Algorithm, get_default_algorithms

from src.auth.jws import KEY_ALGORITHMS, strict_object

MAX_KEYS = 100
MAX_KID_LENGTH = 255
_ALGORITHMS_OF: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("OKP", "Ed25519"): ("EdDSA",),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-521"): ("ES512",),
    ("RSA", None): ("RS256", "PS256"),
}
_RSA_BITS = range(2048, 8193)
_VERIFIERS: dict[str, Algorithm] = {name: get_default_algorithms()[name] for name in KEY_ALGORITHMS}


class UnusableKeys(ValueError):
    """What was published is no set of keys."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key and its algorithm; what a token's header announces is compared, and chooses nothing."""

    algorithm: str
    _key: Any

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        return _VERIFIERS[self.algorithm].verify(message, self._key, signature)


def parse_key_set(text: bytes) -> dict[str, PublicKey]:
    """The usable keys of a JWK set by their `kid` (RFC 7517 §5); those of other kinds are passed over.

    Raises:
        UnusableKeys: it is no such set, or has more than 100 keys.
    """
    try:
        keys = strict_object(text).get("keys")
    except (ValueError, RecursionError) as error:
        raise UnusableKeys("no JSON object") from error
    if not isinstance(keys, list) or not all(isinstance(each, dict) for each in keys):
        raise UnusableKeys("no list of keys")
    if len(keys) > MAX_KEYS:
        raise UnusableKeys("too many keys")
    # Two keys of one name would let their order decide which is believed.
    given = Counter(str(each.get("kid")) for each in keys)
    return {
        each["kid"]: key for each in keys if given[str(each.get("kid"))] == 1 and (key := _public_key(each))
    }


def _public_key(jwk: Mapping[str, Any]) -> PublicKey | None:
    algorithm = _algorithm_of(jwk)
    if algorithm is None or not _may_verify(jwk):
        return None
    try:
        key = _VERIFIERS[algorithm].from_jwk(dict(jwk))
    except (PyJWTError, ValueError, TypeError, OverflowError):
        return None
    if isinstance(key, RSAPublicKey) and key.key_size not in _RSA_BITS:
        return None
    return PublicKey(algorithm, key)


def _algorithm_of(jwk: Mapping[str, Any]) -> str | None:
    """The algorithm of a key's kind and curve, which its own `alg` must not contradict."""
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if not isinstance(kind, str) or not isinstance(curve, str | None):
        return None
    possible = _ALGORITHMS_OF.get((kind, curve))
    if possible is None:
        return None
    named = jwk.get("alg", possible[0])
    return named if named in possible else None


def _may_verify(jwk: Mapping[str, Any]) -> bool:
    """Whether it is a named public key for signatures; one published with its private part is nobody's."""
    kid, operations = jwk.get("kid"), jwk.get("key_ops", ["verify"])
    return (
        isinstance(kid, str)
        and 0 < len(kid) <= MAX_KID_LENGTH
        and jwk.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and "d" not in jwk
    )
