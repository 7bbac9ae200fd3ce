"""The question with choices that goes with an answer which asks for one of several tasks. Pure.

Where a reference is ambiguous both the local model and real ones say so in words, with the tasks they found;
so what is offered is read from the answer itself, and the choice goes back as what the user says next.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from chatkit.types import (
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
)

from src.assistant.events import ToolUsed
from src.assistant.local_model.intents import Intent, read_intent
from src.assistant.wishes import Wish, Words
from src.chatkit.widgets_of_tasks import MOST_SHOWN
from src.chatkit.widgets_of_turns import CHANGING, named_tasks

_LISTED = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s+\S")
_BULLET = re.compile(r"^[-*•]\s+")
_ASKS = ("?", "\uff1f", "\u061f", ";\u037e")
_ORDERS = frozenset(
    {Intent.COMPLETE, Intent.REOPEN, Intent.UPDATE, Intent.SKIP, Intent.STOP, Intent.DELETE, Intent.UNDO}
)


def choices_in(calls: Sequence[ToolUsed], answer: str, message: str) -> tuple[str, list[str]] | None:
    """The question and its options, where an order of the user's could mean several of the tasks found.

    None where something was done, where nothing is asked, or where the message was no order about them.
    """
    if any(call.tool in CHANGING and not call.is_error for call in calls):
        return None
    question = _question_in(answer)
    titles = [title for _, title in named_tasks(calls, answer)]
    if not question or len(titles) < 2 or not _is_about(message, titles):
        return None
    options = _options_in(answer, titles)
    return (question, options) if 1 < len(options) <= MOST_SHOWN else None


def choice_question(
    item_id: str, thread_id: str, question: str, options: Sequence[str], created_at: datetime
) -> StructuredInputItem:
    offered = [StructuredInputMultipleChoiceOption(value=option) for option in options]
    asked = StructuredInputMultipleChoice(id="which", question=question, options=offered)
    return StructuredInputItem(id=item_id, thread_id=thread_id, created_at=created_at, inputs=[asked])


def _question_in(answer: str) -> str:
    """The last line that asks something and is no line of a list: titles may be questions too."""
    lines = [line.strip() for line in answer.splitlines() if not _LISTED.match(line)]
    return next((line for line in reversed(lines) if line.endswith(_ASKS)), "")


def _is_about(message: str, titles: Sequence[str]) -> bool:
    words = Words.of(message)
    if words.wish in (Wish.READS, Wish.ADDS):
        return False
    return read_intent(message) in _ORDERS or all(words.name(title) for title in titles)


def _options_in(answer: str, titles: Sequence[str]) -> list[str]:
    """The lines of the answer's list that name a task, else the titles where each is another."""
    listed = [" ".join(line.split()) for line in answer.splitlines() if _LISTED.match(line)]
    named = [_BULLET.sub("", line) for line in listed if any(_names(line, title) for title in titles)]
    options = list(dict.fromkeys(named)) if len(named) > 1 else list(titles)
    return options if len(set(options)) == len(options) else []


def _names(line: str, title: str) -> bool:
    return title.casefold() in line.casefold()
