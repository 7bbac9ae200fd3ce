"""The instants and habits that the phrases of these tests are read by."""

from datetime import datetime
from zoneinfo import ZoneInfo

from src.language import LanguageContext

BERLIN = ZoneInfo("Europe/Berlin")


def reading_at(wall: str, *, week_start: str = "mon", date_order: str = "mdy") -> LanguageContext:
    """A context whose clock on the wall in Berlin shows this time."""
    now = datetime.fromisoformat(wall).replace(tzinfo=BERLIN)
    return LanguageContext.of(now, BERLIN, week_start=week_start, date_order=date_order)


FRIDAY_NOON = reading_at("2026-11-20 12:00")
