"""How well the built-in model understands: `python -m bench.understanding FILE… [--json] [--failures N]`.

Every utterance is said to the real assistant, over the real tools, by a new user in a real database.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.stage import Stage, Talk, staged
from src.assistant.events import ToolUsed
from src.assistant.local_model import answers
from src.core.config import Settings

ZONE = ZoneInfo("UTC")
# `FROZEN_NOW` sets the clock for utterances that name no instant of their own.
DEFAULT_REFERENCE = Settings(_env_file=None).frozen_now or datetime(2026, 7, 15, 9, tzinfo=ZONE)
OTHER_TITLE = "sharpen the kitchen knives"
READING = frozenset({"list_tasks", "get_task", "list_tags"})
_NONE_FOUND = ("I found no task", "There are no tasks", "There is nothing there")
_REPLIES = {
    answers.ASK_SURE: "yes",
    answers.ASK_WHICH: "the first one",
    answers.ASK_TITLE: OTHER_TITLE,
}
"""What the user answers to a question; then the tool is called that was asked for."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The tool an utterance came to, and what was said to the tools on the way."""

    tool: str
    titles: tuple[str, ...] = ()
    due: tuple[str, ...] = ()


async def run_utterance(stage: Stage, text: str, reference: datetime, owned: str) -> Understood:
    """What the assistant does with an utterance that opens a conversation at an instant.

    A task that is named is looked up before it is changed; that lookup is part of the change, so the tool is
    the one that changes. The user owns the task of the gold title. Where the assistant looked for another
    and told that there is none, the user is given the very one that was searched for and says it again: the
    tool then shows what was wanted, and the words of the search are scored as the title.
    """
    stage.now = reference
    answer, used = await _said(stage, text, {"title": owned} if owned else None)
    if answer.startswith(_NONE_FOUND) and not _changing(used):
        answer, used = await _said(stage, text, _sought(used))
    return Understood(_tool(answer, used), _titles(used), _due(used, reference))


def _sought(used: list[ToolUsed]) -> dict[str, str]:
    """The task that was looked for: by its words, its list and its day, as far as they were named."""
    asked = next((each.arguments for each in used), {})
    named = {"category": asked.get("category"), "due_string": asked.get("due_after")}
    return {"title": asked.get("search") or OTHER_TITLE} | {
        name: value for name, value in named.items() if value
    }


async def _said(stage: Stage, text: str, owned: dict[str, str] | None) -> tuple[str, list[ToolUsed]]:
    """One turn, and a second one where the assistant asks something that can be answered."""
    talk: Talk = stage.newcomer()
    await talk.own([owned, {"title": OTHER_TITLE}] if owned else [])
    answer, used = await talk.say(text)
    reply = next((reply for question, reply in _REPLIES.items() if answer.startswith(question)), None)
    if reply is None:
        return answer, used
    later, more = await talk.say(reply)
    return later, [*used, *more]


def _changing(used: Iterable[ToolUsed]) -> list[ToolUsed]:
    return [each for each in used if each.tool not in READING]


def _tool(answer: str, used: list[ToolUsed]) -> str:
    if answer.startswith(answers.ASK_CHANGE):
        # There is nothing an answer could say that holds for every utterance; the question shows the tool.
        return "update_task"
    return next((each.tool for each in [*_changing(used), *used]), "none")


def _titles(used: list[ToolUsed]) -> tuple[str, ...]:
    """The words by which tasks were added, renamed or looked for."""
    return tuple(
        str(each.arguments[name]) for each in used for name in ("title", "search") if name in each.arguments
    )


def _due(used: list[ToolUsed], reference: datetime) -> tuple[str, ...]:
    days = {"today": reference, "tomorrow": reference + timedelta(days=1)}
    named = [days[each.arguments["due"]] for each in used if each.arguments.get("due") in days]
    given = [
        str(each.arguments[name])
        for each in used
        for name in ("due_date", "due_after", "due_before")
        if name in each.arguments
    ]
    return (*(day.date().isoformat() for day in named), *given)


