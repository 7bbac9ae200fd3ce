"""A user's settings as clients read and write them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field

from src.core.schemas import RequestModel
from src.preferences.zones import zone_named


class WeekStart(StrEnum):
    """The first day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class DateOrder(StrEnum):
    """How 3/4 is read: month first or day first."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


def _known_zone(name: str) -> str:
    return zone_named(name).key


TimezoneName = Annotated[str, AfterValidator(_known_zone), Field(max_length=64)]


class SettingsRead(BaseModel):
    """The settings in force for a user."""

    timezone: str
    week_start: WeekStart
    date_order: DateOrder


class SettingsUpdate(RequestModel):
    """The settings to change; `null` for the zone returns to UTC."""

    timezone: TimezoneName | None = Field(default=None, examples=["Europe/Berlin"])
    week_start: WeekStart = WeekStart.MON
    date_order: DateOrder = DateOrder.MONTH_FIRST


@dataclass(frozen=True, slots=True)
class Preferences:
    """The clock and calendar by which one request is read and answered."""

    zone: ZoneInfo
    week_start: WeekStart = WeekStart.MON
    date_order: DateOrder = DateOrder.MONTH_FIRST

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)
