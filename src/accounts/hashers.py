"""Password hashes: ours, and those of other makers, which are accepted until their owner signs in."""

import hashlib
import hmac
import re

import bcrypt
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.base import ensure_bytes, ensure_str
from pwdlib.hashers.bcrypt import BcryptHasher

_MOST_BCRYPT_BYTES = 72
_SCRYPT = re.compile(r"([0-9a-f]{32}):([0-9a-f]{128})")
_SCRYPT_MEMORY = 64 * 1024 * 1024


def password_hash(*, passes: int, memory_kib: int, lanes: int) -> PasswordHash:
    """Makes Argon2id of a cost, and reads it beside bcrypt and Better Auth's scrypt."""
    argon2id = Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
    return PasswordHash((argon2id, ImportedBcryptHasher(), BetterAuthHasher()))


class ImportedBcryptHasher(BcryptHasher):
    """Bcrypt as most libraries have used it: only the first 72 bytes of a password count."""

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002 - pwdlib names it so.
        return bcrypt.checkpw(ensure_bytes(password)[:_MOST_BCRYPT_BYTES], ensure_bytes(hash))


class BetterAuthHasher:
    """Better Auth's own scrypt, `salt:key` in hexadecimal; the salt is the text, not what it spells."""

    @classmethod
    def identify(cls, hash: str | bytes) -> bool:  # noqa: A002 - pwdlib names it so.
        return _SCRYPT.fullmatch(ensure_str(hash)) is not None

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        raise NotImplementedError("New passwords are hashed by Argon2id.")

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002 - pwdlib names it so.
        salt, _, key = ensure_str(hash).partition(":")
        made = hashlib.scrypt(
            ensure_bytes(password), salt=salt.encode(), n=16384, r=16, p=1, dklen=64, maxmem=_SCRYPT_MEMORY
        )
        return hmac.compare_digest(made.hex(), key)

    def check_needs_rehash(self, hash: str | bytes) -> bool:  # noqa: A002 - pwdlib names it so.
        del hash
        return True
