"""A user's settings as clients read and write them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field

from src.core.schemas import RequestModel
from src.core.zones import zone_named
from src.language.when import DateOrder
from src.preferences.usage import TokenUsage
from src.recurrence.terms import Weekday


def _known_zone(name: str) -> str:
    return zone_named(name).key


TimezoneName = Annotated[str, AfterValidator(_known_zone), Field(max_length=64)]


class SettingsRead(BaseModel):
    """The settings in force for a user."""

    timezone: str
    week_start: Weekday
    date_order: DateOrder
    usage: TokenUsage | None = Field(
        None,
        exclude_if=lambda usage: usage is None,
        description="What is used of `DAILY_TOKEN_BUDGET`, where that is set.",
    )


class SettingsUpdate(RequestModel):
    """The settings to change; `null` for the zone returns to UTC."""

    timezone: TimezoneName | None = Field(default=None, examples=["Europe/Berlin"])
    week_start: Weekday = Weekday.MON
    date_order: DateOrder = DateOrder.MDY


@dataclass(frozen=True, slots=True)
class Preferences:
    """The clock and calendar by which one request is read and answered."""

    zone: ZoneInfo
    week_start: Weekday = Weekday.MON
    date_order: DateOrder = DateOrder.MDY

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)


UTC_CALENDAR = Preferences(ZoneInfo("UTC"))
"""The calendar of nobody in particular, for what names no day."""
