"""What surrounds every request, as pure ASGI: BaseHTTPMiddleware costs 178 µs each, these about one."""

import logging
import re
import time
from collections.abc import Iterable, Mapping
from typing import TypeAlias
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.core.errors import DomainError, ErrorKind
from src.core.http_errors import problem_of, problem_response
from src.core.request_head import HeadTooLarge, UnreadableRequest, declared_length

log = logging.getLogger(__name__)
access_log = logging.getLogger("todo.access")
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
MAX_BODY_BYTES = 1024 * 1024
_RawHeaders: TypeAlias = list[tuple[bytes, bytes]]
_EVERY: _RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]
# Hugging Face shows the pages inside its own; nobody else may. No X-Frame-Options: it knows no such list.
_OF_PAGES: _RawHeaders = [
    *_EVERY,
    (
        b"content-security-policy",
        b"frame-ancestors 'self' https://huggingface.co https://*.hf.space; object-src 'none'",
    ),
]
# Nothing but pages is meant to be looked at by itself: whatever a browser makes of it may do nothing.
# Pictures bring the style they are drawn with.
_OF_THE_REST: _RawHeaders = [
    *_EVERY,
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ),
]


class PayloadTooLarge(DomainError):
    """The body exceeds what any request needs."""

    kind = ErrorKind.TOO_LARGE
    code = "payload_too_large"


class Unexpected(DomainError):
    """What nobody caught."""

    kind = ErrorKind.INTERNAL
    code = "internal_error"

    def __init__(self) -> None:
        super().__init__("Something went wrong on our side. The request id helps us find it.")


class RequestLayer:
    """Outermost: the request's id, the headers that every answer carries, the access log.

    What `secret` finds in a path, such as the token of a feed, is not logged.
    """

    def __init__(self, app: ASGIApp, *, secret: re.Pattern[str] | None = None) -> None:
        self._app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        scope["request_id"] = given if _SANE_ID.fullmatch(given) else uuid4().hex
        scope["told_path"] = _in_one_line(
            self._secret.sub("…", scope["path"]) if self._secret else scope["path"]
        )
        started, status = time.perf_counter(), 0

        async def send_labelled(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _labelled(message.get("headers", ()), scope["request_id"])
            await send(message)

        try:
            await self._app(scope, receive, send_labelled)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            line = (scope["method"], scope["told_path"], status, milliseconds, scope["request_id"])
            access_log.info("%s %s %s %.1f ms %s", *line)


def _labelled(given: Iterable[tuple[bytes, bytes]], request_id: str) -> _RawHeaders:
    """The headers of an answer, with those that it does not set otherwise itself."""
    headers = list(given)
    known = dict(headers)
    is_page = known.get(b"content-type", b"").startswith(b"text/html")
    headers += [label for label in (_OF_PAGES if is_page else _OF_THE_REST) if label[0] not in known]
    headers.append((b"x-request-id", request_id.encode()))
    return headers


def _in_one_line(path: str) -> str:
    """A path as the log may show it: a line break in it would begin a line that nobody wrote."""
    return path if path.isprintable() else path.encode("unicode_escape").decode()


class LastResort:
    """Innermost: bounds head and body, and turns what nobody caught into a plain 500.

    `body_limits` says how many bytes the paths that match a pattern whole may take instead of the usual.
    """

    def __init__(self, app: ASGIApp, *, body_limits: Mapping[re.Pattern[str], int] | None = None) -> None:
        self._app = app
        self._body_limits = body_limits or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._body_limit(scope["path"])
        try:
            length = declared_length(scope)
        except (HeadTooLarge, UnreadableRequest) as error:
            # Where this request ends is not certain, so nothing behind it is read.
            await _failure(scope, error, error.status, {"Connection": "close"})(scope, receive, send)
            return
        if length > limit:
            await _failure(scope, PayloadTooLarge(_too_large(limit)))(scope, receive, send)
            return
        has_started = False

        async def send_watched(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, _bounded(receive, limit), send_watched)
        except Exception:
            log.exception("unhandled error in %s %s", scope["method"], scope["told_path"])
            if has_started:
                raise
            await _failure(scope, Unexpected())(scope, receive, send)

    def _body_limit(self, path: str) -> int:
        limits = (limit for pattern, limit in self._body_limits.items() if pattern.fullmatch(path))
        return next(limits, MAX_BODY_BYTES)


def _too_large(limit: int) -> str:
    return f"A body may have {limit // MAX_BODY_BYTES} MiB at the most."


def _failure(
    scope: Scope, error: DomainError, status: int | None = None, headers: dict[str, str] | None = None
) -> Response:
    return problem_response(problem_of(error, request_id=scope["request_id"], status=status), headers)


def _bounded(receive: Receive, limit: int) -> Receive:
    """Count what arrives: a body without a declared length is cut off at the same size."""
    received = 0

    async def receive_bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise PayloadTooLarge(_too_large(limit))
        return message

    return receive_bounded