@dataclass(slots=True)
class Score:
    """Right answers out of all, and the wrong ones."""

    right: int = 0
    total: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, is_right: bool, told: str) -> None:
        self.total += 1
        self.right += is_right
        if not is_right:
            self.wrong.append(told)

    @property
    def percent(self) -> float:
        return 100 * self.right / self.total if self.total else 100.0


async def score_row(stage: Stage, row: dict[str, Any], scores: dict[str, Score]) -> None:
    """Count one row under every measure it bears on."""
    reference = datetime.fromisoformat(row.get("reference") or DEFAULT_REFERENCE.isoformat()).replace(
        tzinfo=ZONE
    )
    gold = row["slots"].get("title") or ""
    owned = gold if row["tool"] in ("complete_task", "delete_task", "update_task") else ""
    understood = await run_utterance(stage, row["text"], reference, owned)
    _score_tool(row, understood, scores)
    if row["tool"] == understood.tool or row["tool"] == "none":
        _score_title(row, understood, scores)
        _score_due(row, understood, scores)


def _score_tool(row: dict[str, Any], understood: Understood, scores: dict[str, Score]) -> None:
    if row["tool"] == "ambiguous":
        return
    wanted = "list_tasks" if row["tool"] == "list_tasks_page" else row["tool"]
    is_right = understood.tool == wanted
    told = f"{row['text']} | wanted {wanted}, got {understood.tool}"
    scores["no tool" if wanted == "none" else f"tool {wanted}"].count(is_right, told)
    if wanted != "none":
        scores["tool, overall"].count(is_right, told)
    scores[f"source {row['source']}"].count(is_right, told)


def _score_title(row: dict[str, Any], understood: Understood, scores: dict[str, Score]) -> None:
    gold = row["slots"].get("title")
    if not gold:
        return
    is_exact = row["slots"]["title_gold"] in ("TaskContent span", "Subject span")
    heard = [_words(title) for title in understood.titles]
    parts = [_words(part) for part in gold.split("|")]
    is_right = all(any(part == title if is_exact else part in title for title in heard) for part in parts)
    told = f"{row['text']} | wanted {gold}, got {', '.join(understood.titles)}"
    scores["title, exact" if is_exact else "title, keyword"].count(is_right, told)
    scores["title, overall"].count(is_right, told)


def _words(text: str) -> str:
    return " ".join(text.lower().split())


def _score_due(row: dict[str, Any], understood: Understood, scores: dict[str, Score]) -> None:
    due = row.get("due")
    if not due or due["votes"] < 5:
        return
    days = [text[:10] for text in understood.due]
    is_right = due["date"] in days or (len(days) == 2 and days[0] <= due["date"] <= days[1])
    if is_right and due.get("time") and row["tool"] == "add_task":
        is_right = any(text[11:16] == due["time"][:5] for text in understood.due)
    scores["due date"].count(is_right, f"{row['text']} | wanted {due}, got {understood.due}")


def read_rows(paths: Iterable[str]) -> Iterable[dict[str, Any]]:
    for path in paths:
        with Path(path).open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


async def scored(rows: Iterable[dict[str, Any]]) -> dict[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    async with staged(DEFAULT_REFERENCE) as stage:
        for row in rows:
            await score_row(stage, row, scores)
    return scores


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="show so many of each kind")
    options = parser.parse_args()
    scores = asyncio.run(scored(read_rows(options.files)))
    if options.json:
        print(json.dumps({name: vars_of(score) for name, score in sorted(scores.items())}))
        return 0
    for name, score in sorted(scores.items()):
        print(f"{name:28} {score.percent:6.1f} %  {score.right} of {score.total}")
        for told, times in list(Counter(score.wrong).items())[: options.failures]:
            print(f"    {told}" + (f"  {times} times" if times > 1 else ""))
    return 0


def vars_of(score: Score) -> dict[str, float]:
    return {"right": score.right, "total": score.total, "percent": round(score.percent, 2)}


if __name__ == "__main__":
    sys.exit(main())
