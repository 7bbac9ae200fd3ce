"""Services as processes of their own, as they run for real."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from src.core.database_url import DatabaseAddress
from tests.factories import SECRET
from tests.faults.waiting import awaited

ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, "-m", "src.cli", "serve"]
UVICORN = [sys.executable, "-m", "uvicorn", "src.main:app"]
END_SECONDS = 20
"""How long a service may take to end after it was asked."""


@dataclass(frozen=True, slots=True)
class Service:
    """A process that serves."""

    process: Process
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ended(self) -> int:
        """Its exit code, once it has ended."""
        return await asyncio.wait_for(self.process.wait(), END_SECONDS)


@asynccontextmanager
async def service(
    database: DatabaseAddress, folder: Path, command: Sequence[str] = SERVE, **settings: str
) -> AsyncIterator[Service]:
    """A service on a database, once it is ready."""
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"postgresql://postgres@/{database.database}?host={database.host}&port={database.port}",
        "BETTER_AUTH_SECRET": SECRET,
        "LLM_PROVIDER": "local",
        "LOG_LEVEL": "WARNING",
    }
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *command, "--port", str(port), cwd=folder, env=given | settings, stdout=DEVNULL
    )
    try:
        await awaited(lambda: _is_ready(port), f"the service on port {port} is ready")
        yield Service(process, port)
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), END_SECONDS)


async def _is_ready(port: int) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200
        except httpx.TransportError:
            return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
