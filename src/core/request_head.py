"""The head of a request: refused where two readers could read it differently, or where it is too large.

The parser of uvicorn already refuses most of this. What it lets pass is refused here, and so is the rest
where the service runs behind a laxer one.
"""

from starlette.types import Scope

from src.core.errors import DomainError, ErrorKind

MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 128
_OVERHEAD = len(": \r\n")


class UnreadableRequest(DomainError):
    """A head that could mean two things, or says what this service does not understand."""

    kind = ErrorKind.INVALID
    code = "unreadable_request"
    status = 400


class HeadTooLarge(DomainError):
    """More headers, or longer ones, than any request needs."""

    kind = ErrorKind.TOO_LARGE
    code = "headers_too_large"
    status = 431


def declared_length(scope: Scope) -> int:
    """How many bytes of body a request's head declares; 0 where it does not say.

    Raises:
        HeadTooLarge: target and headers exceed 64 KiB, or there are over 128 headers (RFC 6585 §5).
        UnreadableRequest: not one `Host` (RFC 9112 §3.2), more than one way to tell where the body ends
            (§6.3), or a transfer coding other than `chunked` (§6.1).
    """
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size = len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) + _OVERHEAD * len(headers)
    hosts = 0
    lengths: list[bytes] = []
    codings: list[bytes] = []
    for name, value in headers:
        size += len(name) + len(value)
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths.append(value)
        elif name == b"transfer-encoding":
            codings.append(value)
    if size > MAX_HEAD_BYTES or len(headers) > MAX_HEADERS:
        raise HeadTooLarge("The address and headers may have 64 KiB and 128 lines at the most.")
    if hosts > 1 or (hosts == 0 and scope.get("http_version") != "1.0"):
        raise UnreadableRequest("A request names exactly one Host.")
    return _length(lengths, codings)


def _length(lengths: list[bytes], codings: list[bytes]) -> int:
    if len(lengths) + len(codings) > 1 or (codings and codings[0].lower() != b"chunked"):
        raise UnreadableRequest("A body's end is told by one Content-Length, or by `chunked` alone.")
    if lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
        raise UnreadableRequest("A Content-Length is a number of bytes.")
    return int(lengths[0]) if lengths else 0
