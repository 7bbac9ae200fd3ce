"""Orders that change tasks: what is called, and what is told afterwards."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from src.assistant.local_model import answers
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.choosing import Chosen, choose
from src.assistant.local_model.conversation import Task, ToolResult
from src.assistant.local_model.details import Details, is_shifting, iso, priority_word, read_details, shifted
from src.assistant.local_model.intents import Intent
from src.assistant.local_model.references import Reference, read_reference
from src.assistant.local_model.requests import Request
from src.assistant.local_model.titles import (
    add_title,
    list_named,
    names_task_outright,
    names_whole_list,
    occasion_named,
    outside_lists,
    target_words,
    without_command,
)
from src.language import LanguageContext, find_whens


def answer_add(turn: Turn, request: Request) -> str | None:
    """Add one task, or ask what it is."""
    arguments = add_arguments(turn, request.text)
    if not arguments.get("title"):
        return answers.ASK_TITLE
    result = turn.ask("add_task", **arguments)
    if result is None:
        return None
    return answers.failed("add that", result.error) if result.error else answers.added(result.tasks()[0])


def add_arguments(turn: Turn, text: str) -> dict[str, Any]:
    """The arguments of add_task that a sentence gives; without a title where it names nothing to do."""
    content, category = outside_lists(text)
    details = read_details(without_command(content), turn.conversation.context)
    title = add_title(details.rest) or (occasion_named(content) if details.when is not None else "")
    arguments: dict[str, Any] = {"title": title, "due_date": details.due()}
    if details.when is not None and details.recurrence:
        repeated = " ".join(text[span.start : span.end] for span in _spans(text, turn))
        arguments |= (
            {"recurrence": repeated} if turn.takes("add_task", "recurrence") else {"due_date": repeated}
        )
    arguments["priority"] = details.priority
    arguments["category"] = details.category or category
    arguments["tags"] = list(details.tags) or None
    return arguments


def _spans(text: str, turn: Turn) -> Any:
    when = read_details(text, turn.conversation.context).when
    return when.spans if when is not None else ()


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


def _target(turn: Turn, request: Request) -> Details:
    return read_details(request.text, turn.conversation.context)


def _reference(request: Request, details: Details) -> Reference:
    if request.reference is not None:
        return request.reference
    whole = read_reference(target_words(request.text))
    if not whole.words:
        return Reference(is_everything=True) if names_whole_list(request.text) else whole
    shorter = target_words(details.rest)
    if names_task_outright(request.text):
        return replace(whole, shorter=shorter)
    return read_reference(shorter)


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


def _each(turn: Turn, intent: Intent, chosen: Chosen) -> str | None:
    results = [_change(turn, intent, task) for task in chosen.tasks]
    if any(result is None for result in results):
        return None
    told = [_told(intent, task, result) for task, result in zip(chosen.tasks, results, strict=True) if result]
    return " ".join(told)


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
            return f"Deleted “{result.outcome.get('title') or task['title']}”."


_CLEARED = re.compile(
    r"\b(due date|date|deadline|priority|category|description|tags?)\b (?:of|from|for|on)\b", re.I
)


def answer_deletes(turn: Turn, requests: Sequence[Request]) -> str | None:
    """Delete one task, or ask before deleting several."""
    found = [_to_delete(turn, request) for request in requests]
    known = [chosen for chosen in found if chosen is not None]
    if len(known) < len(found):
        return None
    problems = list(dict.fromkeys(chosen.problem for chosen in known if chosen.problem))
    if problems:
        return "\n".join(problems)
    tasks = tuple({task["id"]: task for chosen in known for task in chosen.tasks}.values())
    if len(tasks) > 1 and not requests[0].is_confirmed:
        return answers.sure(tasks)
    return _each(turn, Intent.DELETE, Chosen(tasks))


def _to_delete(turn: Turn, request: Request) -> Chosen | None:
    details = _target(turn, request)
    category = list_named(request.text)
    return choose(turn, _reference(request, details), when=details.when, category=category)


def clears_field(request: Request) -> bool:
    """Whether an order to delete means a field of a task: "remove the due date of …"."""
    return _CLEARED.search(request.text) is not None


_RENAME = re.compile(
    r"^(?:.*?\b)?(?:rename|retitle)\s+(?P<old>.+?)\s+(?:to|as|into)\s+(?P<new>.+)$"
    r"|^(?:.*?\b)?change the (?:title|name) of\s+(?P<old2>.+?)\s+to\s+(?P<new2>.+)$"
    r"|^(?:.*?\b)?(?:call it|change (?:its|the) (?:title|name) to|rename (?:it|that"
    r"|this) to)\s+(?P<new3>.+)$",
    re.I,
)
_TAGS = re.compile(
    r"^(?:.*?\b)?tag\s+(?P<old>.+?)\s+(?:with|as)\s+(?P<tags>.+)$"
    r"|^(?:.*?\b)?add (?:the )?tags?\s+(?P<tags2>.+?)\s+to\s+(?P<old2>.+)$",
    re.I,
)
_TO = re.compile(r"\s+(?:to|for|until|till|as)\s+(?!.*\s(?:to|until|till)\s)", re.I)


def answer_update(turn: Turn, request: Request) -> str | None:
    """Change the fields a sentence names, or ask which."""
    target, fields, shift = _update(turn, request.text)
    reference = read_reference(target) if target else Reference(is_pronoun=True)
    chosen = choose(turn, request.reference or reference)
    if chosen is None or chosen.problem:
        return chosen.problem if chosen else None
    results = []
    for task in chosen.tasks:
        given = {**fields, **_shift(task, shift, turn.conversation.context)}
        if not given:
            return f"{answers.ASK_CHANGE} {answers.title(task)}?"
        results.append((task, given, turn.ask("update_task", task_id=task["id"], **given)))
    if any(result is None for _, _, result in results):
        return None
    return " ".join(_updated(task, given, result) for task, given, result in results if result)


def _updated(task: Task, given: dict[str, Any], result: ToolResult) -> str:
    if result.error:
        return answers.failed(f"change {answers.title(task)}", result.error)
    names = [name for name in given if name != "clear"] + list(given.get("clear", ()))
    return answers.changed(result.tasks()[0], names)


def _shift(task: Task, text: str, context: LanguageContext) -> dict[str, str]:
    if not text or not is_shifting(text):
        return {}
    moved = shifted(str(task.get("due_date") or ""), text)
    when = None if moved else read_details(text, context).when
    return {"due_date": moved or iso(when)} if moved or when else {}  # type: ignore[arg-type] # one is there.


def _update(turn: Turn, text: str) -> tuple[str, dict[str, Any], str]:
    """The words of the target, the fields to change, and the text of a shift ("30 minutes later")."""
    rename = _RENAME.match(text.strip(" .!?"))
    if rename is not None:
        old = rename["old"] or rename["old2"] or "it"
        return target_words(old), {"title": add_title(rename["new"] or rename["new2"] or rename["new3"])}, ""
    tags = _TAGS.match(text.strip(" .!?"))
    if tags is not None:
        named = re.split(r",? and |, ?|\s+", tags["tags"] or tags["tags2"])
        return (
            target_words(tags["old"] or tags["old2"]),
            {"tags": [tag.lstrip("#") for tag in named if tag]},
            "",
        )
    cleared = _CLEARED.search(text)
    if cleared is not None and re.match(r"^(?:please )?(?:delete|remove|clear|erase)\b", text, re.I):
        name = {"date": "due_date", "due date": "due_date", "deadline": "due_date", "tag": "tags"}.get(
            cleared[1].lower(), cleared[1].lower()
        )
        return target_words(text[cleared.end() :]), {"clear": [name]}, ""
    return _details_update(turn, text)


def _details_update(turn: Turn, text: str) -> tuple[str, dict[str, Any], str]:
    parts = _TO.split(text, maxsplit=1)
    context = turn.conversation.context
    aim = read_details(parts[1], context, last=True) if len(parts) > 1 else Details("")
    whole = read_details(text, context, last=True)
    fields: dict[str, Any] = {}
    is_shift = aim.when is None and is_shifting(text)
    when = aim.when or (None if is_shift else whole.when)
    if when is not None:
        fields["due_date"] = iso(when)
    level = whole.priority or (None if when else priority_word(parts[-1] if len(parts) > 1 else text))
    if level is not None:
        fields["priority"] = level
    if whole.category is not None:
        fields["category"] = whole.category
    if whole.tags:
        fields["tags"] = list(whole.tags)
    named = parts[0] if aim.when or (len(parts) > 1 and fields) else whole.rest
    words = _bare_target(
        read_details(named, context).rest if not aim.when else read_details(parts[0], context).rest
    )
    return words, fields, "" if when else text


_FIELD_WORDS = re.compile(
    r"\b(?:urgent|important|critical|(?:high|medium|low)(?: priority)?|priority|due date|due"
    r"|deadline|the time|time|date|instead|later|earlier|"
    r"start|should be changed|should be|be moved|be changed|up|out|back|forward|by|(?:\d+|an?"
    r"|thirty|one|two|ten) (?:minute|hour|day|week)s?|of|repeat)\b",
    re.I,
)


def _bare_target(text: str) -> str:
    rest = re.sub(r"'s(?=\s+(?:priority|due|date|deadline|time|category|tags?)\b)", "", target_words(text))
    return target_words(" ".join(_FIELD_WORDS.sub(" ", rest).split())) or (
        "it" if re.search(r"\b(?:it|that|this)\b", text, re.I) else ""
    )


def answer_undo(turn: Turn) -> str | None:
    """Take the last change back, where a tool can."""
    last = next(iter(turn.conversation.changes()), None)
    if last is None or not last.tasks():
        return (
            "There is nothing here that I could take back."
            if last is None
            else "A deleted task cannot be brought back from here."
        )
    task = last.tasks()[0]
    if last.tool == "complete_task" and last.arguments.get("completed") is not False:
        return _each(turn, Intent.REOPEN, Chosen((task,)))
    if last.tool == "complete_task":
        return _each(turn, Intent.COMPLETE, Chosen((task,)))
    if last.tool == "add_task":
        return _each(turn, Intent.DELETE, Chosen((task,)))
    return f"I can't take that change back by myself. Tell me what {answers.title(task)} should be instead."
