"""English to dates: inside sentences with `find_whens`, as a whole phrase with `read_when`."""

from src.language.bounds import fold_repeat_times
from src.language.clocks import fold_clocks
from src.language.days import fold_days
from src.language.errors import AmbiguousPhrase, NotUnderstood
from src.language.items import Item
from src.language.joins import fold_daytimes, joined_apart
from src.language.literals import fold_literals
from src.language.meaning import mean
from src.language.numbers import fold_numbers
from src.language.period_shapes import fold_pieces, fold_stretches
from src.language.ranges import fold_ranges
from src.language.repeat_parts import fold_counts, fold_parts
from src.language.repeat_shapes import fold_repeats
from src.language.spans import fold_spans
from src.language.tokens import plain, tokenize
from src.language.values import Certainty, Env, Repeat
from src.language.when import LanguageContext, Span, When

_MEANT = frozenset(("clock", "day", "days", "moment", "repeat"))
_MARKS = frozenset(("period", "stop", "comma", "the"))
_PREPOSITIONS = frozenset(
    ("in", "at", "on", "by", "for", "from", "until", "since", "before", "after", "around", "starting", "to")
)
_LEADS = _PREPOSITIONS | {"this", "next", "last", "dash", "within", "of"}
_GLUE = _PREPOSITIONS | {"the", "comma", "period", "stop", "function", "this", "and", "or", "paren", "time"}


def fold(text: str, context: LanguageContext) -> tuple[list[Item], Env]:
    """The text as a line of items, everything folded that is understood."""
    env = Env(context)
    items = fold_literals(fold_spans(fold_numbers(tokenize(plain(text)), env), env), env, context)
    items = fold_clocks(items, env)
    items = fold_repeat_times(fold_parts(fold_repeats(fold_counts(items, env), env), env), env)
    items = fold_days(items, env)
    items = fold_stretches(items, env)
    items = fold_pieces(items, env)
    items = fold_daytimes(items, env)
    return fold_ranges(items, env), env


def find_whens(text: str, context: LanguageContext) -> list[When]:
    """Every date, time, range and repetition inside a text, in order; an empty list where there is none.

    Never raises; spans lie inside the text and do not overlap, and take in the preposition before a date.
    A day and a time that stand apart in the text are one answer with two spans. Times are wall times.
    """
    return scan(text, context)[0]


def scan(text: str, context: LanguageContext) -> tuple[list[When], str | None]:
    """What `find_whens` finds, and why a part that has the form of a date is none, such as 31 June."""
    items, env = fold(text, context)
    problem = next((item.value.reason for item in items if item.kind == "dead" and item.value.firm), None)
    words = [index for index, item in enumerate(items) if item.kind not in _MARKS]
    meant = [index for index in words if items[index].kind in _MEANT and _in_company(items, index, words)]
    spans = {index: _with_lead(items, index) for index in meant}
    pair = joined_apart([items[index] for index in meant])
    if pair is not None:
        when = mean(pair, tuple(spans.values()), env)
        return ([when] if when is not None else []), problem
    found = (mean(items[index].value, (spans[index],), env) for index in meant)
    return [when for when in found if when is not None], problem


def _with_lead(items: list[Item], index: int) -> Span:
    """The item's span with the prepositions before it: "by the 5th", "on friday"."""
    first = index
    if first and items[first - 1].kind == "the" and first > 1 and items[first - 2].kind in _PREPOSITIONS:
        first -= 1
    if first and items[first - 1].kind in _PREPOSITIONS:
        first -= 1
    if first and items[first - 1].text == "due":
        first -= 1
    return Span(items[first].start, items[index].end)


def _in_company(items: list[Item], index: int, words: list[int]) -> bool:
    """Whether the words around it let an ambiguous word be a date; `words` are the places of all words."""
    item = items[index]
    weak = item.value.weak if not isinstance(item.value, Repeat) else Certainty.SURE
    if weak == Certainty.SURE or words == [index]:
        return True
    if weak == Certainty.ALONE:
        return False
    if index == words[-1] and items[index - 1].kind == "unknown" and _ends_texts(item):
        return True
    return _is_led(items, index)


def _is_led(items: list[Item], index: int) -> bool:
    """Whether a preposition or "next" stands before; after "in the …" only a period of its own counts."""
    before = index - 1
    if before >= 0 and items[before].kind == "the":
        before -= 1
        named = index + 1 < len(items) and items[index + 1].kind == "unknown"
        if named or items[index].kind == "day":
            return False
    return before >= 0 and items[before].kind in _LEADS


def _ends_texts(item: Item) -> bool:
    """Whether it is a day that people write at the end: "tidy up sat", "paint the shed weekend"."""
    return item.kind == "day" or getattr(item.value, "grain", "") == "weekend"


def read_when(phrase: str, context: LanguageContext) -> When:
    """The one date, time, range or repetition that a whole phrase says.

    ISO 8601 dates, times and instants are phrases too; an instant with an offset is moved to the zone.

    Raises:
        NotUnderstood: the phrase, or a part of it, is nothing of the kind.
        AmbiguousPhrase: the phrase says several, or contradicts itself.
    """
    items, env = fold(phrase, context)
    meant = [item for item in items if item.kind in _MEANT]
    dead = next((item for item in items if item.kind == "dead"), None)
    if dead is not None:
        raise NotUnderstood(f"'{phrase}' is not understood: {dead.value.reason}.")
    whens = [when for item in meant if (when := mean(item.value, (item.span,), env)) is not None]
    if not whens or len(whens) < len(meant):
        raise NotUnderstood(f"'{phrase}' is no date, time or repetition that is known here.")
    said = " and ".join(f"'{_text(phrase, when.spans[0])}' as {when.explanation}" for when in whens)
    rest = [_text(phrase, item.span) for item in items if item.kind not in _MEANT | _GLUE]
    if rest:
        raise NotUnderstood(f"'{' '.join(rest)}' is not understood; {said} is.")
    clash = next((item.value.clash for item in meant if getattr(item.value, "clash", "")), "")
    if len(whens) > 1 or clash:
        raise AmbiguousPhrase(f"'{phrase}' can mean several things: {clash or said}.")
    return whens[0]


def _text(text: str, span: Span) -> str:
    return text[span.start : span.end]
