"""Answers to "what is on my list?": which tasks are asked for, and how they are told."""

import re
from datetime import date, timedelta
from typing import Any

from src.assistant.local_model import answers
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.choosing import window
from src.assistant.local_model.conversation import ToolResult
from src.assistant.local_model.details import Details, day_bounds, read_details
from src.assistant.local_model.requests import Request
from src.assistant.local_model.titles import list_named
from src.assistant.local_model.words import plain, without_courtesy

_WINDOWS = (
    (re.compile(r"\b(?:overdue|past due|late)\b"), "overdue", "overdue"),
    (re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b"), "today", "due today"),
    (re.compile(r"\btomorrow\b"), "tomorrow", "due tomorrow"),
    (re.compile(r"\bthis week\b"), "this_week", "due this week"),
    (re.compile(r"\b(?:no|without(?: an?)?) (?:due )?date\b"), "none", "without a due date"),
    (re.compile(r"\b(?:upcoming|coming up|ahead)\b"), "upcoming", "coming up"),
)
_STATUSES = (
    (re.compile(r"\b(?:completed|finished|done|checked off|accomplished)\b(?! yet)"), "completed"),
    (re.compile(r"\b(?:did|have) i (?:already )?(?:finish|complete|accomplish|get done|do\b)"), "completed"),
    (re.compile(r"\bskipped\b"), "skipped"),
    (
        re.compile(
            r"\ball (?:of )?(?:my |the )?(?:tasks|items|to[\s-]?dos)\b.*\b(?:including|even|done"
            r"|completed)\b"
        ),
        "all",
    ),
)
_NAMED = (
    re.compile(
        r"\b(?:called|named|titled"
        r"|with (?:the )?title)\s+['\"“]?(?P<words>[^'\"”]+?)['\"”]?(?= (?:from|on|in|exists)\b|$)"
    ),
    re.compile(
        r"\b(?:find|search|show me|locate|look up|tell me)\b.*\b(?:meetings?|tasks?|appointments?"
        r"|events?|notes?|anything|everything)\b.*? (?:about|regarding|for|on) (?P<words>[\w' ]+)$"
    ),
    re.compile(
        r"^(?:search|find|look)(?: (?:my|for|the|all|tasks|calendar|list|to-?do))* for (?P<words>[\w' ]+)$"
    ),
    re.compile(
        r"^(?:is|are) (?P<words>(?!there\b|the list|it\b|anything|my\b|this\b"
        r"|that\b)[\w' \"]+?) (?:an item |already |listed |coming up |currently )*(?:on|in) (?:my"
        r"|the|our)\b"
    ),
    re.compile(
        r"\b(?:did|have) i (?:already )?(?:remember to |forget to )?(?:put|add|added|include|mark"
        r"|set)(?: down)? (?:the |an? )?(?P<words>[\w' ]+?) (?:on|to|in) (?:my|the)\b"
    ),
    re.compile(
        r"\bdo i (?:already )?have (?P<words>(?!any|to\b|something|an?y?\b)[\w' ]+?) (?:on|in) (?:my|the)\b"
    ),
    re.compile(
        r"\b(?:do|does) i? ?(?:need|have) to (?:get|buy) (?P<words>[\w' ]+)$|\bsupposed to (?:get"
        r"|buy) (?P<other>[\w' ]+)$"
    ),
)
_OCCASION = re.compile(
    r"\b(?P<words>(?:(?!(?:my|the|a|an|any|next|have|are|is|today|tomorrow|upcoming|what|first|this"
    r"|i|of|and|for|all|which|when|me|on|some|that|out|show|no|time|about|latest|please|pending"
    r"|list|do|did|when)\b)[\w']+ ){0,2}"
    r"(?:meetings?|appointments?|part(?:y|ies)|birthdays?|dinners?|lunch|brunch|anniversary|concert|match|trips?"
    r"|interviews?|exams?|lessons?|wedding|undone|thanks giving|holiday party))\b"
)


def answer_list(turn: Turn, request: Request) -> str | None:
    """List what is asked for; None while the tool has yet to answer."""
    text = without_courtesy(plain(request.text))
    details = read_details(text, turn.conversation.context)
    arguments, heading = _filters(text, details, turn.conversation.context.wall.date())
    found = turn.ask("list_tasks", **arguments)
    if found is not None and not found.error and not found.tasks() and "search" in arguments:
        found = _again(turn, arguments)
    if found is None:
        return None
    return _told(found, heading)


def _again(turn: Turn, arguments: dict[str, Any]) -> ToolResult | None:
    """A search that found nothing, in the singular; for just any appointment whatever there is."""
    words = str(arguments["search"])
    if words.startswith(("appointment", "meeting")):
        return turn.ask("list_tasks", **{name: arguments[name] for name in arguments if name != "search"})
    singular = words.removesuffix("s")
    return (
        turn.ask("list_tasks", **{**arguments, "search": singular})
        if singular != words
        else ToolResult("list_tasks", arguments, {"items": []})
    )


def _told(found: ToolResult, heading: str) -> str:
    if found.error:
        return answers.failed("look that up", found.error)
    has_more = bool(found.outcome and found.outcome.get("next_cursor"))
    return answers.listed(heading, found.tasks(), has_more=has_more)


def _filters(text: str, details: Details, today: date) -> tuple[dict[str, Any], str]:
    arguments: dict[str, Any] = {"status": _status(text), "limit": 50}
    headings = ["" if arguments["status"] == "pending" else f"{arguments['status']}".replace("all", "in all")]
    is_past = arguments["status"] == "completed" and not re.search(r"\bdue\b", text)
    due, due_heading = _done(details, today) if is_past else _due(text, details)
    arguments |= due
    if due and arguments["status"] == "pending":
        arguments["sort_by"] = "due_date"
    headings.append(due_heading)
    if details.priority is not None:
        arguments["priority"] = [details.priority]
        headings.append(f"with {details.priority} priority")
    if details.tags:
        arguments["tags"] = list(details.tags)
        headings.append("tagged " + ", ".join(details.tags))
    category = details.category or list_named(text)
    if category is not None:
        arguments["category"] = category
        headings.append(f"on your {category} list")
    named = searched(details.rest if not details.when else text if "called" in text else details.rest)
    if named:
        arguments["search"] = named
        headings.append(f"about “{named}”")
    return arguments, " ".join(heading for heading in headings if heading)


def _status(text: str) -> str:
    return next((status for pattern, status in _STATUSES if pattern.search(text)), "pending")


def _due(text: str, details: Details) -> tuple[dict[str, Any], str]:
    for pattern, name, heading in _WINDOWS:
        if pattern.search(text):
            return {"due": name}, heading
    if details.when is None:
        return {}, ""
    return window(details.when), f"due {details.when.explanation}"


def _done(details: Details, today: date) -> tuple[dict[str, Any], str]:
    """When something was done: never later than today, so that a Monday is the last one."""
    if details.when is None:
        return {}, ""
    first, last = day_bounds(details.when)
    week = timedelta(days=7 if today < first <= today + timedelta(days=7) else 0)
    days = {"completed_after": (first - week).isoformat(), "completed_before": (last - week).isoformat()}
    if first == last:
        return days, f"on {first - week:%A} {first - week:%-d %B %Y}"
    return days, f"in {details.when.explanation}"


def searched(text: str) -> str:
    """The words a question asks for; empty where it asks for everything."""
    for pattern in (*_NAMED, _OCCASION):
        match = pattern.search(text)
        if match is not None:
            found = next(group for group in match.groups() if group)
            return " ".join(found.strip(" \"'").split())
    return ""


def answer_more(turn: Turn) -> str | None:
    """The page after the one that was shown last."""
    page = next(
        (
            e
            for e in reversed(turn.conversation.earlier)
            if isinstance(e, ToolResult) and e.tool == "list_tasks"
        ),
        None,
    )
    cursor = page.outcome.get("next_cursor") if page is not None and page.outcome else None
    if page is not None and not cursor:
        return "That was all."
    found = turn.ask(
        "list_tasks", **({**page.arguments, "cursor": cursor} if page else {"status": "pending", "limit": 50})
    )
    return None if found is None else _told(found, "")
