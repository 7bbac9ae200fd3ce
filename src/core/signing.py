"""Tokens that this service signs itself: JWTs with the shared secret (RFC 7519)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

_HEADER = {"alg": "HS256", "typ": "JWT"}


def signed_with_secret(claims: Mapping[str, Any], secret: str) -> str:
    """A token in compact form with an HS256 signature (RFC 7515 §3.1, RFC 7518 §3.2)."""
    signed = b".".join(_encoded(json.dumps(part).encode()) for part in (_HEADER, claims))
    signature = hmac.digest(secret.encode(), signed, hashlib.sha256)
    return b".".join((signed, _encoded(signature))).decode()


def _encoded(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")
