"""Servers of the bench: each a process of its own, as it would run elsewhere."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.client import Connection
from bench.processes import cpu_seconds, resident_bytes
from bench.requests import SECRET

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ("src.main:app", "--http", "src.core.http_protocol:BoundedHttpProtocol", "--no-access-log")
_BARE = ("--http", "httptools", "--no-access-log", "--log-level", "warning")
LIMIT = ("bench.limit_server:app", *_BARE)
MODEL = ("bench.model_server:app", *_BARE)
POOL_SIZE = 10
_PATIENCE_SECONDS = 60
_SHUTDOWN_SECONDS = 30
_HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    pid: int
    started_in: float
    """The seconds from the start of the process to its first answer."""

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def resident_bytes(self) -> int:
        return resident_bytes(self.pid)


@asynccontextmanager
async def running(
    application: tuple[str, ...], database_url: str, log: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Server]:
    """One uvicorn with one worker over an application, once it takes connections."""
    port = free_port()
    environment = os.environ | _SETTINGS | {"DATABASE_URL": database_url} | dict(settings or {})
    started = time.monotonic()
    command = [sys.executable, "-m", "uvicorn", *application, "--port", str(port), "--loop", "uvloop"]
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        await _answering(process, port, log)
        yield Server(port, process.pid, time.monotonic() - started)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _SHUTDOWN_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


# Production's logs and figures, limits that nobody here reaches.
_SETTINGS = {
    "ENVIRONMENT": "test",
    "BETTER_AUTH_SECRET": SECRET,
    "LOG_LEVEL": "INFO",
    "LLM_PROVIDER": "local",
    "METRICS_TOKEN": "a-token-of-the-benches-0123456789",
    "DATABASE_POOL_SIZE": str(POOL_SIZE),
    "RATE_LIMIT_PER_MINUTE": "1000000",
    "RATE_LIMIT_PER_HOUR": "1000000",
    "RATE_LIMIT_REQUESTS_PER_MINUTE": "0",
    "RATE_LIMIT_TURNS_AT_ONCE": "0",
}


async def _answering(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    """Wait for the first answer of a starting server.

    Raises:
        ChildProcessError: the server ended instead.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while process.returncode is None and time.monotonic() < deadline:
        try:
            connection = await Connection.to(port)
        except OSError:
            await asyncio.sleep(0.005)
            continue
        await connection.open(_HEALTH)
        connection.close()
        return
    raise ChildProcessError(f"The server did not start: {_last_words(log)}")


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
