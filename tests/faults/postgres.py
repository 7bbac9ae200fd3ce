"""A PostgreSQL that can be taken away: stopped, killed, cut off, or left behind a line that swallows all."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from src.core.embedded_postgres import EmbeddedPostgres
from tests.faults.waiting import PATIENCE_SECONDS

CUT_ALL = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


class Server:
    """A durable PostgreSQL behind one lasting address: each start of the embedded one has another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embedded: EmbeddedPostgres | None = None
        self._waiting_for_bytes: asyncio.Event | None = None
        self._passes = asyncio.Event()
        self._passes.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._doomed: set[asyncio.StreamWriter] = set()
        self.url = ""
        self.connections = 0
        """How many were ever made."""

    @property
    def data_folder(self) -> Path:
        return (self._folder / "postgres").resolve()

    async def listen(self) -> asyncio.Server:
        listener = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        return listener

    async def start(self) -> None:
        if self._embedded is None:
            self._embedded = await asyncio.to_thread(EmbeddedPostgres, self._folder)

    async def stop(self) -> None:
        """End as a restart of PostgreSQL does, telling every client so."""
        embedded, self._embedded = self._embedded, None
        if embedded is not None:
            await asyncio.to_thread(embedded.close)

    async def kill(self) -> None:
        """End as a crash does, telling nobody."""
        process_id = int((self._folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(process_id, signal.SIGKILL)
        await self.stop()

    async def next_bytes(self) -> None:
        """Wait until somebody says something to PostgreSQL."""
        self._waiting_for_bytes = asyncio.Event()
        await asyncio.wait_for(self._waiting_for_bytes.wait(), PATIENCE_SECONDS)

    def swallow(self) -> None:
        """From now on nothing arrives at either end, and nobody is told; new connections fare no better."""
        self._passes.clear()

    def pass_on(self) -> None:
        self._passes.set()

    def break_on_next_bytes(self) -> None:
        """Each connection that is open now breaks when its client speaks next, who cannot know before."""
        self._doomed = set(self._open)

    async def direct(self) -> asyncpg.Connection:
        """A connection of the test's own, past the line."""
        assert self._embedded is not None
        return await asyncpg.connect(self._embedded.url)

    async def cut_all(self) -> None:
        """End every connection but the one that does it, as a serverless database does before it sleeps."""
        administrator = await self.direct()
        await administrator.execute(CUT_ALL)
        await administrator.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            upstream = await asyncio.open_unix_connection(self._socket())
        except OSError:
            writer.close()
            return
        self._open.add(upstream[1])
        await asyncio.gather(
            self._pass(reader, upstream[1], is_request=True), self._pass(upstream[0], writer)
        )
        self._open.discard(upstream[1])

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_request: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                if is_request and self._waiting_for_bytes is not None:
                    self._waiting_for_bytes.set()
                await self._passes.wait()
                if writer in self._doomed:
                    break
                writer.write(piece)
                await writer.drain()
        writer.close()

    def _socket(self) -> str:
        if self._embedded is None:
            raise ConnectionRefusedError
        where = parse_qs(urlsplit(self._embedded.url).query)
        return f"{where['host'][0]}/.s.PGSQL.{where['port'][0]}"
