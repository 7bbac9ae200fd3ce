"""How much one user may talk: messages a minute and an hour, turns at once, tokens a day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from src.assistant.provider_choice import is_priced
from src.auth.context import Caller
from src.chat.errors import TooManyTurns
from src.chat.token_budget import TokenBudget
from src.core.clock import Clock
from src.core.config import Settings
from src.core.database import Database, Row
from src.core.metrics import limit_refused
from src.core.quota import Quota
from src.core.shared_limits import Limit, RateLimitExceeded, SharedLimits, Take, limit_key


@dataclass(slots=True)
class Admission:
    """A turn's place among those that its user may have at once, until it is left."""

    user_id: str
    _under_way: Counter[str] = field(repr=False)
    quota: Quota | None = None
    """What is left of the user's messages; None where they are not counted, or not yet."""
    take: Take | None = None
    """The message, where it is still to be counted by the statement that begins the turn."""
    _is_left: bool = False

    def count(self, row: Row) -> None:
        """Note what `TAKE` returned.

        Raises:
            RateLimitExceeded: the user has sent too many messages lately.
        """
        take, self.take = self.take, None
        if take is None:
            return
        try:
            self.quota = Quota(take.allowance(row), take.limits)
        except RateLimitExceeded:
            limit_refused("messages")
            raise

    def leave(self) -> None:
        if self._is_left:
            return
        self._is_left = True
        self._under_way[self.user_id] -= 1
        if not self._under_way[self.user_id]:
            del self._under_way[self.user_id]


class ChatLimits:
    """Lets turns begin. Messages are counted by the database for all instances, turns at once by each."""

    def __init__(
        self,
        shared: SharedLimits,
        real_clock: Clock,
        *,
        messages: Sequence[Limit] = (),
        turns_at_once: int = 0,
        budget: TokenBudget | None = None,
    ) -> None:
        """Take the limits; none, 0 and None let everybody through.

        `real_clock` tells when messages were sent: with a clock that stands, no minute would ever be over.
        """
        self._shared = shared
        self._real_clock = real_clock
        self._messages = tuple(messages)
        self._turns_at_once = turns_at_once
        self._budget = budget
        self._under_way: Counter[str] = Counter()

    async def admit(self, caller: Caller, now: datetime) -> Admission:
        """Give a turn of the caller's a place until that is left; its message is still to be counted.

        Raises:
            TooManyTurns: as many of the caller's turns are under way here as may be.
            TokenBudgetExceeded: models took all that the caller's day has.
        """
        if 0 < self._turns_at_once <= self._under_way[caller.user_id]:
            limit_refused("turns_at_once")
            raise TooManyTurns(self._turns_at_once)
        admission = Admission(caller.user_id, self._under_way)
        self._under_way[caller.user_id] += 1
        try:
            if self._budget is not None:
                await self._budget.require(caller, now)
            if self._messages:
                admission.take = await self._message_of(caller)
        except BaseException:
            admission.leave()
            raise
        return admission

    async def _message_of(self, caller: Caller) -> Take:
        now = self._real_clock()
        await self._shared.purge_sometimes(now)
        return Take(limit_key("chat", caller.user_id), self._messages, now)

    async def count(self, admission: Admission) -> None:
        """Count the message apart, where the turn that it begins has to wait.

        Raises:
            RateLimitExceeded: the user has sent too many messages lately.
        """
        if admission.take is not None:
            admission.count(await self._shared.taken(admission.take))


def message_limits(per_minute: int, per_hour: int) -> list[Limit]:
    """The limits on messages; 0 is none."""
    return [Limit(most, seconds) for most, seconds in ((per_minute, 60), (per_hour, 60 * 60)) if most]


def limits_from(
    settings: Settings, database: Database, real_clock: Clock, budget: TokenBudget | None
) -> ChatLimits:
    """The limits that the settings give; a budget counts where somebody who answers has to be paid."""
    return ChatLimits(
        SharedLimits(database),
        real_clock,
        messages=message_limits(settings.rate_limit_per_minute, settings.rate_limit_per_hour),
        turns_at_once=settings.turns_at_once,
        budget=budget if is_priced(settings) else None,
    )
