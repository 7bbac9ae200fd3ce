"""How often somebody may try: signing up by address, passwords by account and by address.

Five wrong passwords in a quarter of an hour end the guessing of one address at one account. An account as a
whole bears more, since whoever could close it with a few would lock its owner out; it still bears fewer than
the 100 of NIST SP 800-63B §5.2.2 in an hour. An address bears more again: many people may share one.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from src.accounts.errors import PasswordsBusy
from src.core.addresses import site_of
from src.core.database import Database
from src.core.shared_limits import Limit, RateLimitExceeded, SharedLimits, limit_key

OF_ACCOUNT_AND_ADDRESS = (Limit(5, 15 * 60),)
OF_ACCOUNT = (Limit(50, 60 * 60),)
OF_ADDRESS = (Limit(100, 60 * 60),)
SIGN_UPS_OF_ADDRESS = (Limit(30, 60), Limit(200, 60 * 60))
_TOO_MANY = "Too many wrong passwords lately; try again later."


class Attempts:
    """Counts attempts before anything is checked, so that guesses at the same moment count one by one."""

    def __init__(self, database: Database) -> None:
        self._limits = SharedLimits(database)

    async def sign_up(self, address: str, now: datetime) -> None:
        """Count a sign-up; raises `RateLimitExceeded`."""
        await self._limits.take(limit_key("sign-up", site_of(address)), SIGN_UPS_OF_ADDRESS, now)

    @asynccontextmanager
    async def password(self, email: str, address: str, now: datetime) -> AsyncIterator[None]:
        """Count a password that is checked inside; only what raises goes on counting.

        Raises:
            RateLimitExceeded: too many were wrong lately.
        """
        both = limit_key("password", email, site_of(address))
        apart = {
            limit_key("password-of-account", email): OF_ACCOUNT,
            limit_key("password-of-address", site_of(address)): OF_ADDRESS,
        }
        await self._take({both: OF_ACCOUNT_AND_ADDRESS} | apart, now)
        try:
            yield
        except PasswordsBusy:
            await self._give_back((both, *apart), now)
            raise
        await self._limits.clear(both)
        await self._give_back(apart, now)

    async def _take(self, limits_of: Mapping[str, Sequence[Limit]], now: datetime) -> None:
        try:
            await self._limits.take_all(limits_of, now)
        except RateLimitExceeded as error:
            raise RateLimitExceeded(error.allowance, _TOO_MANY) from error

    async def _give_back(self, keys: Iterable[str], now: datetime) -> None:
        for key in keys:
            await self._limits.give_back(key, now)
