"""The service beside the limit server: in turn, in many short rounds, so that a noisy machine is fair."""

import asyncio
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bench.client import Connection
from bench.load import Load, drive
from bench.operations import Cast, Operation
from bench.processes import family_cpu_seconds
from bench.servers import Server

LEAST_CPU_RATIO = 0.60
_PAUSE_SECONDS = 0.3


class AnswersDiffer(Exception):
    """The two servers do not do the same work."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One round of load on one server."""

    load: Load
    cpu_us: float
    postgres_us: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server makes of an operation; processor time is for one request."""

    throughput: float
    p50: float
    p99: float
    cpu_us: float
    postgres_us: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operation, as medians over the rounds; ratios are medians of each pair's own ratio."""

    operation: str
    service: Figures
    limit: Figures | None = None
    ratio: float | None = None
    cpu_ratio: float | None = None
    target: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it reaches what it should."""
        if self.target is None or self.ratio is None or self.cpu_ratio is None:
            return True
        return self.ratio >= self.target and self.cpu_ratio >= LEAST_CPU_RATIO


@dataclass(frozen=True, slots=True)
class Pair:
    """The two servers, the database under them, and who asks."""

    service: Server
    limit: Server
    postmaster: int
    cast: Cast


async def compare(pair: Pair, operation: Operation, *, rounds: int, seconds: float) -> Comparison:
    """Drive both in turn: A B, B A, A B."""
    requests = await operation.requests(pair.cast)
    if operation.has_limit:
        await _check(pair, operation, requests)
    stretches: dict[int, list[Stretch]] = {pair.service.port: [], pair.limit.port: []}
    servers = [pair.service, pair.limit] if operation.has_limit else [pair.service]
    for number in range(rounds + 1):
        for server in servers if number % 2 else servers[::-1]:
            await asyncio.sleep(_PAUSE_SECONDS)  # What the last round left half done ends in peace.
            if operation.uses_up:
                requests = await operation.requests(pair.cast)
            stretch = await _stretch(pair, server, requests, seconds if number else 1)
            if number:  # The first round only warms up.
                stretches[server.port].append(stretch)
    return _summary(operation, stretches[pair.service.port], stretches[pair.limit.port])


async def _stretch(pair: Pair, server: Server, requests: Sequence[bytes], seconds: float) -> Stretch:
    cpu, postgres = server.cpu_seconds(), family_cpu_seconds(pair.postmaster)
    load = await drive(server.port, requests, seconds)
    cpu, postgres = server.cpu_seconds() - cpu, family_cpu_seconds(pair.postmaster) - postgres
    return Stretch(load, cpu / load.requests * 1e6, postgres / load.requests * 1e6)


def _summary(operation: Operation, ours: list[Stretch], limits: list[Stretch]) -> Comparison:
    if not limits:
        return Comparison(operation.name, _medians(ours))
    pairs = list(zip(ours, limits, strict=True))
    return Comparison(
        operation.name,
        _medians(ours),
        _medians(limits),
        ratio=statistics.median(one.load.throughput / limit.load.throughput for one, limit in pairs),
        cpu_ratio=statistics.median(limit.cpu_us / one.cpu_us for one, limit in pairs),
        target=operation.target,
    )


def _medians(stretches: list[Stretch]) -> Figures:
    def median(of: Callable[[Stretch], float]) -> float:
        return statistics.median(of(each) for each in stretches)

    return Figures(
        median(lambda each: each.load.throughput),
        median(lambda each: each.load.p50),
        median(lambda each: each.load.p99),
        median(lambda each: each.cpu_us),
        median(lambda each: each.postgres_us),
    )


async def _check(pair: Pair, operation: Operation, requests: Sequence[bytes]) -> None:
    """Both answer alike: a read to the value, a change in its shape.

    Raises:
        AnswersDiffer: they do not.
    """
    ours = await _asked(pair.service, requests[0])
    theirs = await _asked(pair.limit, requests[0 if operation.is_read or not operation.uses_up else 1])
    simplified = _without_cursor if operation.is_read else shape_of
    if ours[0] >= 300 or ours[0] != theirs[0] or simplified(ours[1]) != simplified(theirs[1]):
        raise AnswersDiffer(f"{operation.name}: {ours} is not like {theirs}")


async def _asked(server: Server, request: bytes) -> tuple[int, Any]:
    connection = await Connection.to(server.port)
    answer = await connection.ask(request)
    connection.close()
    return answer.status, orjson.loads(answer.body)


def _without_cursor(body: Any) -> Any:
    """The service seals its cursors, the limit server does not."""
    return {name: value for name, value in body.items() if name != "next_cursor"}


def shape_of(value: Any) -> Any:
    """A JSON value with its texts and numbers replaced by their types."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape_of(inner) for inner in value]
    return type(value).__name__
