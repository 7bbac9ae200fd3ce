"""How well dates are understood: `uv run python -m bench.language FILE… [--json] [--failures N]`.

Takes files in the form of `dates.jsonl` (phrases with what they mean) and of `utterances_with_due_date.jsonl`
(whole sentences with the day that independent libraries agreed on).
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from bench.scoring import Row, is_core, is_right
from src.language import LanguageContext, When, find_whens

NAMES = {
    "date": "date exact",
    "datetime": "date and time exact",
    "time": "time of day exact",
    "range": "answer inside a range",
    "recurrence": "recurrence: next 8 dates equal",
    "none": "texts with no date: nothing found",
    "due": "due date right where five libraries agree",
}
AGREEMENT = 5


@dataclass
class Tally:
    """Right answers out of all, by metric and source."""

    right: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def count(self, metric: str, source: str, *, right: bool) -> None:
        for key in ((metric, source), (metric, "total")):
            self.asked[key] += 1
            self.right[key] += right


def read_rows(paths: list[Path]) -> Iterator[Row]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def answer(row: Row, tally: Tally) -> When | None:
    """What is found where the row's phrase stands, or else first in its text."""
    context = LanguageContext(datetime.fromisoformat(row["reference"]).replace(tzinfo=UTC), ZoneInfo("UTC"))
    begun = perf_counter()
    whens = find_whens(row["text"], context)
    tally.seconds.append(perf_counter() - begun)
    start = row["text"].lower().find((row.get("phrase") or "").lower())
    end = start + len(row.get("phrase") or "")
    there = [when for when in whens if any(span.start < end and start < span.end for span in when.spans)]
    return next(iter(there or whens), None)


def measure(row: Row, tally: Tally) -> None:
    metric = "due" if "due" in row else row["kind"]
    if metric == "due" and row["due"]["votes"] < AGREEMENT:
        return
    if metric != "due" and not is_core(row):
        return
    when = answer(row, tally)
    right = is_due(row["due"], when) if metric == "due" else is_right(row, when)
    tally.count(metric, row.get("source", ""), right=right)
    if not right:
        wanted = row["due"] if metric == "due" else row["expected"]
        said = when.explanation if when else "nothing"
        tally.failures.append(f"{metric}: {row['text']!r} ({row['reference']}) wants {wanted}, got {said}")


def is_due(due: Row, when: When | None) -> bool:
    """The same day, and the same minute where a time was agreed on."""
    if when is None or when.on != date.fromisoformat(due["date"]):
        return False
    return "time" not in due or (when.at is not None and bool(f"{when.at:%H:%M}" == due["time"][:5]))


def summary(tally: Tally) -> dict[str, Any]:
    table: dict[str, dict[str, Any]] = defaultdict(dict)
    for (metric, source), asked in sorted(tally.asked.items()):
        right = tally.right[metric, source]
        table[NAMES[metric]][source] = {"right": right, "of": asked, "percent": round(100 * right / asked, 1)}
    times = sorted(tally.seconds)
    speed = {
        "mean_ms": round(1000 * sum(times) / len(times), 3),
        "p99_ms": round(1000 * times[int(len(times) * 0.99)], 3),
    }
    return {"metrics": dict(table), "speed": speed}


def show(result: dict[str, Any]) -> None:
    for name, sources in result["metrics"].items():
        total = sources["total"]
        print(f"{name:46} {total['percent']:5.1f} %  ({total['right']}/{total['of']})")
        for source, score in sources.items():
            if source != "total":
                print(f"    {source:42} {score['percent']:5.1f} %  ({score['right']}/{score['of']})")
    speed = result["speed"]
    print(f"speed per phrase: {speed['mean_ms']} ms mean, {speed['p99_ms']} ms p99")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench.language", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="the table for machines")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="show N rows that are wrong")
    options = parser.parse_args(arguments)
    tally = Tally()
    for row in read_rows(options.files):
        measure(row, tally)
    result = summary(tally)
    if options.json:
        print(json.dumps(result | {"failures": tally.failures[: options.failures]}, indent=2))
        return
    show(result)
    for failure in tally.failures[: options.failures]:
        print(failure)


if __name__ == "__main__":
    main(sys.argv[1:])
