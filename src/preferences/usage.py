"""What a user has used of what is given to them each day."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from src.core.schemas import Instant


class TokenUsage(BaseModel):
    """The tokens that models took for a user since midnight; those of the built-in model are free."""

    tokens_today: int
    daily_token_budget: int
    resets_at: Instant = Field(description="The user's next midnight.")


class UsageReader(Protocol):
    """Whoever counts what models take."""

    async def usage(self, user_id: str, zone: ZoneInfo, now: datetime) -> TokenUsage:
        """What a user has used of the day that it is in their zone."""
        ...
