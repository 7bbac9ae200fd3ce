"""The service beside the limit server: in turn, in many short rounds, so that a noisy machine is fair."""

import asyncio
import re
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson

from bench.client import Connection
from bench.ground import Ground
from bench.load import CONNECTIONS, Load, LoadFailed, drive
from bench.operations import Cast, Operation
from bench.processes import family_cpu_seconds
from bench.report import Check, Section, milliseconds
from bench.servers import Server

LEAST_CPU_RATIO = 0.60
_COLUMNS = ("req/s", "p50", "p99", "CPU", "PostgreSQL")
_PAUSE_SECONDS = 0.2
_WARMING_SECONDS = 0.4
_SECONDS = 1.0
"""As short as wrk can: a bad moment of the machine then spoils one of many rounds."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


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

    def cells(self) -> list[str]:
        times = (milliseconds(self.p50), milliseconds(self.p99))
        return [f"{self.throughput:.0f}", *times, f"{self.cpu_us:.0f}", f"{self.postgres_us:.0f}"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operation, as medians over the rounds; ratios are geometric means of each pair's own ratio.

    A pair's ratio scatters by a sixth on a machine that others share, and its median more than its mean.
    """

    operation: str
    service: Figures
    limit: Figures | None = None
    ratio: float | None = None
    cpu_ratio: float | None = None
    target: float | None = None

    def checks(self) -> Iterator[Check]:
        if self.target is None or self.ratio is None or self.cpu_ratio is None:
            return
        yield Check(f"{self.operation}: share of the throughput", self.ratio, self.target, is_least=True)
        yield Check(f"{self.operation}: share of the CPU", self.cpu_ratio, LEAST_CPU_RATIO, is_least=True)

    def row(self) -> list[str]:
        limit = self.limit.cells() if self.limit else ["", "", "", "", ""]
        ratios = [f"{each:.2f}" if each else "" for each in (self.ratio, self.cpu_ratio)]
        return [self.operation, *ratios, *self.service.cells(), *limit]


@dataclass(frozen=True, slots=True)
class Pair:
    """The two servers, the database under them, and who asks."""

    service: Server
    limit: Server
    postmaster: int
    cast: Cast


async def measure(ground: Ground, operations: Sequence[Operation], rounds: int) -> Section:
    async with ground.loaded_service() as service, ground.limit() as limit:
        pair = Pair(service, limit, ground.postmaster, ground.cast)
        found = [await _compared(pair, each, _rounds_of(each, rounds)) for each in operations]
        memory = [service.resident_bytes() / 1e6, limit.resident_bytes() / 1e6]
    return Section(
        f"Beside the limit: {CONNECTIONS} connections, medians of {rounds} rounds in turn; ms a request, "
        f"CPU in ms a thousand; {memory[0]:.0f} MB at the end, the limit {memory[1]:.0f} MB",
        ["", "ratio", "CPU ratio", *_COLUMNS, *(f"limit {name}" for name in _COLUMNS)],
        [each.row() if isinstance(each, Comparison) else each for each in found],
        [check for each in found if isinstance(each, Comparison) for check in each.checks()],
        figures={each.operation: asdict(each) for each in found if isinstance(each, Comparison)},
        has_failed=not all(isinstance(each, Comparison) for each in found),
    )


def _rounds_of(operation: Operation, rounds: int) -> int:
    """Only ratios need many rounds."""
    return rounds if operation.has_limit else max(1, rounds // 4)


async def _compared(pair: Pair, operation: Operation, rounds: int) -> Comparison | list[str]:
    """One operation; where it fails, the others are measured all the same."""
    print(f"{operation.name} …", file=sys.stderr, flush=True)
    try:
        return await compare(pair, operation, rounds)
    except (LoadFailed, AnswersDiffer) as error:
        print(f"{operation.name} failed: {error}", file=sys.stderr)
        return [operation.name, "failed", *[""] * (len(_COLUMNS) * 2 + 1)]


async def compare(pair: Pair, operation: Operation, rounds: int) -> Comparison:
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
            stretch = await _stretch(pair, server, requests, _SECONDS if number else _WARMING_SECONDS)
            if number:  # The first round only warms up.
                stretches[server.port].append(stretch)
    return _summary(operation, stretches[pair.service.port], stretches[pair.limit.port])


async def _stretch(pair: Pair, server: Server, requests: Sequence[bytes], seconds: float) -> Stretch:
    cpu, postgres = server.cpu_seconds(), family_cpu_seconds(pair.postmaster)
    load = await drive(server.port, requests, seconds)
    cpu, postgres = server.cpu_seconds() - cpu, family_cpu_seconds(pair.postmaster) - postgres
    requests_done = max(1, load.requests)
    return Stretch(load, cpu / requests_done * 1e6, postgres / requests_done * 1e6)


def _summary(operation: Operation, ours: list[Stretch], limits: list[Stretch]) -> Comparison:
    if not limits:
        return Comparison(operation.name, _medians(ours))
    pairs = list(zip(ours, limits, strict=True))
    return Comparison(
        operation.name,
        _medians(ours),
        _medians(limits),
        ratio=statistics.geometric_mean(one.load.throughput / limit.load.throughput for one, limit in pairs),
        cpu_ratio=statistics.geometric_mean(limit.cpu_us / one.cpu_us for one, limit in pairs),
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
    simplified = _comparable if operation.is_read else shape_of
    if ours[0] >= 300 or ours[0] != theirs[0] or simplified(ours[1]) != simplified(theirs[1]):
        raise AnswersDiffer(f"{operation.name}: {ours} is not like {theirs}")


async def _asked(server: Server, request: bytes) -> tuple[int, Any]:
    connection = await Connection.to(server.port)
    answer = await connection.ask(request)
    connection.close()
    return answer.status, orjson.loads(answer.body)


def _comparable(body: Any) -> Any:
    """Without cursors, which only the service seals; instants as such, however many zeros they end with."""
    if isinstance(body, dict):
        return {name: _comparable(inner) for name, inner in body.items() if name != "next_cursor"}
    if isinstance(body, list):
        return [_comparable(inner) for inner in body]
    is_instant = isinstance(body, str) and _INSTANT.fullmatch(body)
    return datetime.fromisoformat(body) if is_instant else body


def shape_of(value: Any) -> Any:
    """A JSON value with its texts and numbers replaced by their types."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape_of(inner) for inner in value]
    return type(value).__name__
