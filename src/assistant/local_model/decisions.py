"""What the local model does next in a conversation: call tools, or answer."""

from src.assistant.local_model import answers, figures
from src.assistant.local_model.adding import answer_add
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.changing import answer_deletes, answer_state, answer_undo
from src.assistant.local_model.choosing import window
from src.assistant.local_model.confirming import answer_confirmation, question
from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.details import read_details
from src.assistant.local_model.intents import Intent
from src.assistant.local_model.listing import answer_list, answer_more
from src.assistant.local_model.output import Decision
from src.assistant.local_model.references import Reference, read_reference
from src.assistant.local_model.requests import Request, requests_of
from src.assistant.local_model.updating import answer_update, clears_field
from src.assistant.local_model.words import plain, without_courtesy

LONGEST_READ = 1000
"""Characters of a message. What is longer is no order to a list of tasks, and reading it takes its time."""

_SPOKEN = {
    Intent.HELP: answers.HELP,
    Intent.GREETING: answers.GREETING,
    Intent.THANKS: answers.THANKS,
    Intent.NO: answers.NO_QUESTION,
    Intent.YES: answers.NOTHING_OPEN,
    Intent.NONE: answers.NOT_MINE,
}


def decide(conversation: Conversation) -> Decision:
    """The next step of a turn: the calls that are still open, or, when all is known, the answer."""
    if len(conversation.utterance) > LONGEST_READ:
        return Decision(text=answers.TOO_LONG)
    turn = Turn(conversation)
    held = conversation.held()
    told = [answer_confirmation(turn, held)] if held else []
    if not any(text != "" for text in told):
        told = _requested(turn)
    if turn.wanted:
        return Decision(calls=tuple(turn.wanted))
    told.append(question(turn))
    return Decision(text="\n".join(dict.fromkeys(text for text in told if text)) or answers.NOTHING_OPEN)


def _requested(turn: Turn) -> list[str | None]:
    """What is told of each request of the message; None while a tool has yet to answer."""
    requests = requests_of(turn.conversation)
    deletes = [
        request for request in requests if request.intent is Intent.DELETE and not clears_field(request)
    ]
    told = [_answer(turn, request) for request in requests if request not in deletes]
    if deletes:
        told.append(answer_deletes(turn, deletes))
    return told


def _answer(turn: Turn, request: Request) -> str | None:
    match request.intent:
        case Intent.ADD:
            return answer_add(turn, request)
        case Intent.LIST:
            return answer_list(turn, request)
        case Intent.MORE:
            return answer_more(turn)
        case Intent.COMPLETE | Intent.REOPEN | Intent.SKIP | Intent.STOP:
            return answer_state(turn, request)
        case Intent.UPDATE | Intent.DELETE:
            return answer_update(turn, request)
        case _:
            return _other(turn, request)


def _other(turn: Turn, request: Request) -> str | None:
    match request.intent:
        case Intent.UNDO:
            return answer_undo(turn)
        case Intent.TAGS:
            return _tags(turn)
        case Intent.ANALYTICS:
            return _analytics(turn, request)
        case Intent.NONE if _points_only(request.text):
            return answers.WHICH_LIST
        case _:
            return _SPOKEN[request.intent]


def _points_only(text: str) -> bool:
    """Whether a message is a bare "the second one", with nothing to do about it."""
    reference = read_reference(without_courtesy(plain(text)))
    return not reference.words and reference != Reference()


def _tags(turn: Turn) -> str | None:
    result = turn.ask("list_tags")
    if result is None:
        return None
    if result.error or result.outcome is None:
        return answers.failed("list the tags", result.error)
    tags = result.outcome.get("result") or result.outcome.get("items") or result.outcome.get("tags") or []
    named = [f"{tag['name']} ({tag['usage_count']})" if isinstance(tag, dict) else str(tag) for tag in tags]
    return f"Your tags: {', '.join(named)}." if named else "There are no tags yet."


def _analytics(turn: Turn, request: Request) -> str | None:
    if not turn.can("get_analytics"):
        return "Figures are not available here; ask me for your completed or open tasks instead."
    when = read_details(request.text, turn.conversation.context).when
    days = window(when)
    result = turn.ask("get_analytics", start_date=days.get("due_after"), end_date=days.get("due_before"))
    if result is None:
        return None
    if result.error or result.outcome is None:
        return answers.failed("get the figures", result.error)
    return figures.told(result.outcome)
