"""The one place that reads the clock."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the clock that everybody else is given.


def frozen_clock(instant: datetime) -> Clock:
    """A clock that stands still at an aware instant, for evaluations and tests."""
    utc = instant.astimezone(UTC)
    return lambda: utc
