"""Five hundred requests at once on a pool of ten connections."""

import asyncio
import statistics
from collections.abc import Sequence

from bench.client import Connection
from bench.ground import Ground
from bench.load import percentiles
from bench.operations import OPERATIONS
from bench.report import Check, Section, milliseconds
from bench.servers import POOL_SIZE, Server

AT_ONCE = 500
MOST_SECONDS = 0.5
_NAMES = ("list", "get", "create")


async def measure(ground: Ground) -> Section:
    rounds = 2 if ground.is_quick else 10
    async with ground.loaded_service() as service, ground.limit() as limit:
        rows = {}
        for operation in (each for each in OPERATIONS if each.name in _NAMES):
            requests = await operation.requests(ground.cast)
            rows[operation.name] = await _in_turn(rounds, requests, service, limit)
    return Section(
        f"{AT_ONCE} requests at once on a pool of {POOL_SIZE}: ms",
        ["", "p50", "p99", "errors", "limit p50", "limit p99"],
        [
            [
                name,
                milliseconds(ours[0]),
                milliseconds(ours[1]),
                f"{ours[2]:.0f}",
                milliseconds(theirs[0]),
                milliseconds(theirs[1]),
            ]
            for name, (ours, theirs) in rows.items()
        ],
        [
            Check(f"{AT_ONCE} at once, {name}, p99", ours[1], MOST_SECONDS, unit=" s")
            for name, (ours, _) in rows.items()
        ]
        + [Check(f"{AT_ONCE} at once, {name}, errors", ours[2], 0) for name, (ours, _) in rows.items()],
        figures={name: {"service": ours, "limit": theirs} for name, (ours, theirs) in rows.items()},
    )


async def _in_turn(
    rounds: int, requests: Sequence[bytes], *servers: Server
) -> list[tuple[float, float, float]]:
    """The medians of each server; of the errors the sum."""
    results: list[list[tuple[float, float, float]]] = [[] for _ in servers]
    for number in range(rounds + 1):
        for server, own in zip(servers, results, strict=True):
            figures = await _burst(server, requests)
            if number:  # The first only warms up.
                own.append(figures)
    return [
        (
            statistics.median(each[0] for each in own),
            statistics.median(each[1] for each in own),
            sum(each[2] for each in own),
        )
        for own in results
    ]


async def _burst(server: Server, requests: Sequence[bytes]) -> tuple[float, float, float]:
    """The 50th and 99th percentile of the latencies, and how many failed."""
    connections = [await Connection.to(server.port) for _ in range(AT_ONCE)]
    answers = await asyncio.gather(
        *(connection.ask(requests[number % len(requests)]) for number, connection in enumerate(connections)),
        return_exceptions=True,
    )
    for connection in connections:
        connection.close()
    whole = [answer for answer in answers if not isinstance(answer, BaseException) and answer.status < 300]
    return (*percentiles([answer.seconds for answer in whole]), AT_ONCE - len(whole))
