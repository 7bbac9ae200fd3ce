"""Dates, priorities, tags and categories in an utterance, and the text that is left without them. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from src.language import find_whens
from src.language.when import LanguageContext, When, WhenKind

_PRIORITY_WORDS = {
    "high": "High", "highest": "High", "top": "High", "urgent": "High", "important": "High",
    "critical": "High", "medium": "Medium", "normal": "Medium", "mid": "Medium", "low": "Low",
    "lowest": "Low", "no": "None",
}  # fmt: skip
_LEVEL = r"(high|highest|top|urgent|medium|mid|normal|low|lowest|no)"
_PRIORITY = re.compile(
    rf"[\s,(]*\b(?:(?:with|at|as|is|of|to|the|a) )*(?:{_LEVEL}[\s-]priority|priority(?: to| of| is|:"
    rf"| as)? {_LEVEL})\b\)?"
    r"|(?:^|\s)p([1-4])\b|(?:^|\s)!(high|medium|low|none)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?:^|\s)#(\w[\w-]*)")
_TAGGED = re.compile(
    r"[\s,]*\b(?:tagged(?: as| with)?|with (?:the )?tags?|tags?:)\s+(\w[\w-]*(?:(?:,| and"
    r"|, and) \w[\w-]*)*)",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    r"(?:^|\s)@(\w[\w-]*)|[\s,]*\b(?:in|under|to|with)? ?(?:the )?category:? (\w[\w-]*)", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]|(?<!\w)'([^']+)'(?!\w)")
_JOINTS = re.compile(
    r"(?:[\s,]+(?:on|at|by|for|from|until|till|in|due|before|this|is|to|the|starting|and|around"
    r"))*[\s,]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Details:
    """What was read out of a text; `rest` is the text without it."""

    rest: str
    when: When | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    category: str | None = None
    said: str = ""
    """The words the date or the repetition was read from."""

    def due(self) -> str | None:
        """The date, or the wall time, as ISO 8601 text."""
        return None if self.when is None else iso(self.when)

    @property
    def recurrence(self) -> bool:
        return self.when is not None and self.when.kind is WhenKind.RECURRENCE


def iso(when: When) -> str:
    """The one date, or the one time on the user's wall, of what a phrase means."""
    if when.at is None:
        return when.on.isoformat()
    return datetime.combine(when.on, when.at).isoformat(timespec="minutes")


def day_bounds(when: When) -> tuple[date, date]:
    """First and last day, both included, that a phrase speaks of when one asks about it."""
    first = when.start if when.start is not None else when.on
    last = when.end if when.end is not None else first
    return _day(first), _day(last)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


_SPOKEN_HOUR = re.compile(
    r"\b(from|at|to|until|till|by|after|before) (\d{1,2}) ?([ap])"
    r"(?=$|\s(?:to|until|till|on|and|in|for|to\w+)\b)",
    re.I,
)
_SPOKEN_CLOCK = re.compile(r"\b(from|at|to|until|till|by|after|before) (\d{1,2}) ([0-5]\d)\b", re.I)


def _written(text: str) -> str:
    """Times as a voice recogniser leaves them, as one writes them: "6 p" and "8 30" become 6 pm and 8:30."""
    return _SPOKEN_CLOCK.sub(r"\1 \2:\3", _SPOKEN_HOUR.sub(r"\1 \2 \3m", text))


@lru_cache(maxsize=256)  # A turn reads the same sentence again at each of its steps.
def read_details(text: str, context: LanguageContext, *, last: bool = False) -> Details:
    """The details of a text; of several dates the first counts, or the last. Quoted words are left alone."""
    if _QUOTED.search(text):
        return _around_quotes(text, context, last=last)
    rest, priority = _take_priority(_written(text))
    rest, tags = _take_tags(rest)
    rest, category = _take_category(rest)
    without_date, when = _take_when(rest, context, last=last)
    said = " ".join(rest[span.start : span.end] for span in when.spans) if when else ""
    return Details(without_date, when, priority, tags, category, said)


def _around_quotes(text: str, context: LanguageContext, *, last: bool) -> Details:
    match = _QUOTED.search(text)
    if match is None:
        return Details(text)
    outside = read_details(f"{text[: match.start()]} ⁂ {text[match.end() :]}", context, last=last)
    rest = outside.rest.replace("⁂", f"“{match[1] or match[2]}”")
    return replace(outside, rest=rest)


