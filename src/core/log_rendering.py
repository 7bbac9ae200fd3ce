"""How an event of the log looks: a line of JSON, or a coloured one for a terminal."""

import json
import re
import time
from functools import lru_cache
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from src.core.log_writer import Event, Render
from src.core.told_errors import told_traceback

# Libraries log what they are told; what looks like a secret is none of the log's business.
_SECRET = re.compile(
    r"eyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?"  # A JWT.
    r"|\b(?:sk|gsk|todo_pat|AIza)[-_\w]{12,}"
    r"|(?i:(?<=bearer )|(?<=basic ))\S+"
    r"|(?<=://)[^/\s@]+(?=@)"
)


def json_renderer() -> Render:
    return _rendered_by([*_PROCESSORS, structlog.processors.JSONRenderer(_dumps)])


def console_renderer() -> Render:
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return _rendered_by([*_PROCESSORS, console])


def _rendered_by(processors: list[Processor]) -> Render:
    def render(event: Event) -> bytes:
        told: Any = event
        for processor in processors:
            told = processor(None, "", told)
        return (told if isinstance(told, bytes) else told.encode(errors="replace")) + b"\n"

    return render


def _dumps(event: EventDict, **_: Any) -> bytes:
    try:
        return orjson.dumps(event, default=repr)
    except TypeError:  # Text that is no Unicode; the standard library escapes it.
        return json.dumps(event, default=repr).encode()


def _timestamped(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """RFC 3339 in UTC, to the millisecond; an event without an instant happens now."""
    instant = event.pop("timestamp", None) or time.time()
    seconds = int(instant)
    return {"timestamp": f"{_second(seconds)}.{int((instant - seconds) * 1000):03d}Z", **event}


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    """The lines of one second share it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _with_error_told(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = event.pop("error", None)
    if error is not None:
        event["exception"] = told_traceback(error)
    return event


def _without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["event"] = _SECRET.sub("[redacted]", event["event"])
    return event


_PROCESSORS: list[Processor] = [_timestamped, _with_error_told, _without_secrets]
