"""What was measured, as tables to read and as JSON."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bench.load import has_wrk


@dataclass(frozen=True, slots=True)
class Check:
    """A figure and the bound that it should keep."""

    what: str
    value: float
    bound: float
    is_least: bool = False
    unit: str = ""

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.is_least else self.value <= self.bound

    def __str__(self) -> str:
        verdict = "holds " if self.holds else "MISSED"
        sign = ">=" if self.is_least else "<="
        return f"{verdict}  {self.what}: {self.value:.3g}{self.unit} ({sign} {self.bound:g}{self.unit})"


@dataclass(frozen=True, slots=True)
class Section:
    """A table, and what it says about the bounds."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    checks: Sequence[Check] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    has_failed: bool = False

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        body = "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in lines)
        return f"\n{self.title}\n{body}"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *rest = line
    return [
        first.ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)),
    ]


def machine() -> dict[str, Any]:
    """Where and with what it was measured."""
    return {
        "commit": _commit(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "client": "wrk" if has_wrk() else "own",
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    root = Path(__file__).resolve().parents[1]
    try:
        return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - a fixed command.
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def verdicts(sections: Sequence[Section]) -> str:
    checks = [check for section in sections for check in section.checks]
    return "\n".join(["", "Bounds", *map(str, checks)])


def as_json(machine: dict[str, Any], sections: Sequence[Section]) -> bytes:
    body = {
        "machine": machine,
        "sections": {section.title: section.figures for section in sections},
        "checks": [asdict(check) | {"holds": check.holds} for each in sections for check in each.checks],
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def megabytes(count: float) -> str:
    return f"{count / 1e6:.0f}"
