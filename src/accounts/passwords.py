"""Hashing and checking passwords: off the event loop, a few at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pwdlib.exceptions import UnknownHashError

from src.accounts.errors import PasswordsBusy
from src.accounts.password_rules import normalised_password

if TYPE_CHECKING:
    from pwdlib import PasswordHash

_AT_ONCE = 2
"""Each takes 64 MiB, and a core for a tenth of a second."""
_WAIT_SECONDS = 10.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs."""

    passes: int
    memory_kib: int
    lanes: int


RFC_9106_COST = Cost(passes=3, memory_kib=64 * 1024, lanes=4)
"""The second recommended option of RFC 9106 §4."""


class Passwords:
    """Argon2id for new passwords; bcrypt and Better Auth's scrypt are read, to be replaced."""

    def __init__(self, cost: Cost = RFC_9106_COST, *, wait_seconds: float = _WAIT_SECONDS) -> None:
        self._cost = cost
        # No password has this hash, and to find that out takes as long as with any other.
        parameters = f"m={cost.memory_kib},t={cost.passes},p={cost.lanes}"
        self._hash_of_nobody = f"$argon2id$v=19${parameters}${'A' * 22}${'A' * 43}"
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._wait_seconds = wait_seconds

    async def hashed(self, password: str) -> str:
        """A hash to keep; raises `PasswordsBusy` where no turn comes in time."""
        return await self._in_turn(lambda: self._hash.hash(normalised_password(password)))

    async def verify(self, password: str, password_hash: str | None) -> tuple[bool, str | None]:
        """Whether the password is the one of the hash, and a hash to keep instead where that is outdated.

        Without a hash it is never right, which takes as long to find out as with one of ours. Imported ones
        take their own time until their owner signs in: to hide that, every wrong password would have to cost
        all three, and whether an email is known is what signing up tells anyway. Raises `PasswordsBusy`.
        """
        return await self._in_turn(lambda: self._verified(normalised_password(password), password_hash))

    @cached_property
    def _hash(self) -> "PasswordHash":
        """Made by the first who has a turn, in that turn's thread."""
        from src.accounts.hashers import password_hash  # noqa: PLC0415 - its libraries are loaded with a password.

        cost = self._cost
        return password_hash(passes=cost.passes, memory_kib=cost.memory_kib, lanes=cost.lanes)

    def _verified(self, password: str, password_hash: str | None) -> tuple[bool, str | None]:
        try:
            return self._hash.verify_and_update(password, password_hash or self._hash_of_nobody)
        except UnknownHashError:
            return False, None

    async def _in_turn(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            raise PasswordsBusy from error
        try:
            return await asyncio.to_thread(work)
        finally:
            self._turns.release()
