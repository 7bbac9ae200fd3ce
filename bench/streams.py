"""Many chat streams at once: some whose model takes a second, and some that only wait."""

import asyncio
import statistics
from contextlib import AsyncExitStack

from bench.client import Answer, Connection
from bench.ground import Ground
from bench.load import percentiles
from bench.model_server import SLOW_SECONDS
from bench.report import Check, Section
from bench.requests import chat_request, token_for
from bench.servers import Server
from bench.talk import model_settings

AT_ONCE = 200
MOST_SECONDS = 1.5
MOST_IDLE_BYTES = 40 * 1024
_WARMING = 20


async def measure(ground: Ground) -> Section:
    idle_count, idle_seconds, talks = (200, 1.0, 1) if ground.is_quick else (1_000, 3.0, 5)
    async with ground.model() as model:
        async with ground.service(model_settings(model)) as service:
            await _talked(service, _WARMING)
            cpu = service.cpu_seconds()
            rounds = [await _talked(service, AT_ONCE) for _ in range(talks)]
            cpu = (service.cpu_seconds() - cpu) / len(rounds) / AT_ONCE
        # A process of its own: streams that are over leave memory that new ones would seem not to need.
        async with ground.service(model_settings(model)) as service:
            idle_bytes, idle_cpu = await _idle(service, idle_count, idle_seconds)
            connection_bytes = await _connected(service, idle_count)
    p50, p99 = (statistics.median(figure) for figure in zip(*rounds, strict=True))
    return Section(
        f"Streams: {AT_ONCE} at once from a model of {SLOW_SECONDS:.0f} s, and {idle_count:,} idle ones",
        ["", ""],
        [
            ["whole answer, p50, s", f"{p50:.2f}"],
            ["whole answer, p99, s", f"{p99:.2f}"],
            ["CPU of a turn, ms", f"{cpu * 1000:.1f}"],
            ["memory of an idle stream (a turn whose model is silent), KiB", f"{idle_bytes / 1024:.0f}"],
            ["memory of an idle connection, KiB", f"{connection_bytes / 1024:.1f}"],
            ["CPU while they idle, %", f"{idle_cpu * 100:.1f}"],
        ],
        [
            Check(f"{AT_ONCE} streams end, p99", p99, MOST_SECONDS, unit=" s"),
            Check("an idle stream", idle_bytes / 1024, MOST_IDLE_BYTES / 1024, unit=" KiB"),
        ],
        figures={
            "p50": p50,
            "p99": p99,
            "cpu_seconds_of_a_turn": cpu,
            "idle_stream_bytes": idle_bytes,
            "idle_connection_bytes": connection_bytes,
            "idle_cpu": idle_cpu,
        },
    )


async def _talked(service: Server, count: int) -> tuple[float, float]:
    """The 50th and 99th percentile of streams that begin at once, each somebody else's."""
    connections = [await Connection.to(service.port) for _ in range(count)]
    requests = [_asking(number, "Talk slowly") for number in range(count)]
    answers = await asyncio.gather(
        *(connection.ask(request) for connection, request in zip(connections, requests, strict=True))
    )
    for connection, answer in zip(connections, answers, strict=True):
        _require_whole(answer)
        connection.close()
    return percentiles([answer.seconds for answer in answers])


def _asking(number: int, text: str) -> bytes:
    return chat_request(token_for(f"streamer-{number}"), text, is_streamed=True)


def _require_whole(answer: Answer) -> None:
    assert answer.status == 200, answer.body
    assert b'"conversation_id"' in answer.body.rpartition(b"data: ")[2], answer.body


async def _idle(service: Server, count: int, seconds: float) -> tuple[float, float]:
    """The memory of each of many streams that wait for their model, and the share of a core all take."""
    async with AsyncExitStack() as stack:
        # Those before them let pools and caches reach their size.
        await _open_quiet(stack, service, range(_WARMING))
        before = service.resident_bytes()
        await _open_quiet(stack, service, range(_WARMING, _WARMING + count))
        held = service.resident_bytes() - before
        cpu = service.cpu_seconds()
        await asyncio.sleep(seconds)
        return held / count, (service.cpu_seconds() - cpu) / seconds


async def _open_quiet(stack: AsyncExitStack, service: Server, numbers: range) -> None:
    for number in numbers:
        connection = await Connection.to(service.port)
        stack.callback(connection.close)
        status, _ = await connection.open(_asking(number, "Wait quietly"))
        assert status == 200
        await connection.first_chunk()


async def _connected(service: Server, count: int) -> float:
    """The memory of each of many connections that were used once."""
    async with AsyncExitStack() as stack:
        before = service.resident_bytes()
        for _ in range(count):
            connection = await Connection.to(service.port)
            stack.callback(connection.close)
            await connection.open(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        return max(0, service.resident_bytes() - before) / count