def _take_priority(text: str) -> tuple[str, str | None]:
    match = _PRIORITY.search(text)
    if match is None:
        return text, None
    level = next(group for group in match.groups() if group).lower()
    by_number = {"1": "High", "2": "Medium", "3": "Low", "4": "None", "none": "None"}
    return f"{text[: match.start()]} {text[match.end() :]}", by_number.get(level) or _PRIORITY_WORDS[level]


def priority_word(text: str) -> str | None:
    """A priority said by its bare word: "urgent", "to low"."""
    match = re.search(r"\b(urgent|important|critical|high|medium|low)\b", text, re.IGNORECASE)
    return _PRIORITY_WORDS[match[1].lower()] if match else None


def _take_tags(text: str) -> tuple[str, tuple[str, ...]]:
    named = [tag for match in _TAGGED.finditer(text) for tag in re.split(r",? and |, ?", match[1])]
    rest = _TAGGED.sub("", text)
    return _TAG.sub("", rest), (*_TAG.findall(rest), *named)


def _take_category(text: str) -> tuple[str, str | None]:
    match = _CATEGORY.search(text)
    if match is None:
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}", match[1] or match[2]


_NOT_A_TIME = re.compile(
    r"(?<!\bat )(?<!\bby )(?<!\bafter )(?<!\bbefore )\b(?:breakfast|brunch|lunch|dinner|supper)\b"
    r"|\b[\w']+(?:'s day|mas|ween| day)\b(?=\s+(?:party|shopping|dinner|gifts?|presents?|cards?"
    r"|tree|cake|with)\b)",
    re.IGNORECASE,
)


def _masked(text: str) -> str:
    """The text with meals and feasts blotted out where they name the thing to do and not its time."""
    return _NOT_A_TIME.sub(lambda match: "\u2042" * len(match[0]), text)


def _take_when(text: str, context: LanguageContext, *, last: bool) -> tuple[str, When | None]:
    whens = find_whens(_masked(text), context)
    if not whens:
        return text, None
    when = whens[-1] if last else next((w for w in whens if w.kind is WhenKind.RECURRENCE), whens[0])
    for span in sorted(
        (s for w in ([when] if when.kind is WhenKind.RECURRENCE else whens) for s in w.spans),
        key=lambda s: s.start,
        reverse=True,
    ):
        before = _JOINTS.sub("", text[: span.start])
        text = f"{before} {text[span.end :].lstrip(' ,')}"
    return text.strip(), when


_SHIFT = re.compile(
    r"\b(\d+|an?|one|two|three|four|five|ten|fifteen|twenty|thirty|half an)\s+(minute|hour|day|week)s?\b",
    re.IGNORECASE,
)
_DIRECTION = re.compile(
    r"\b(?:snooze|postpone|delay|defer|push|later|earlier|out|up|back|forward|ahead|by)\b", re.IGNORECASE
)
_AMOUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "fifteen": 15,
    "twenty": 20, "thirty": 30, "half an": 0.5,
}  # fmt: skip


def is_shifting(text: str) -> bool:
    """Whether a text moves a date by a length: "30 minutes earlier", "out 5 days"."""
    return _SHIFT.search(text) is not None and _DIRECTION.search(text) is not None


_CLOCK_ONLY = re.compile(
    r"^(?:at |by |around )?(?:\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\.?|o'?clock)?|noon|midday|midnight)$", re.I
)


def moved(due: str, details: Details, context: LanguageContext) -> str:
    """The new due date of a task: a time alone keeps its day, a day alone keeps its time of day."""
    new = details.due() or ""
    if not due or "T" not in f"{due}{new}":
        return new
    old = datetime.fromisoformat(due)
    wall = old.astimezone(context.zone) if old.tzinfo else old
    if _CLOCK_ONLY.match(details.said):
        return f"{wall.date().isoformat()}T{new[11:]}"
    return new if "T" in new else f"{new}T{wall:%H:%M}"


def shifted(due: str, text: str) -> str | None:
    """A due date (ISO text) moved as the text says; None where there is no date or no such words."""
    match = _SHIFT.search(text)
    if match is None or not due or not is_shifting(text):
        return None
    amount = _AMOUNTS.get(match[1].lower())
    sign = -1 if re.search(r"\b(?:earlier|up|forward|ahead)\b", text, re.IGNORECASE) else 1
    step = sign * timedelta(**{f"{match[2].lower()}s": int(match[1]) if amount is None else amount})
    if "T" in due:
        return (datetime.fromisoformat(due) + step).isoformat(timespec="minutes")
    return (date.fromisoformat(due) + step).isoformat()
