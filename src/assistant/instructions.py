"""What the model is told before the conversation starts."""

from datetime import datetime
from functools import cache
from importlib.resources import files


def instructions(*, local_time: datetime, week_start: str, date_order: str) -> str:
    """The standing instructions, then what is true for this user now.

    What changes stands last, so that a provider's cache of the beginning holds. The local model reads these
    lines too.
    """
    zone = getattr(local_time.tzinfo, "key", None) or local_time.tzname()
    return (
        f"{_standing()}\n"
        f"Local time: {local_time.isoformat(timespec='seconds')} ({zone})\n"
        f"Week starts on: {week_start}\n"
        f"Date order: {date_order}\n"
    )


@cache
def _standing() -> str:
    return files("src.assistant").joinpath("instructions.md").read_text(encoding="utf-8")
