"""Orders to add a task: what is to be done, when, and what is said beside it."""

from typing import Any

from src.assistant.local_model import answers
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.details import read_details
from src.assistant.local_model.requests import Request
from src.assistant.local_model.titles import (
    add_title,
    occasion_and_company,
    occasion_named,
    outside_lists,
    without_command,
)


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
    named = add_title(details.rest) or (occasion_named(content) if details.when is not None else "")
    title, company = occasion_and_company(named)
    arguments: dict[str, Any] = {"title": title, "description": company, "due_date": details.due()}
    if details.recurrence:
        with_sentence = turn.takes("add_task", "recurrence")
        arguments |= {"recurrence": details.said} if with_sentence else {"due_date": details.said}
    arguments["priority"] = details.priority
    arguments["category"] = details.category or category
    arguments["tags"] = list(details.tags) or None
    return arguments
