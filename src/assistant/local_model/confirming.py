"""Calls that were held back until the user says yes: the question, and what follows the answer."""

from src.assistant.local_model import answers
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.conversation import ToolResult
from src.language.consent import Consent, read_consent


def answer_confirmation(turn: Turn, held: list[ToolResult]) -> str | None:
    """Do what waited for a yes, leave it at a no; empty where the message is neither."""
    match read_consent(turn.conversation.utterance):
        case Consent.YES:
            return _done(turn, held)
        case Consent.NO:
            return answers.NO_QUESTION
        case _:
            return ""


def _done(turn: Turn, held: list[ToolResult]) -> str | None:
    results = [turn.ask(call.tool, **call.arguments) for call in held]
    if any(result is None for result in results):
        return None
    done: dict[str, int] = {}
    failed = []
    for call, result in zip(held, results, strict=True):
        if result is not None and not result.error:
            done[call.tool] = done.get(call.tool, 0) + len(_task_ids(call))
        elif result is not None:
            failed.append(answers.failed(f"do that to {_titles(turn, call)}", result.error))
    return " ".join([*(answers.done(tool, count) for tool, count in done.items()), *failed])


def question(turn: Turn) -> str:
    """What is asked where calls of this turn were held back; else empty."""
    by_tool: dict[str, list[int]] = {}
    for call in turn.conversation.results:
        if call.is_held:
            by_tool.setdefault(call.tool, []).extend(_task_ids(call))
    tasks = turn.conversation.task
    return "\n".join(answers.sure(tool, [tasks(each) for each in ids]) for tool, ids in by_tool.items())


def _titles(turn: Turn, call: ToolResult) -> str:
    return ", ".join(answers.title(turn.conversation.task(each)) for each in _task_ids(call))


def _task_ids(call: ToolResult) -> list[int]:
    first = call.arguments.get("task_id")
    return [first, *(call.arguments.get("more") or ())] if first is not None else []
