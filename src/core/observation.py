"""Who observes the requests of an application: the access log, the metrics and the traces that are on."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from src.core.config import Settings
from src.core.database import Database
from src.core.logs import AccessLog, write_at_once
from src.core.middleware import Observer
from src.core.telemetry import tracing_for

if TYPE_CHECKING:
    from src.core.prometheus import Metrics


class Observation:
    """What is off costs nothing: it is no observer, and its libraries are not loaded."""

    def __init__(self, settings: Settings) -> None:
        is_told = logging.getLevelNamesMapping()[settings.log_level] <= logging.INFO
        self.access_log = AccessLog() if is_told else None
        self.metrics = _metrics() if settings.metrics_token else None
        self.tracing = tracing_for(os.environ)

    def observers(self) -> list[Observer]:
        known = (self.access_log, self.metrics, self.tracing)
        return [each for each in known if each is not None]

    @asynccontextmanager
    async def running(self, secret: SecretStr, database: Database) -> AsyncIterator[None]:
        """Tell users and the pool apart from here on."""
        if self.access_log is not None:
            self.access_log.name_users_by(secret)
        async with AsyncExitStack() as stack:
            if self.tracing is not None:
                stack.push_async_callback(self.tracing.close)
            write_at_once(is_ending=False)
            stack.callback(write_at_once, is_ending=True)
            if self.metrics is not None:
                await stack.enter_async_context(self.metrics.watching(database))
            yield


def _metrics() -> "Metrics":
    from src.core.prometheus import Metrics  # noqa: PLC0415 - its library is loaded where it is wanted.

    return Metrics()
