"""Which tasks a phrase points at: by number, place in a list, pronoun or words of the title. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from src.assistant.local_model.conversation import Task

_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "last": -1, "latest": -1,
}  # fmt: skip
_COUNTS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_NUMBER = r"(?:#?\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
_NUMBERED = re.compile(
    rf"^(?:the )?(?:(?:tasks?|numbers?|no\.?|items?|ids?|option|#)\s*)*({_NUMBER}(?:(?:\s*,\s*"
    rf"|\s+and\s+|\s*,\s*and\s+|\s*&\s*)#?{_NUMBER})*)(?: on (?:the|my) list)?$",
    re.I,
)
_PLACED = re.compile(
    rf"^(?:the )?((?:{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))(?:(?:,| and"
    rf"|, and) (?:the )?(?:{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th)))*)"
    r"(?: (?:one|ones|task|tasks|item|items|entry|event|phrase|thing|to do)s?)?(?: (?:listed"
    r"|i added|on (?:the|my) list|in (?:the|my) list))?$",
    re.I,
)
_PRONOUN = re.compile(
    r"^(?:it|that|this|that one|this one|(?:that|this) (?:task|item|reminder|event|appointment"
    r"|meeting)|the one|the task|the same|them|(?:it )?(?:all of )?(?:the )?(?:whole |entire )?series)$",
    re.I,
)
_EVERYTHING = re.compile(
    r"^(?:all|everything|every (?:task|item|one)|all of (?:them|it|my \w+)|them all"
    r"|both(?: of them)?|(?:all )?(?:of )?(?:the|my|these|those)?\s*(?:tasks|items|events"
    r"|reminders|to[\s-]?dos|todos|list|lists|"
    r"todo list|to do list|shopping list|grocery list|calendar|schedule|agenda|day)"
    r"|all (?:of )?(?:the |my )?(?:\w+ ){0,1}(?:tasks|items|events|reminders"
    r"|to[\s-]?dos|todos))$",
    re.I,
)

_SHOWN = re.compile(r"\b(?:them|those|these|both)\b", re.I)
_EVERY = re.compile(r"^all (?:of )?(?:the |my |our )?(\w+s|[\w ]+ tasks)$", re.I)


@dataclass(frozen=True, slots=True)
class Reference:
    """How tasks are pointed at. Places count from 1; -1 is the last."""

    numbers: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    is_pronoun: bool = False
    is_everything: bool = False
    is_shown: bool = False
    """Whether everything is everything that was just shown, as in "both of them"."""
    words: str = ""
    is_vague: bool = False
    """Whether the words name a kind of task only, as "my appointment" does."""
    shorter: str = ""
    """The words without what may be a date and may be part of the title."""
    longer: str = ""
    """The words with what was taken for a date."""


def read_reference(phrase: str) -> Reference:
    """What a phrase such as "the second one", "3 and 7", "it", "all" or "call mom" points at."""
    text = " ".join(phrase.split()).strip(" .!?")
    if (numbered := _NUMBERED.match(text)) is not None:
        return Reference(numbers=_numbers(numbered[1]))
    if (placed := _PLACED.match(text)) is not None:
        return Reference(places=_places(placed[1]))
    if _PRONOUN.match(text):
        return Reference(is_pronoun=True)
    if _EVERYTHING.match(text):
        return Reference(is_everything=True, is_shown=_SHOWN.search(text) is not None)
    if (every := _EVERY.match(text)) is not None:
        return Reference(is_everything=True, words=every[1])
    return Reference(words=text)


def _numbers(text: str) -> tuple[int, ...]:
    found = re.findall(r"\d+|[a-z]+", text.lower())
    return tuple(int(word) if word.isdigit() else _COUNTS[word] for word in found if word != "and")


def _places(text: str) -> tuple[int, ...]:
    words = re.findall(r"\d+|[a-z]{3,}", text.lower())
    return tuple(
        int(word) if word.isdigit() else _ORDINALS[word]
        for word in words
        if word.isdigit() or word in _ORDINALS
    )


def at_place(tasks: Sequence[Task], place: int) -> Task | None:
    """The task at a place of a shown list."""
    index = len(tasks) - 1 if place == -1 else place - 1
    return tasks[index] if 0 <= index < len(tasks) else None


_NUMBERED_LINE = re.compile(r"^((\d+)\. ((.+?)(?: — .*)?))$", re.MULTILINE)


def place_of(said: str, listed: str) -> int | None:
    """The place of the one numbered line that is said, whole or by its title; None where it is not just one.

    A title may read like an order: after "which one?", "Finish report" names a task and finishes none.
    """
    wanted = " ".join(said.casefold().split())
    lines = [(int(found[2]), found[1], found[3], found[4]) for found in _NUMBERED_LINE.finditer(listed)]
    places = {place for place, *spellings in lines if wanted in map(str.casefold, spellings)}
    return places.pop() if len(places) == 1 and not wanted.isdigit() else None


_SMALL = frozenset(
    ["a", "an", "the", "my", "to", "of", "for", "with", "and", "at", "on", "in", "our", "your"]
)


def _stems(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower().replace("'s", ""))
    kept = [word for word in words if word not in _SMALL] or words
    return [_stem(word) for word in kept]


def _stem(word: str) -> str:
    for ending in ("ing", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def matching(tasks: Sequence[Task], words: str) -> list[Task]:
    """The tasks whose titles fit best: the very title, else the titles that hold every word."""
    wanted = " ".join(words.lower().split())
    exact = [task for task in tasks if " ".join(str(task["title"]).lower().split()) == wanted]
    if exact:
        return exact
    stems = set(_stems(words))
    return [task for task in tasks if stems and stems <= set(_stems(str(task["title"])))]


def nearest(tasks: Sequence[Task], words: str, *, limit: int = 3) -> list[Task]:
    """The tasks whose titles come closest, the closest first; none where nothing is alike."""
    scored = [(_likeness(str(task["title"]), words), index) for index, task in enumerate(tasks)]
    best = sorted((pair for pair in scored if pair[0] >= 0.45), key=lambda pair: (-pair[0], pair[1]))
    return [tasks[index] for _, index in best[:limit]]


def _likeness(title: str, words: str) -> float:
    own, wanted = set(_stems(title)), set(_stems(words))
    shared = len(own & wanted) / max(1, min(len(own), len(wanted)))
    return max(shared, SequenceMatcher(None, title.lower()[:200], words.lower()[:200]).ratio())
