"""What a rule of understanding is: a pattern, a condition, and the intent they show."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from src.assistant.local_model import words

CONTAINER = words.CONTAINER
OCCASION = words.OCCASION
GATHERING = (
    r"(?:appointments?|appts?|events?|me?eetings?|metings?|birthdays?|anniversar(?:y|ies)|part(?:y"
    r"|ies)|showers?"
    r"|weddings?|interviews?|standups?|ceremony|conferences?|deadlines?)"
)


class Intent(StrEnum):
    """The things a person can want from this service."""

    ADD = "add"
    LIST = "list"
    MORE = "more"
    COMPLETE = "complete"
    REOPEN = "reopen"
    UPDATE = "update"
    SKIP = "skip"
    STOP = "stop"
    DELETE = "delete"
    TAGS = "tags"
    ANALYTICS = "analytics"
    UNDO = "undo"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    YES = "yes"
    NO = "no"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance in its plain form, whole and without courtesy, and what is plain about it."""

    whole: str
    core: str

    def about_tasks(self) -> bool:
        return words.names_container(self.core) or words.names_occasion(self.core)

    def foreign(self) -> bool:
        return words.is_foreign(self.core)

    def dated(self) -> bool:
        return words.is_dated(self.core)


Condition = Callable[[Said], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    intent: Intent
    pattern: re.Pattern[str]
    only_if: Condition


def asks(said: Said) -> bool:
    """Whether somebody asks, or asks to be told."""
    return re.match(r"^(?:tell|give|what|when|where|who|show|find)\b", said.core) is not None


def always(_said: Said) -> bool:
    return True


def at_home(said: Said) -> bool:
    return not said.foreign()


def about_tasks(said: Said) -> bool:
    return said.about_tasks()


def home_or_contained(said: Said) -> bool:
    return not said.foreign() or words.names_container(said.core)


def about_tasks_at_home(said: Said) -> bool:
    return said.about_tasks() and not said.foreign()


def dated_at_home(said: Said) -> bool:
    return (said.dated() or said.about_tasks()) and not said.foreign()


def is_needed(said: Said) -> bool:
    return re.match(r"^(?:i|we) (?:need|want)\b(?! to\b| for you\b| you\b)", said.whole) is not None


def rule(intent: Intent, pattern: str, only_if: Condition = always) -> Rule:
    return Rule(intent, re.compile(pattern), only_if)
