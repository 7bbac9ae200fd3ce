"""How an event of the log looks: a line of JSON, or a coloured one for a terminal."""

import json
import re
import time
from functools import lru_cache

import orjson

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
    return lambda event: _dumps(_told(event)) + b"\n"


def console_renderer() -> Render:
    # 6 MB, Rich among them, that only a terminal needs.
    from structlog.dev import ConsoleRenderer, plain_traceback  # noqa: PLC0415 - as said.

    console = ConsoleRenderer(exception_formatter=plain_traceback)

    def render(event: Event) -> bytes:
        return f"{console(None, '', _told(event))}\n".encode(errors="replace")

    return render


def _dumps(event: Event) -> bytes:
    try:
        return orjson.dumps(event, default=repr)
    except TypeError:  # Text that is no Unicode; the standard library escapes it.
        return json.dumps(event, default=repr).encode()


def _told(event: Event) -> Event:
    """The event as it may be read: with an instant, and with an error's traceback; without secrets."""
    told: Event = {"timestamp": _timestamp(event.pop("timestamp", None) or time.time()), **event}
    error = told.pop("error", None)
    if error is not None:
        told["exception"] = told_traceback(error)
    told["event"] = _SECRET.sub("[redacted]", told["event"])
    return told


def _timestamp(instant: float) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    seconds = int(instant)
    return f"{_second(seconds)}.{int((instant - seconds) * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    """The lines of one second share it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
