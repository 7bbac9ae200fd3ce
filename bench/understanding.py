"""How well the built-in model understands: `python -m bench.understanding FILE… [--json] [--failures N]`."""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from src.assistant.local_model.asking import Turn
from src.assistant.local_model.adding import add_arguments
from src.assistant.local_model.changing import _reference, _target
from src.assistant.local_model.updating import _update
from src.assistant.local_model.details import iso
from src.language import find_whens
from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.intents import TOOL_OF, Intent
from src.assistant.local_model.listing import list_arguments
from src.assistant.local_model.requests import Request, requests_of
from src.language.when import LanguageContext

ZONE = ZoneInfo("UTC")
DEFAULT_REFERENCE = datetime(2026, 7, 15, 9, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Understood:
    """The tool the first request of an utterance is about, and what it would say to it."""

    tool: str
    title: str
    due: tuple[str, ...]


def run_utterance(text: str, reference: datetime) -> Understood:
    """What the local model makes of an utterance that opens a conversation at an instant.

    A task that is named is looked up before it is changed; that lookup is part of the change, so the tool
    here is the one the utterance is about.
    """
    context = LanguageContext.of(reference, ZONE)
    conversation = Conversation(text, (), (), {}, context)
    request = requests_of(conversation)[0]
    title, due = _read(Turn(conversation), request)
    return Understood(TOOL_OF.get(request.intent, "none"), title, due)


def _read(turn: Turn, request: Request) -> tuple[str, tuple[str, ...]]:
    match request.intent:
        case Intent.ADD:
            arguments = add_arguments(turn, request.text)
            return str(arguments["title"]), _dates(arguments.get("due_date"))
        case Intent.LIST:
            arguments = list_arguments(turn, request)
            return str(arguments.get("search", "")), _window(turn, arguments)
        case Intent.NONE | Intent.YES | Intent.NO:
            return "", ()
        case _:
            return target_of(turn, request)


def target_of(turn: Turn, request: Request) -> tuple[str, tuple[str, ...]]:
    """The words and the date by which a request to change something names its task, or the new date."""
    if request.intent is Intent.UPDATE:
        words, fields, _ = _update(turn, request.text)
        named = find_whens(request.text, turn.conversation.context)
        return words, (
            *(iso(when) for when in named),
            *(str(fields[n]) for n in ("due_date",) if n in fields),
        )
    details = _target(turn, request)
    due = details.due()
    return _reference(request, details).words, (due,) if due else ()


def _dates(due: object) -> tuple[str, ...]:
    return (str(due),) if due else ()


def _window(turn: Turn, arguments: dict[str, Any]) -> tuple[str, ...]:
    today = turn.conversation.context.wall.date().isoformat()
    if arguments.get("due") == "today":
        return (today,)
    if arguments.get("due") == "tomorrow":
        return ((turn.conversation.context.wall.date() + timedelta(days=1)).isoformat(),)
    return tuple(str(arguments[name]) for name in ("due_after", "due_before") if name in arguments)


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


def score_row(row: dict[str, Any], scores: dict[str, Score]) -> None:
    """Count one row under every measure it bears on."""
    reference = datetime.fromisoformat(row.get("reference") or DEFAULT_REFERENCE.isoformat()).replace(
        tzinfo=ZONE
    )
    understood = run_utterance(row["text"], reference)
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
    got, wanted = _words(understood.title), _words(gold)
    is_right = got == wanted if is_exact else all(w in got for w in wanted.split(" | "))
    told = f"{row['text']} | wanted {gold}, got {understood.title}"
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="show so many of each kind")
    options = parser.parse_args()
    scores: dict[str, Score] = defaultdict(Score)
    for row in read_rows(options.files):
        score_row(row, scores)
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
