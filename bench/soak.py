"""Everything at once for a while, and whether memory stays: `python -m bench.soak [--minutes 10]`."""

import argparse
import asyncio
import statistics
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass

import httpx

from bench.folders import temporary_folder
from bench.processes import open_files, resident_bytes
from bench.requests import token_for
from bench.servers import Server, running
from bench.soak_acts import Person
from bench.soak_server import ALIVE
from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.migrations import migrate

_SERVICE = (
    "bench.soak_server:app",
    *("--http", "src.core.http_protocol:BoundedHttpProtocol", "--no-access-log", "--log-level", "warning"),
)
_METRICS = {"METRICS_TOKEN": "a-token-of-the-soak-0123456789abcdef"}
_PEOPLE = 16
_PAUSE_SECONDS = 0.04
_SAMPLE_SECONDS = 10
# Until every path has run, caches and arenas fill up.
_WARM_SECONDS = 180
MOST_GROWTH = 0.3
"""MB a minute that count as flat."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at a moment."""

    seconds: float
    megabytes: float
    files: int
    tasks: int
    pool: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    asyncio.run(_soak(parser.parse_args().minutes * 60))


async def _soak(seconds: float) -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        postgres = stack.enter_context(await asyncio.to_thread(EmbeddedPostgres, folder / "soak"))
        await migrate(parse_database_url(postgres.url))
        log = folder / "service.log"
        async with running(_SERVICE, postgres.url, log, _METRICS) as server:
            samples, answers = await _driven(server, seconds)
        errors = log.read_text().count('"level":"error"')
    _tell(samples, answers, errors)


async def _driven(server: Server, seconds: float) -> tuple[list[Sample], Counter[int]]:
    answers: Counter[int] = Counter()
    samples: list[Sample] = []
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(_PEOPLE):
            group.create_task(_work(server.port, number, until, answers))
        group.create_task(_watch(server, until, samples))
    return samples, answers


async def _work(port: int, number: int, until: float, answers: Counter[int]) -> None:
    """One person after the other, so that users come and go."""
    shift = 0
    while time.monotonic() < until:
        user = f"soak-{number}-{shift % 50}"
        headers = {"Authorization": f"Bearer {token_for(user)}"}
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as http:
            person = Person(http, seed=number * 1_000 + shift)
            for _ in range(200):
                answers[(await person.act()).status_code] += 1
                await asyncio.sleep(_PAUSE_SECONDS)
                if time.monotonic() >= until:
                    break
        shift += 1


async def _watch(server: Server, until: float, samples: list[Sample]) -> None:
    began = time.monotonic()
    headers = {"Authorization": f"Bearer {_METRICS['METRICS_TOKEN']}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=headers) as http:
        while (left := until - time.monotonic()) > 0:
            samples.append(await _sample(server, http, time.monotonic() - began))
            if len(samples) % (60 // _SAMPLE_SECONDS) == 1:
                print(_line(samples[-1]), flush=True)
            await asyncio.sleep(min(_SAMPLE_SECONDS, left))


async def _sample(server: Server, http: httpx.AsyncClient, seconds: float) -> Sample:
    metrics = (await http.get("/metrics", timeout=60)).text.splitlines()
    pool = [
        line.removeprefix("todo_database_pool_") for line in metrics if line.startswith("todo_database_pool_")
    ]
    files = open_files(server.pid)
    tasks = int((await http.get(ALIVE, timeout=60)).text)
    return Sample(seconds, resident_bytes(server.pid) / 1e6, files, tasks, ", ".join(pool))


def _line(sample: Sample) -> str:
    return (
        f"{sample.seconds / 60:5.1f} min  {sample.megabytes:6.1f} MB  {sample.files:3} files  "
        f"{sample.tasks:3} tasks  pool: {sample.pool}"
    )


def _tell(samples: list[Sample], answers: Counter[int], errors: int) -> None:
    print(_line(samples[-1]))
    print(f"{answers.total()} answers: {dict(sorted(answers.items()))}, errors in the log: {errors}")
    warm = [each for each in samples if each.seconds >= _WARM_SECONDS]
    if len(warm) > 2:
        times, sizes = [each.seconds / 60 for each in warm], [each.megabytes for each in warm]
        growth = statistics.linear_regression(times, sizes).slope
        verdict = "flat" if growth < MOST_GROWTH else "GROWING"
        print(f"memory after {_WARM_SECONDS // 60} minutes: {growth:+.2f} MB a minute, {verdict}")


if __name__ == "__main__":
    main()
