"""uvicorn's HTTP protocol with two bounds of our own: for heads that do not end, and for trailers."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_UNFINISHED_HEAD_BYTES = 512 * 1024
"""Above what arrives in one piece; heads that do end are held to their own limit by the request layer."""
REFUSAL = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedHttpProtocol(HttpToolsProtocol):
    """Gives up on a head that does not end, which httptools would collect for ever (h11 has a limit).

    Fields behind a chunked body (RFC 9110 §6.5.1) are dropped: httptools would add them to the headers, and
    a proxy cleans only those in front, so an `X-Forwarded-For` from behind would be believed.
    """

    # Two attributes more in its dictionary would make that grow by a kilobyte for each connection.
    __slots__ = ("_is_in_head", "_unfinished")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_in_head, self._unfinished = True, 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._unfinished = self._unfinished + len(data) if self._is_in_head else 0
        if self._unfinished > MAX_UNFINISHED_HEAD_BYTES and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(REFUSAL)
            self.transport.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head, self._unfinished = True, 0
        super().on_message_complete()
