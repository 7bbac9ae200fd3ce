"""How the service logs: one event a line on standard error, as JSON or, on a terminal, for people."""

import hashlib
import hmac
import logging
import os
import time
from typing import Final

from pydantic import SecretStr
from starlette.types import Scope

from src.core.config import LogFormat
from src.core.current_request import CurrentRequest, current_request, route_of
from src.core.log_rendering import console_renderer, json_renderer
from src.core.log_writer import Event, LogWriter, Render
from src.core.told_errors import told, told_text

_STANDARD_ERROR: Final = 2
_OURS = ("src", "mcp_server")
# They tell at length what they do, or quote what passes through them.
_NOISY = ("httpx", "httpx2", "openai", "openai.agents", "mcp", "alembic.runtime.plugins")
_TRACEBACK = "Traceback (most recent call last)"
_MOST_USERS = 10_000


def configure_logging(level: str, log_format: LogFormat = "auto") -> None:
    """Set the root handler up, before libraries that would bring their own."""
    root = logging.getLogger()
    handler = _handler()
    if handler is None or handler.log_format != log_format:
        root.addHandler(_Handler(log_format))
    if handler is not None and handler.log_format != log_format:
        root.removeHandler(handler)
    # What libraries tell at DEBUG are bodies and headers.
    root.setLevel(max(logging.getLevelNamesMapping()[level], logging.INFO))
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # The request layer writes the access log, with the request id that uvicorn does not know.
    logging.getLogger("uvicorn.access").disabled = True


def write_at_once(*, is_ending: bool) -> None:
    """At the end a process may be killed by the signal that ends it, and what waits would be lost."""
    if (handler := _handler()) is not None:
        handler.writer.is_ending = is_ending
        handler.flush()


def flush_logs() -> None:
    """Wait a moment until everything logged so far is written."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def _renderer(log_format: LogFormat) -> Render:
    is_for_people = os.isatty(_STANDARD_ERROR) if log_format == "auto" else log_format == "console"
    return console_renderer() if is_for_people else json_renderer()


class _Handler(logging.Handler):
    """Hands the records of every library over as events, without the values that errors quote."""

    def __init__(self, log_format: LogFormat) -> None:
        super().__init__()
        self.log_format = log_format
        self.writer = LogWriter(_STANDARD_ERROR, lambda: _renderer(log_format))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.writer.put(_event(record), is_urgent=record.levelno >= logging.WARNING)
        except Exception:  # noqa: BLE001 - a record that cannot be told must not end what it is about.
            self.handleError(record)

    def flush(self) -> None:
        self.writer.flush()


def _handler() -> _Handler | None:
    return next((each for each in logging.getLogger().handlers if isinstance(each, _Handler)), None)


def _event(record: logging.LogRecord) -> Event:
    event: Event = {
        "timestamp": record.created,
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _message(record),
    }
    if (request := current_request.get()) is not None:
        event["request_id"] = request.id
        if request.trace_id is not None:
            event["trace_id"] = request.trace_id
    if record.exc_info and record.exc_info[1] is not None:
        event["error"] = record.exc_info[1]
    return event


def _message(record: logging.LogRecord) -> str:
    if isinstance(record.msg, BaseException):
        return told(record.msg)
    if isinstance(record.args, tuple):
        record = _with_errors_told(record, record.args)
    message = record.getMessage()
    if _TRACEBACK in message:
        return told_text(message)
    # Behind their first line, asyncio and others show objects with all that is in them.
    return message if record.name.startswith(_OURS) else message.partition("\n")[0]


def _with_errors_told(record: logging.LogRecord, given: tuple[object, ...]) -> logging.LogRecord:
    if any(isinstance(each, BaseException) for each in given):
        record = logging.makeLogRecord(record.__dict__)
        record.args = tuple(told(each) if isinstance(each, BaseException) else each for each in given)
    return record


class AccessLog:
    """A line for every request: by whom, for what, how it ended; nothing of what was said."""

    def __init__(self) -> None:
        handler = _handler()
        assert handler is not None  # noqa: S101 - `configure_logging` comes first.
        self._writer = handler.writer
        self._key = os.urandom(32)
        self._names: dict[str, str] = {}

    def name_users_by(self, secret: SecretStr) -> None:
        """Let the same user have the same name in the logs of all processes that share the secret."""
        self._key = hashlib.sha256(b"log:" + secret.get_secret_value().encode()).digest()
        self._names.clear()

    def began(self, scope: Scope, request: CurrentRequest) -> None:
        """Nothing: the line is written at the end."""

    def ended(self, scope: Scope, request: CurrentRequest, status: int, seconds: float) -> None:
        identity = scope.get("identity")
        event: Event = {
            "timestamp": time.time(),
            "level": "info",
            "logger": "todo.access",
            "event": "request",
            "request_id": request.id,
            "user": None if identity is None else self._name(identity.user_id),
            "method": scope["method"],
            "route": route_of(scope),
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "queries": request.queries,
        }
        if request.trace_id is not None:
            event["trace_id"] = request.trace_id
        self._writer.put(event)

    def _name(self, user_id: str) -> str:
        name = self._names.get(user_id)
        if name is None:
            if len(self._names) >= _MOST_USERS:
                self._names.clear()
            name = self._names[user_id] = hmac.digest(self._key, user_id.encode(errors="replace"), "sha256")[
                :6
            ].hex()
        return name
