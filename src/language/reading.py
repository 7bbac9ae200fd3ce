"""English to dates: inside sentences with `find_whens`, as a whole phrase with `read_when`."""

from src.language.clocks import fold_clocks
from src.language.days import fold_days
from src.language.errors import AmbiguousPhrase, NotUnderstood
from src.language.items import Item
from src.language.joins import fold_daytimes, fold_ranges
from src.language.literals import fold_literals
from src.language.meaning import mean
from src.language.numbers import fold_numbers
from src.language.periods import fold_pieces, fold_stretches
from src.language.repeats import fold_repeats
from src.language.spans import fold_spans
from src.language.tokens import plain, tokenize
from src.language.values import Certainty, Env, Repeat
from src.language.when import LanguageContext, Span, When

_MEANT = ("clock", "day", "days", "moment", "repeat")
_LEADS = (
    "in",
    "at",
    "on",
    "by",
    "for",
    "from",
    "until",
    "since",
    "before",
    "after",
    "this",
    "next",
    "last",
    "around",
    "starting",
    "to",
    "dash",
    "between",
    "within",
    "of",
)
_GLUE = ("in", "at", "on", "by", "for", "from", "until", "around", "the", "comma", "period", "stop", "starting", "function", "before", "after", "this", "and", "paren", "time")  # fmt: skip


def fold(text: str, context: LanguageContext) -> tuple[list[Item], Env]:
    """The text as a line of items, everything folded that is understood."""
    env = Env(context)
    items = fold_literals(fold_spans(fold_numbers(tokenize(plain(text)), env), env), env, context)
    items = fold_clocks(items, env)
    items = fold_repeats(items, env)
    items = fold_days(items, env)
    items = fold_stretches(items, env)
    items = fold_pieces(items, env)
    items = fold_daytimes(items, env)
    return fold_ranges(items, env), env


def find_whens(text: str, context: LanguageContext) -> list[When]:
    """Every date, time, range and repetition inside a text, in order; an empty list where there is none.

    Never raises; spans lie inside the text and do not overlap. Conventions: LANGUAGE.md, repeated in the README.
    """
    items, env = fold(text, context)
    found: list[When] = []
    for index, item in enumerate(items):
        if item.kind in _MEANT and _in_company(items, index):
            when = mean(item.value, item.span, env)
            if when is not None:
                found.append(when)
    return found


def _in_company(items: list[Item], index: int) -> bool:
    """Whether the words around it let an ambiguous word be a date."""
    weak = items[index].value.weak if not isinstance(items[index].value, Repeat) else Certainty.SURE
    if weak == Certainty.SURE or _alone(items, index):
        return True
    if weak == Certainty.ALONE:
        return False
    if getattr(items[index].value, "grain", "") == "weekend" and _is_last(items, index):
        return True
    before = index - 1
    if before >= 0 and items[before].kind == "the":
        before -= 1
        return before >= 0 and items[before].kind in _LEADS
    return before >= 0 and items[before].kind in _LEADS


def _is_last(items: list[Item], index: int) -> bool:
    return all(item.kind in ("period", "stop") for item in items[index + 1 :])


def _alone(items: list[Item], index: int) -> bool:
    return all(
        place == index or item.kind in ("period", "stop", "comma", "the") for place, item in enumerate(items)
    )


def read_when(phrase: str, context: LanguageContext) -> When:
    """The one date, time, range or repetition that a whole phrase says.

    ISO 8601 dates, times and instants are phrases too; an instant with an offset is told in the context's zone.

    Raises:
        NotUnderstood: the phrase, or a part of it, is nothing of the kind.
        AmbiguousPhrase: the phrase says several, or contradicts itself.
    """
    items, env = fold(phrase, context)
    meant = [item for item in items if item.kind in _MEANT]
    dead = next((item for item in items if item.kind == "dead"), None)
    if dead is not None:
        raise NotUnderstood(f"'{phrase}' is not understood: {dead.value.reason}.")
    whens = [when for item in meant if (when := mean(item.value, item.span, env)) is not None]
    if not whens or len(whens) < len(meant):
        raise NotUnderstood(f"'{phrase}' is no date, time or repetition that is known here.")
    said = " and ".join(f"'{_text(phrase, when.spans[0])}' as {when.explanation}" for when in whens)
    rest = [_text(phrase, item.span) for item in items if item.kind not in (*_MEANT, *_GLUE)]
    if rest:
        raise NotUnderstood(f"'{' '.join(rest)}' is not understood; {said} is.")
    clash = next((item.value.clash for item in meant if getattr(item.value, "clash", "")), "")
    if len(whens) > 1 or clash:
        raise AmbiguousPhrase(f"'{phrase}' can mean several things: {clash or said}.")
    return whens[0]


def _text(text: str, span: Span) -> str:
    return text[span.start : span.end]
