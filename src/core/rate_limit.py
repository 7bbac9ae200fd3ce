"""Limits on requests that one process keeps for itself.

They protect this process from one user or one address that asks without end: what it counts is its own, so
several instances let through as many times more. What must hold for all of them is in `shared_limits`.
"""

import math
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from src.core.addresses import site_of
from src.core.http_errors import problem_of, problem_response
from src.core.metrics import limit_refused
from src.core.quota import tell_refusal
from src.core.shared_limits import Allowance, Limit, RateLimitExceeded

MOST_KEYS = 20_000
_WINDOW_SECONDS = 60
# What a proxy hands on as an address may be anything; keys are kept.
_LONGEST_ADDRESS = len("0000:0000:0000:0000:0000:ffff:255.255.255.255")


class RequestLimit:
    """So many requests a minute for each key; what is not used in a minute is not saved up.

    A bucket that fills evenly is known by the moment at which it will be full. Those used longest ago are
    forgotten: they are full again, unless more than `most_keys` asked within the minute.
    """

    def __init__(
        self,
        name: str,
        per_minute: int,
        *,
        most_keys: int = MOST_KEYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let `per_minute` requests of each key through; 0 lets all of them through.

        By its name refusals are counted.
        """
        self._name = name
        self._per_minute = per_minute
        self._interval = _WINDOW_SECONDS / per_minute if per_minute else 0.0
        self._slack = _WINDOW_SECONDS - self._interval
        self._most_keys = most_keys
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> None:
        """Count a request.

        Raises:
            RateLimitExceeded: the key has asked too often; it says when the next request gets through.
        """
        if not self._per_minute:
            return
        now, known = self._clock(), self._full_at
        full_at = known.get(key, now)
        if full_at < now:
            full_at = now
        # The tolerance is for sums of intervals that no float can hold.
        if full_at - now > self._slack + 1e-6:
            limit_refused(self._name)
            raise self._refusal(full_at - now - self._slack)
        known[key] = full_at + self._interval
        known.move_to_end(key)
        if len(known) > self._most_keys:
            known.popitem(last=False)

    def _refusal(self, wait: float) -> RateLimitExceeded:
        limit = Limit(self._per_minute, _WINDOW_SECONDS)
        return RateLimitExceeded(Allowance(limit, 0, math.ceil(wait)))


class RateLimitLayer:
    """Counts what may be asked without a credential by address.

    `open_to_all` matches the paths that need no credential; the others are counted by user, once they are
    known.
    """

    def __init__(self, app: ASGIApp, *, open_to_all: re.Pattern[str], addresses: RequestLimit) -> None:
        self._app = app
        self._open_to_all = open_to_all
        self._addresses = addresses

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        app = self._app
        if scope["type"] == "http" and self._open_to_all.fullmatch(scope["path"]):
            app = self._refusal_of(scope) or app
        return app(scope, receive, send)

    def _refusal_of(self, scope: Scope) -> ASGIApp | None:
        client = scope.get("client")
        try:
            self._addresses.take(site_of(client[0][:_LONGEST_ADDRESS]) if client else "")
        except RateLimitExceeded as error:
            tell_refusal(scope, error)
            return problem_response(problem_of(error, request_id=scope["request_id"]))
        return None
