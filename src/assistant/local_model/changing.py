"""Orders to finish, reopen, skip, stop or delete tasks: what is called, and what is told afterwards."""

import re
from collections.abc import Sequence
from dataclasses import replace

from src.assistant.local_model import answers
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.choosing import Chosen, choose
from src.assistant.local_model.conversation import Task, ToolResult
from src.assistant.local_model.details import Details, read_details
from src.assistant.local_model.intents import Intent
from src.assistant.local_model.references import Reference, read_reference
from src.assistant.local_model.requests import Request
from src.assistant.local_model.titles import (
    list_named,
    names_task_outright,
    names_whole_list,
    occasion_named,
    target_words,
)


def answer_state(turn: Turn, request: Request) -> str | None:
    """Complete, reopen, skip or stop repeating."""
    reopens = request.intent is Intent.REOPEN
    details = _target(turn, request)
    chosen = choose(
        turn, _reference(request, details), status="completed" if reopens else "pending", when=details.when
    )
    if chosen is None or chosen.problem:
        return chosen.problem if chosen else None
    return _each(turn, request.intent, chosen)


_THIS_ONCE = re.compile(
    r"[\s,]+(?:(?:just )?(?:for )?this (?:one )?time|(?:just )?this once|for now)\W*$", re.I
)
_SERIES = re.compile(
    r"[\s,]+(?:and all (?:its|the) (?:repeats|occurrences)|series|for good|forever|altogether"
    r"|completely)\W*$",
    re.I,
)


def _target(turn: Turn, request: Request) -> Details:
    return read_details(_named(request.text), turn.conversation.context)


def _named(text: str) -> str:
    """The text without the words that say how far an order goes: "skip it this time"."""
    named = _THIS_ONCE.sub("", text)
    is_bare = re.match(r"^\W*\w+\s+(?:the\s+)?(?:whole\s+|entire\s+)?series\W*$", named, re.I) is not None
    return named if is_bare else _SERIES.sub("", named)


def _reference(request: Request, details: Details) -> Reference:
    if request.reference is not None:
        return request.reference
    whole = read_reference(target_words(_named(request.text)))
    if not (whole.words or whole.is_pronoun or whole.numbers or whole.places or whole.is_everything):
        return _unnamed(request.text)
    if not whole.words:
        return whole
    shorter = target_words(details.rest)
    if names_task_outright(request.text):
        return replace(whole, shorter=shorter)
    if not shorter:
        return _unnamed(request.text)
    return replace(read_reference(shorter), longer=whole.words)


def _unnamed(text: str) -> Reference:
    """An order that names no title means the whole list it speaks of, or its one appointment."""
    if names_whole_list(text):
        return Reference(is_everything=True)
    return Reference(words=occasion_named(text), is_vague=True)


def _each(turn: Turn, intent: Intent, chosen: Chosen, *, is_series: bool = False) -> str | None:
    results = [
        turn.ask("delete_task", task_id=task["id"], scope="series")
        if is_series and task.get("recurrence")
        else _change(turn, intent, task)
        for task in chosen.tasks
    ]
    if any(result is None for result in results):
        return None
    told = zip(chosen.tasks, results, strict=True)
    return " ".join(_told(intent, task, result) for task, result in told if result and not result.is_held)


def _change(turn: Turn, intent: Intent, task: Task) -> ToolResult | None:
    match intent:
        case Intent.COMPLETE:
            return turn.ask("complete_task", task_id=task["id"])
        case Intent.REOPEN:
            return turn.ask("complete_task", task_id=task["id"], completed=False)
        case Intent.SKIP:
            return turn.ask("skip_task", task_id=task["id"])
        case Intent.STOP:
            return turn.ask("stop_recurrence", task_id=task["id"])
        case _:
            return turn.ask("delete_task", task_id=task["id"])


def _told(intent: Intent, task: Task, result: ToolResult) -> str:
    if result.error or result.outcome is None:
        return answers.failed(f"{intent.value} {answers.title(task)}", result.error)
    after = next(iter(result.tasks()), task)
    match intent:
        case Intent.COMPLETE:
            return answers.completed(after, result.outcome.get("next_occurrence"))
        case Intent.REOPEN:
            return f"Reopened {answers.title(after)}."
        case Intent.SKIP:
            successor = result.outcome.get("next_occurrence")
            return f"Skipped {answers.title(after)}." + (
                f" Next time: {answers.due(successor)}." if successor else ""
            )
        case Intent.STOP:
            return f"{answers.title(after)} no longer repeats."
        case _:
            told = f"Deleted “{result.outcome.get('title') or task['title']}”."
            successor = result.outcome.get("next_occurrence")
            again = f" It repeats: the next is {answers.due(successor)}." if successor else ""
            return told + again + (" Say “delete the series” to end it." if successor else "")


def answer_deletes(turn: Turn, requests: Sequence[Request]) -> str | None:
    """Delete one task, or several; several are held back until the user says yes."""
    found = [_to_delete(turn, request) for request in requests]
    known = [chosen for chosen in found if chosen is not None]
    if len(known) < len(found):
        return None
    problems = list(dict.fromkeys(chosen.problem for chosen in known if chosen.problem))
    if problems:
        return "\n".join(problems)
    tasks = tuple({task["id"]: task for chosen in known for task in chosen.tasks}.values())
    # Of several tasks the repeating ones go as a whole: one would not ask for their next ones instead.
    is_series = (
        len(tasks) > 1
        or any(chosen.is_several for chosen in known)
        or _SERIES.search(requests[0].text) is not None
    )
    return _each(turn, Intent.DELETE, Chosen(tasks), is_series=is_series)


def _to_delete(turn: Turn, request: Request) -> Chosen | None:
    details = _target(turn, request)
    category = list_named(request.text)
    return choose(turn, _reference(request, details), when=details.when, category=category)


_GONE = "A deleted task cannot be brought back from here."


def answer_undo(turn: Turn) -> str | None:
    """Take the last change back, where a tool can."""
    last = next(iter(turn.conversation.changes()), None)
    if last is None or not last.tasks():
        return "There is nothing here that I could take back." if last is None else _GONE
    task = last.tasks()[0]
    if last.tool == "delete_task":
        return _GONE
    if last.tool == "complete_task" and last.arguments.get("completed") is not False:
        return _each(turn, Intent.REOPEN, Chosen((task,)))
    if last.tool == "complete_task":
        return _each(turn, Intent.COMPLETE, Chosen((task,)))
    if last.tool == "add_task":
        return _each(turn, Intent.DELETE, Chosen((task,)))
    return f"I can't take that change back by myself. Tell me what {answers.title(task)} should be instead."
