"""The MCP servers and their HTTP transport, loaded behind the start of the service."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, TypeAlias

from starlette.types import ASGIApp

from mcp_server.profiles import Profile
from src.core.background import in_the_background, of_nobody
from src.core.errors import ServiceUnavailable

if TYPE_CHECKING:
    from mcp_server.server import TodoMCPServer

log = logging.getLogger(__name__)

Servers: TypeAlias = "Mapping[Profile, TodoMCPServer]"


class ToolServers:
    """The server of every profile, built once by whichever thread asks first: the SDK loads slowly."""

    def __init__(self, build: Callable[[], Servers]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._built: Servers | None = None

    def get(self) -> Servers:
        with self._lock:
            if self._built is None:
                self._built = self._build()
            return self._built


class StreamableHTTP:
    """The SDK's transport for every profile; who asks before it is loaded waits."""

    def __init__(self, servers: ToolServers, *, stateless: bool = True, streams: bool = False) -> None:
        """Take servers, and how to answer.

        With `streams` an answer may be preceded by what a tool logs and reports, which ours never do. What
        is not `stateless` belongs to one process, which an older protocol needs to ask a client back.
        """
        self._servers = servers
        self._stateless = stateless
        self._streams = streams
        self._closing = asyncio.Event()
        self._ready: asyncio.Future[Mapping[Profile, ASGIApp]] = asyncio.Future()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = of_nobody(self._serve())

    async def get(self, profile: Profile) -> ASGIApp:
        """The ASGI application that answers the requests of a profile.

        Raises:
            ServiceUnavailable: it could not be loaded; the log says why.
        """
        self.start()
        return (await asyncio.shield(self._ready))[profile]

    async def close(self) -> None:
        self._closing.set()
        if self._task is None:
            return
        if not self._ready.done():
            self._task.cancel()
        await asyncio.wait([self._task])

    async def _serve(self) -> None:
        # The SDK's task group is left by the task that entered it, hence one task for its whole life.
        try:
            servers = await in_the_background(self._servers.get, "mcp")
            async with AsyncExitStack() as stack:
                applications = {
                    profile: await self._entered(stack, server) for profile, server in servers.items()
                }
                self._ready.set_result(applications)
                await self._closing.wait()
        except Exception:
            log.exception("the MCP endpoint could not be loaded; it will not answer")
            if not self._ready.done():
                self._ready.set_exception(ServiceUnavailable("MCP could not be loaded.", retry_after=60))
                self._ready.exception()  # Whoever asks is told; nobody else needs to hear of it.

    async def _entered(self, stack: AsyncExitStack, server: "TodoMCPServer") -> ASGIApp:
        # Host, origin and body are looked at before, and told as this service tells its refusals.
        from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415 - loaded by now.

        server.streamable_http_app(
            stateless_http=self._stateless,
            json_response=not self._streams,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        await stack.enter_async_context(server.session_manager.run())
        return server.session_manager.handle_request
