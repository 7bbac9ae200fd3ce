"""What a personal access token looks like: a prefix to find leaks by, chance, and a checksum.

As GitHub's (prefix, base62, CRC32): scanners of leaked secrets know it by its shape, and what somebody
mistyped or made up is refused without asking the database.
"""

import hashlib
import re
import secrets
import string
import zlib

from src.auth.authenticator import PERSONAL_TOKEN_PREFIX

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_LENGTH = 32
_CHECKSUM_LENGTH = 6
_SHAPE = re.compile(rf"{PERSONAL_TOKEN_PREFIX}[0-9A-Za-z]{{{_RANDOM_LENGTH + _CHECKSUM_LENGTH}}}")


def new_token() -> str:
    """A token nobody can guess: 32 random base62 characters are 190 bits."""
    body = PERSONAL_TOKEN_PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return body + _checksum(body)


def is_well_formed(token: str) -> bool:
    """Whether the prefix, the length and the checksum fit: true of all that were ever issued."""
    is_shaped = _SHAPE.fullmatch(token) is not None
    return is_shaped and _checksum(token[:-_CHECKSUM_LENGTH]) == token[-_CHECKSUM_LENGTH:]


def hash_of(token: str) -> bytes:
    """What is stored of a token: its SHA-256, which needs no salt or work factor for that much chance."""
    return hashlib.sha256(token.encode()).digest()


def hint_of(token: str) -> str:
    """What a person knows a token by: the prefix and the last four characters, which are checksum."""
    return f"{PERSONAL_TOKEN_PREFIX}…{token[-4:]}"


def _checksum(body: str) -> str:
    """The CRC32 as six base62 digits, the greatest place first."""
    rest, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
