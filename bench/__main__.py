"""Measure the service beside the limit server: `python -m bench [--quick] [--only list,get]`."""

import argparse
import os
import resource
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import uvloop

from bench import beside, burst, growth, start, streams, talk
from bench.ground import Ground, prepared
from bench.operations import OPERATIONS
from bench.report import Section, as_json, machine, verdicts

Measurement: TypeAlias = Callable[[Ground], Awaitable[Section]]
_OTHERS: dict[str, Measurement] = {
    "start": start.measure,
    "growth": growth.measure,
    "turns": talk.measure,
    "streams": streams.measure,
    "burst": burst.measure,
}
_OPERATIONS = tuple(operation.name for operation in OPERATIONS)
_OPEN_FILES = 8_192


def main() -> int:
    arguments = _arguments()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(_OPEN_FILES, hard)), hard))
    where = machine()
    sections = uvloop.run(_measured(arguments))
    where["load_after"] = round(os.getloadavg()[0], 1)
    print(verdicts(sections))
    print("\nMeasured with", ", ".join(f"{name} {value}" for name, value in where.items()))
    if arguments.json:
        arguments.json.write_bytes(as_json(where, sections))
    return int(any(section.has_failed for section in sections))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer tasks and rounds: under two minutes")
    names = ", ".join((*_OPERATIONS, *_OTHERS))
    parser.add_argument("--only", type=_names, default=(*_OPERATIONS, *_OTHERS), help=f"some of: {names}")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--rounds", type=int, help="how often each operation is driven on each server")
    parser.add_argument("--keep", type=Path, help="keep the database in this folder for the next time")
    return parser.parse_args()


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - {*_OPERATIONS, *_OTHERS}:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
    return names


async def _measured(arguments: argparse.Namespace) -> list[Section]:
    sections = []
    async with prepared(is_quick=arguments.quick, kept_in=arguments.keep) as ground:
        for measure in _measurements(arguments):
            section = await measure(ground)
            print(section, flush=True)
            sections.append(section)
    return sections


def _measurements(arguments: argparse.Namespace) -> list[Measurement]:
    chosen = [operation for operation in OPERATIONS if operation.name in arguments.only]
    measurements = [measure for name, measure in _OTHERS.items() if name in arguments.only]
    if chosen:
        # Last: it changes and adds tasks.
        rounds = arguments.rounds or (2 if arguments.quick else 32)
        measurements.append(lambda ground: beside.measure(ground, chosen, rounds))
    return measurements


if __name__ == "__main__":
    sys.exit(main())
