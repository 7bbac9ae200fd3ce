"""What every measurement stands on: one filled database, and a folder for the logs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.client import Connection
from bench.folders import temporary_folder
from bench.operations import Cast
from bench.requests import chat_request, token_for
from bench.seed import FULL, QUICK, Sizes, grown_user, seed
from bench.servers import LIMIT, MODEL, SERVICE, Server, running
from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.migrations import migrate


@dataclass(frozen=True, slots=True)
class Ground:
    """A database with its tasks, who asks for them, and how long to measure."""

    database_url: str
    postmaster: int
    cast: Cast
    logs: Path
    sizes: Sizes
    is_quick: bool

    def service(self, settings: Mapping[str, str] | None = None) -> AbstractAsyncContextManager[Server]:
        return running(SERVICE, self.database_url, self.logs / "service.log", settings)

    @asynccontextmanager
    async def loaded_service(self) -> AsyncIterator[Server]:
        """The service once its chat stack is there: that loads behind the start, in the way of all else."""
        async with self.service() as server:
            connection = await Connection.to(server.port)
            await connection.ask(chat_request(token_for(grown_user(self.sizes.grown[0])), "Hello"))
            connection.close()
            yield server

    def limit(self) -> AbstractAsyncContextManager[Server]:
        return running(LIMIT, self.database_url, self.logs / "limit.log")

    def model(self) -> AbstractAsyncContextManager[Server]:
        return running(MODEL, self.database_url, self.logs / "model.log")


@asynccontextmanager
async def prepared(*, is_quick: bool, kept_in: Path | None) -> AsyncIterator[Ground]:
    """The ground, in a folder that is gone afterwards, or in one that is kept for the next time."""
    sizes = QUICK if is_quick else FULL
    with ExitStack() as stack:
        folder = kept_in or stack.enter_context(temporary_folder())
        postgres = stack.enter_context(await asyncio.to_thread(EmbeddedPostgres, folder / "bench"))
        address = parse_database_url(postgres.url)
        await migrate(address)
        await seed(address, sizes)
        connection = await asyncpg.connect(**address.asyncpg_arguments())
        try:
            postmaster = await connection.fetchval(_POSTMASTER)
            yield Ground(postgres.url, int(postmaster), Cast(connection), folder, sizes, is_quick)
        finally:
            await connection.close()


# Its own file names the postmaster; its backends are children of that process.
_POSTMASTER = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"
