"""What the user wants with this message: requests, in the light of the question before. Pure."""

import re
from dataclasses import dataclass, replace

from src.assistant.local_model import answers, words
from src.assistant.local_model.conversation import Conversation
from src.assistant.local_model.details import read_details
from src.assistant.local_model.intents import Intent, read_intent
from src.assistant.local_model.references import Reference, place_of, read_reference
from src.assistant.local_model.titles import without_command


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do; `reference` overrides the text's words."""

    intent: Intent
    text: str
    reference: Reference | None = None


_VERBS = (
    r"(?:add|create|delete|remove|complete|finish|mark|remind me|show|list|move|reschedule|rename"
    r"|skip|cancel|put|check off|"
    r"schedule|reopen|erase|postpone|change|make|set)"
)
_NEXT = re.compile(
    r"(?:\s*[;.]\s+|,\s*(?:and\s+)?(?:then\s+)?|\s+and\s+(?:then\s+"
    rf"|also\s+)?)(?=(?:please )?{_VERBS}\b(?! (?:it|that|this|them|sure)\b))",
    re.I,
)
_CHORE = re.compile(
    rf"(?:,\s*(?:and\s+)?|\s+and\s+)(?:to\s+)?(?=(?:{'|'.join(words.CHORE_VERBS)})\s+\w)", re.I
)
_ANOTHER = re.compile(rf"\s+and\s+(?=(?:the|my|task|{'|'.join(words.CHORE_VERBS)})\s+\w)", re.I)
_SERIES = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_STRAIGHT = frozenset({Intent.NONE, Intent.YES})


def requests_of(conversation: Conversation, depth: int = 0) -> list[Request]:
    """The requests in the last message, read as an answer where a question was open."""
    text = conversation.utterance
    answered = _as_answer(conversation, depth)
    if answered is not None:
        return answered
    corrected = _as_correction(conversation)
    if corrected is not None:
        return [corrected]
    return [
        request for clause in _clauses(text) for request in _split_adds(Request(read_intent(clause), clause))
    ]


def _clauses(text: str) -> list[str]:
    if re.search(r"[\"“”]|\bif not\b|\bunless\b|\bout of\b", text, re.I):
        return [text]
    parts = [part.strip() for part in _NEXT.split(text) if part and part.strip()]
    return parts if len(parts) > 1 and all(map(_is_order, parts)) else [text]


def _is_order(text: str) -> bool:
    return read_intent(text) not in (Intent.NONE, Intent.YES, Intent.NO)


def _split_adds(request: Request) -> list[Request]:
    """Two tasks in "add milk and call mom", because a new thing to do begins after "and"."""
    if request.intent not in (Intent.ADD, Intent.COMPLETE, Intent.DELETE) or re.search(
        r"[\"“”]", request.text
    ):
        return [request]
    parts = (_CHORE if request.intent is Intent.ADD else _ANOTHER).split(request.text)
    if request.intent is Intent.ADD and len(parts) == 1:
        parts = _series(request.text)
    if len(parts) < 2:
        return [request]
    rest = [replace(request, text=f"{_verb(request.intent)} {part}") for part in parts[1:]]
    return [replace(request, text=parts[0]), *rest]


def _verb(intent: Intent) -> str:
    return {Intent.ADD: "add", Intent.COMPLETE: "complete"}.get(intent, "delete")


def _series(text: str) -> list[str]:
    """Three tasks in "add milk, eggs and bread": short names with commas between."""
    content = without_command(text)
    if not re.search(r",.*\band\b|,.*,", content) or re.search(r"\b(?:on|at|with|from|list)\b", content):
        return [text]
    parts = [part for part in _SERIES.split(content) if part]
    return [f"add {part}" for part in parts] if all(len(part.split()) <= 3 for part in parts) else [text]


def _as_answer(conversation: Conversation, depth: int) -> list[Request] | None:
    asked = conversation.previous_answer
    if not asked or depth > 5:
        return None
    intent = read_intent(conversation.utterance)
    if intent is Intent.NO:
        return [Request(Intent.NO, conversation.utterance)]
    if asked.startswith(answers.ASK_TITLE) and intent in (Intent.NONE, Intent.ADD):
        return [Request(Intent.ADD, _titled(conversation, intent))]
    if asked.startswith(answers.ASK_CHANGE) and intent in (Intent.NONE, Intent.UPDATE, Intent.ADD):
        return [Request(Intent.UPDATE, conversation.utterance, Reference(is_pronoun=True))]
    if answers.ASK_WHICH not in asked:
        return None
    if (place := place_of(conversation.utterance, asked)) is not None:
        return _asked_of(conversation, depth, Reference(places=(place,)))
    return _which(conversation, depth) if intent in (Intent.NONE, Intent.LIST, Intent.YES) else None


def _titled(conversation: Conversation, intent: Intent) -> str:
    """The title that was asked for, as an order to add it, on the date that was said before."""
    text = conversation.utterance if intent is Intent.ADD else f"add {conversation.utterance}"
    earlier = conversation.before()
    if earlier is None or read_details(text, conversation.context).when is not None:
        return text
    return f"{text} {read_details(earlier.utterance, conversation.context).said}".strip()


def _asked_about(conversation: Conversation, depth: int) -> list[Request]:
    earlier = conversation.before()
    return requests_of(earlier, depth + 1) if earlier is not None else []


def _which(conversation: Conversation, depth: int) -> list[Request] | None:
    reference = read_reference(words.without_courtesy(words.plain(conversation.utterance)))
    if reference.words and read_intent(conversation.utterance) is Intent.LIST:
        return None
    if reference.is_everything:
        reference = replace(reference, is_shown=True)
    return _asked_of(conversation, depth, reference)


def _asked_of(conversation: Conversation, depth: int, reference: Reference) -> list[Request] | None:
    """The request that was asked about, of the tasks that the answer means."""
    asked = [request for request in _asked_about(conversation, depth) if request.intent is not Intent.NONE]
    return [replace(request, reference=reference) for request in asked[-1:]] or None


_CORRECTION = re.compile(r"^(?:no|actually|sorry|rather|i meant?|oh|wait|hm+|better)\b[\s,]*", re.I)


def _as_correction(conversation: Conversation) -> Request | None:
    """A change of what was last touched, as in "no, Tuesday" or "Friday instead"."""
    text = conversation.utterance
    is_correction = _CORRECTION.match(text) is not None or re.search(r"\binstead\b", text, re.I) is not None
    if not is_correction or conversation.touched() is None or not words.is_dated(words.plain(text)):
        return None
    if read_intent(text) not in (Intent.NONE, Intent.UPDATE) and "instead" not in text:
        return None
    if read_intent(text) is Intent.UPDATE:
        return Request(Intent.UPDATE, _CORRECTION.sub("", text))
    return Request(Intent.UPDATE, _CORRECTION.sub("", text), Reference(is_pronoun=True))
