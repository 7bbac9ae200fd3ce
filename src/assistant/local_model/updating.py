"""Orders to change the fields of a task."""

import re
from typing import Any

from src.assistant.local_model import answers
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.choosing import choose
from src.assistant.local_model.conversation import Task, ToolResult
from src.assistant.local_model.details import (
    Details,
    is_shifting,
    iso,
    moved,
    priority_word,
    read_details,
    shifted,
)
from src.assistant.local_model.references import Reference, read_reference
from src.assistant.local_model.requests import Request
from src.assistant.local_model.titles import add_title, occasion_named, target_words
from src.language import LanguageContext
from src.language.when import WhenKind

_CLEARED = re.compile(
    r"\b(due date|date|deadline|priority|category|description|tags?)\b (?:of|from|for|on)\b", re.I
)


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
    r"|^(?:.*?\b)?tag\s+(?P<old3>it|that|this|that one)\s+(?P<tags3>.+)$"
    r"|^(?:.*?\b)?add (?:the )?tags?\s+(?P<tags2>.+?)\s+to\s+(?P<old2>.+)$",
    re.I,
)
_TO = re.compile(r"\s+(?:to|for|until|till|as)\s+(?!.*\s(?:to|until|till)\s)", re.I)


def answer_update(turn: Turn, request: Request) -> str | None:
    """Change the fields a sentence names, or ask which."""
    target, fields, shift = _update(turn, request.text)
    reference = read_reference(target) if target else _unnamed(request.text)
    chosen = choose(turn, request.reference or reference)
    if chosen is None or chosen.problem:
        return chosen.problem if chosen else None
    results = []
    for task in chosen.tasks:
        given = {
            **_fitted(task, fields, request.text, turn),
            **_shift(task, shift, turn.conversation.context),
        }
        if not given:
            return f"{answers.ASK_CHANGE} {answers.title(task)}?"
        results.append((task, given, turn.ask("update_task", task_id=task["id"], **given)))
    if any(result is None for _, _, result in results):
        return None
    done = [(task, given, result) for task, given, result in results if result and not result.is_held]
    return " ".join(_updated(task, given, result) for task, given, result in done)


def _unnamed(text: str) -> Reference:
    occasion = occasion_named(text)
    return Reference(words=occasion, is_vague=True) if occasion else Reference(is_pronoun=True)


def _fitted(task: Task, fields: dict[str, Any], text: str, turn: Turn) -> dict[str, Any]:
    """The fields, where the date keeps what the sentence left unsaid of the old one."""
    if "due_date" not in fields:
        return fields
    context = turn.conversation.context
    before, *after = _TO.split(text, maxsplit=1)
    details = read_details(after[0] if after else before, context, last=True)
    if details.due() != fields["due_date"]:
        return fields
    # "Move my meeting of tomorrow to 7 pm" stays tomorrow, even where the task has no date yet.
    old = task.get("due_date") or (read_details(before, context).due() if after else None)
    return fields | {"due_date": moved(str(old or ""), details, context)}


def _updated(task: Task, given: dict[str, Any], result: ToolResult) -> str:
    if result.error:
        return answers.failed(f"change {answers.title(task)}", result.error)
    names = [name for name in given if name != "clear"] + list(given.get("clear", ()))
    return answers.changed(result.tasks()[0], names)


def _shift(task: Task, text: str, context: LanguageContext) -> dict[str, str]:
    if not text or not is_shifting(text):
        return {}
    later = shifted(str(task.get("due_date") or ""), text)
    when = None if later else read_details(text, context).when
    return {"due_date": later or iso(when)} if later or when else {}  # type: ignore[arg-type] # one is there.


def _update(turn: Turn, text: str) -> tuple[str, dict[str, Any], str]:
    """The words of the target, the fields to change, and the text of a shift ("30 minutes later")."""
    rename = _RENAME.match(text.strip(" .!?"))
    if rename is not None:
        old = rename["old"] or rename["old2"] or "it"
        return target_words(old), {"title": add_title(rename["new"] or rename["new2"] or rename["new3"])}, ""
    tags = _TAGS.match(text.strip(" .!?"))
    if tags is not None:
        named = re.split(r",? and |, ?|\s+", tags["tags"] or tags["tags2"] or tags["tags3"])
        return (
            target_words(tags["old"] or tags["old2"] or tags["old3"]),
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
        said = aim.said if aim.when else whole.said
        fields |= {"recurrence": said} if when.kind is WhenKind.RECURRENCE else {"due_date": iso(when)}
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
    r"|deadline|location|the time|time|date|instead|later|earlier|"
    r"start|should be changed|should be|be moved|be changed|up|out|back|forward|by|(?:\d+|an?"
    r"|thirty|one|two|ten) (?:minute|hour|day|week)s?|of|repeat)\b",
    re.I,
)


_OWNING = re.compile(
    r"'s(?=\s+(?:priority|due|date|deadline|time|category|tags?|location|title|name)\b)", re.I
)


def _bare_target(text: str) -> str:
    rest = re.sub(
        r"'s(?=\s+(?:priority|due|date|deadline|time|category|tags?|location|title|name)\b)",
        "",
        target_words(text),
    )
    return target_words(" ".join(_FIELD_WORDS.sub(" ", rest).split())) or (
        "it" if re.search(r"\b(?:it|that|this)\b", text, re.I) else ""
    )
