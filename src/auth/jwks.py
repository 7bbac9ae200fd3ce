"""The public keys of whoever signs our users' tokens, kept near and fetched seldom."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import datetime

from src.auth.context import InvalidToken
from src.auth.jwk import PublicKey, UnusableKeys, parse_key_set
from src.core.errors import ServiceUnavailable

log = logging.getLogger(__name__)

REFRESH_SECONDS = 300
STALE_SECONDS = 24 * 3600
FETCH_TIMEOUT_SECONDS = 5
BUDGET = 3
BUDGET_SECONDS = 10
"""Fetches that may follow each other, and how long one of them takes to come back."""


class JwksUnavailable(ServiceUnavailable):
    """The keys that tokens are checked with cannot be fetched."""

    code = "jwks_unavailable"


class KeysUnreachable(Exception):
    """Whoever publishes the keys does not answer, or answers something else."""


class JwksCache:
    """The keys at one address.

    However many requests ask for a key that is not known, they share one fetch, and fetches are rationed:
    a flood of invented names costs the other server nothing. While that server is away, the keys of the
    last day go on being used.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[bytes]], *, timeout_seconds: float = FETCH_TIMEOUT_SECONDS
    ) -> None:
        self._fetch = fetch
        self._timeout_seconds = timeout_seconds
        self._keys: dict[str, PublicKey] = {}
        self._fetched_at = -math.inf
        self._has_failed = False
        self._flight: asyncio.Task[None] | None = None
        self._budget = _Budget()

    async def find(self, kid: str, now: datetime) -> PublicKey:
        """The key of a name at an instant.

        Raises:
            InvalidToken: there is no such key.
            JwksUnavailable: whether there is one cannot be found out now.
        """
        at = now.timestamp()
        key = self._known(kid, at)
        if key is None or abs(at - self._fetched_at) >= REFRESH_SECONDS:
            await self._renew(at, is_urgent=key is None or not self._has_failed)
            key = self._known(kid, at)
        if key is None and self._has_failed:
            raise JwksUnavailable(
                "The keys that tokens are checked with cannot be fetched; try again shortly.",
                retry_after=self._budget.seconds_to_next(at),
            )
        if key is None:
            raise InvalidToken("The token was signed with a key that its issuer does not publish.")
        return key

    def _known(self, kid: str, at: float) -> PublicKey | None:
        return self._keys.get(kid) if at - self._fetched_at < STALE_SECONDS else None

    async def _renew(self, at: float, *, is_urgent: bool) -> None:
        """Fetch the keys, or join the fetch that is under way, if the budget allows.

        Nobody waits for a server that has just been away as long as the last keys are good enough.
        """
        if self._flight is None and self._budget.take(at):
            self._flight = asyncio.create_task(self._refresh(at))
            self._flight.add_done_callback(self._land)
        if self._flight is not None and is_urgent:
            # Any of those who wait may be cancelled, and the fetch goes on for the others.
            await asyncio.wait({self._flight})

    def _land(self, _: asyncio.Task[None]) -> None:
        self._flight = None

    async def _refresh(self, at: float) -> None:
        has_failed = True
        try:
            async with asyncio.timeout(self._timeout_seconds):
                self._keys = parse_key_set(await self._fetch())
            self._fetched_at, has_failed = at, False
        except (KeysUnreachable, UnusableKeys, TimeoutError) as error:
            log.warning("No keys to check tokens with: %s %s", type(error).__name__, error)
        finally:
            self._has_failed = has_failed


class _Budget:
    """A token bucket: how many more fetches may begin."""

    def __init__(self) -> None:
        self._left = float(BUDGET)
        self._at = -math.inf

    def take(self, at: float) -> bool:
        self._fill(at)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def seconds_to_next(self, at: float) -> int:
        self._fill(at)
        return max(1, math.ceil((1 - self._left) * BUDGET_SECONDS))

    def _fill(self, at: float) -> None:
        # A clock that was set back takes nothing away.
        self._left = min(BUDGET, self._left + max(0.0, at - self._at) / BUDGET_SECONDS)
        self._at = at
