"""What surrounds every request, as pure ASGI: BaseHTTPMiddleware costs 178 µs each, these about one."""

import logging
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from random import getrandbits
from typing import Protocol, TypeAlias

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.core.current_request import CurrentRequest, current_request, route_of
from src.core.errors import DomainError, ErrorKind
from src.core.http_errors import problem_of, problem_response
from src.core.request_head import HeadTooLarge, UnreadableRequest, declared_length

log = logging.getLogger(__name__)
_SANE_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_CLIENT_LEFT = 499
"""What nginx calls a request whose client did not wait for any answer."""
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


class Observer(Protocol):
    """Who notes requests: the access log, the metrics, the traces."""

    def began(self, scope: Scope, request: CurrentRequest) -> None:
        """A request came in."""
        ...

    def ended(self, scope: Scope, request: CurrentRequest, status: int, seconds: float) -> None:
        """Its answer is out, or nobody waits for one any more."""
        ...


class RequestLayer:
    """Outermost: the request's id, the headers that every answer carries, and who observes requests."""

    def __init__(self, app: ASGIApp, *, observers: Sequence[Observer] = ()) -> None:
        self._app = app
        self._observers = observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = CurrentRequest(_request_id(scope))
        scope["request_id"] = request.id
        started = time.perf_counter()
        before = current_request.set(request)

        async def send_labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
                message["headers"] = _labelled(message.get("headers", ()), request.id)
                if "quota" in scope:
                    message["headers"] += scope["quota"].headers()
            await send(message)

        for observer in self._observers:
            observer.began(scope, request)
        try:
            await self._app(scope, receive, send_labelled)
        finally:
            seconds = time.perf_counter() - started
            for observer in self._observers:
                observer.ended(scope, request, request.status or _CLIENT_LEFT, seconds)
            current_request.reset(before)


def _request_id(scope: Scope) -> str:
    """The client's own id where it can be shown, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return str(value.decode())
    # It is no secret; `urandom` lets go of the interpreter, and to get that back costs more than all of this.
    return f"{getrandbits(128):032x}"


def _labelled(given: Iterable[tuple[bytes, bytes]], request_id: str) -> _RawHeaders:
    """The headers of an answer, with those that it does not set otherwise itself."""
    headers = list(given)
    known = dict(headers)
    is_page = known.get(b"content-type", b"").startswith(b"text/html")
    headers += [label for label in (_OF_PAGES if is_page else _OF_THE_REST) if label[0] not in known]
    if b"Origin" not in known.get(b"vary", b""):
        headers.append((b"vary", b"Origin"))
    headers.append((b"x-request-id", request_id.encode()))
    return headers


class LastResort:
    """Innermost: bounds head and body, and turns what nobody caught into a plain 500.

    `body_limits` says how many bytes, more than the usual, the paths that match a pattern whole may take.
    """

    def __init__(self, app: ASGIApp, *, body_limits: Mapping[re.Pattern[str], int] | None = None) -> None:
        self._app = app
        self._body_limits = body_limits or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._refuse_beyond(declared_length(scope), scope["path"])
        except (HeadTooLarge, UnreadableRequest) as error:
            # Where this request ends is not certain, so nothing behind it is read.
            await _failure(scope, error, error.status, {"Connection": "close"})(scope, receive, send)
            return
        except PayloadTooLarge as error:
            await _failure(scope, error)(scope, receive, send)
            return
        try:
            await self._app(scope, self._bounded(receive, scope["path"]), send)
        except Exception:
            log.exception("unhandled error in %s %s", scope["method"], route_of(scope))
            request = current_request.get()
            if request is not None and request.status is not None:
                raise
            await _failure(scope, Unexpected())(scope, receive, send)

    def _bounded(self, receive: Receive, path: str) -> Receive:
        """Count what arrives: a body without a declared length is cut off at the same size."""
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            self._refuse_beyond(received, path)
            return message

        return receive_bounded

    def _refuse_beyond(self, length: int, path: str) -> None:
        if length <= MAX_BODY_BYTES:
            return
        limits = (limit for pattern, limit in self._body_limits.items() if pattern.fullmatch(path))
        limit = next(limits, MAX_BODY_BYTES)
        if length > limit:
            raise PayloadTooLarge(f"A body may have {limit // MAX_BODY_BYTES} MiB at the most.")


def _failure(
    scope: Scope, error: DomainError, status: int | None = None, headers: dict[str, str] | None = None
) -> Response:
    return problem_response(problem_of(error, request_id=scope["request_id"], status=status), headers)
