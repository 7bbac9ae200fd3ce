"""Load on one server, by wrk where it is installed, else by a client of our own."""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.client import Connection

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("replay.lua")


class LoadFailed(Exception):
    """Some requests were answered by an error, or not at all."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a stretch of load came to."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def throughput(self) -> float:
        return self.requests / self.seconds


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


async def drive(port: int, requests: Sequence[bytes], seconds: float, connections: int = CONNECTIONS) -> Load:
    """Replay requests in a circle for some seconds; wrk knows none shorter than one.

    Raises:
        LoadFailed: an answer was no success.
    """
    by = _drive_by_wrk if has_wrk() and seconds >= 1 else _drive_ourselves
    return await by(port, requests, seconds, connections)


async def _drive_by_wrk(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Load:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\0".join(requests))
        file.flush()
        options = [f"-d{max(1, round(seconds))}s", "-t1", f"-c{connections}", "--timeout", "10s"]
        process = await asyncio.create_subprocess_exec(
            "wrk", *options, "-s", str(_SCRIPT), f"http://127.0.0.1:{port}", "--", file.name,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
    result = orjson.loads(output.rpartition(b"RESULT ")[2] or b"null")
    if not result or result["errors"]:
        raise LoadFailed(output.decode(errors="replace")[-1000:])
    return Load(result["requests"], result["seconds"], result["p50"], result["p99"])


async def _drive_ourselves(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Load:
    latencies: list[float] = []
    started = time.perf_counter()

    async def one(offset: int) -> None:
        connection = await Connection.to(port)
        step = offset
        while time.perf_counter() - started < seconds:
            answer = await connection.ask(requests[step % len(requests)])
            if answer.status >= 400:
                raise LoadFailed(answer.body.decode(errors="replace"))
            latencies.append(answer.seconds)
            step += connections
        connection.close()

    await asyncio.gather(*(one(offset) for offset in range(connections)))
    taken = time.perf_counter() - started
    return Load(len(latencies), taken, *percentiles(latencies))


def percentiles(latencies: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    if len(latencies) == 1:
        return latencies[0], latencies[0]
    hundredths = statistics.quantiles(latencies, n=100, method="inclusive")
    return hundredths[49], hundredths[98]
