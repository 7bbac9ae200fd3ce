"""The lines of a ChatKit answer as a response."""

from collections.abc import AsyncGenerator, Callable

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from src.chat.sse import EVENT_STREAM, STREAM_HEADERS


class ThreadStream(StreamingResponse):
    """Server-sent events; however the connection ends, `leave` is called."""

    def __init__(self, lines: AsyncGenerator[bytes, None], leave: Callable[[], None]) -> None:
        super().__init__(lines, media_type=EVENT_STREAM, headers=STREAM_HEADERS)
        self._lines = lines
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()
            await self._lines.aclose()
