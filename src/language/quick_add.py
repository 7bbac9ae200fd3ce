"""One line of text to a task: title, date, priority, tags and category."""

import re
from dataclasses import dataclass

from src.language.errors import AmbiguousPhrase, TitleMissing
from src.language.reading import scan
from src.language.when import LanguageContext, Span, When, WhenKind

PRIORITIES = {
    "p1": "High", "p2": "Medium", "p3": "Low", "p4": "None",
    "!high": "High", "!medium": "Medium", "!med": "Medium", "!low": "Low", "!none": "None",
}  # fmt: skip
_LITERAL = re.compile(r'"[^"\n]+"|“[^”\n]+”|\\\S+')
_MARKER = re.compile(
    r"(?<!\S)(?:(?P<priority>p[1-4]|!(?:high|medium|med|low|none))"
    r"|#(?P<tag>(?!\d+(?!\w))\w[\w/-]{0,49})|@(?P<category>[^\W\d_][\w/-]{0,49}))(?=$|[\s,.;!?])",
    re.IGNORECASE,
)
_WORDS, _PAUSE = "\0", "\n"


@dataclass(frozen=True, slots=True)
class Understood:
    """A piece of the text and what it was taken as: "due: Friday 27 November 2026", "tag: home"."""

    text: str
    start: int
    end: int
    as_: str


@dataclass(frozen=True, slots=True)
class QuickAdd:
    """What one line says about a task; `priority` is High, Medium, Low, None or not said."""

    title: str
    when: When | None
    priority: str | None
    tags: tuple[str, ...]
    category: str | None
    understood: tuple[Understood, ...]


def read_quick_add(text: str, context: LanguageContext) -> QuickAdd:
    """The task that a line of text describes.

    `p1` to `p4` and `!high`, `#tag` and `@category` are fields, what reads as a date is when it is due, and
    all else is the title. Quotes, or a backslash before a word, keep words in the title as they are.

    Raises:
        TitleMissing: nothing is left that says what to do.
        AmbiguousPhrase: it names several dates or priorities, or a date that does not exist.
    """
    masked = _blanked(text, [Span(*match.span()) for match in _LITERAL.finditer(text)], _WORDS)
    markers = list(_MARKER.finditer(masked))
    masked = _blanked(masked, [Span(*match.span()) for match in markers], _PAUSE)
    when = _one_when(text, masked, context)
    pieces = [_marked(text, match) for match in markers] + _when_pieces(text, when)
    title = _title(text, pieces)
    if not title:
        raise _missing(text, when)
    return QuickAdd(
        title=title,
        when=when,
        priority=_one_of("priorities", [PRIORITIES[p.lower()] for p in _values(markers, "priority")]),
        tags=_unique(_values(markers, "tag")),
        category=_one_of("categories", _values(markers, "category")),
        understood=tuple(sorted(pieces, key=lambda piece: piece.start)),
    )


def _blanked(text: str, spans: list[Span], blank: str) -> str:
    """The text with stretches made unreadable, every other character at its place."""
    for span in spans:
        text = text[: span.start] + blank * (span.end - span.start) + text[span.end :]
    return text


def _one_when(text: str, masked: str, context: LanguageContext) -> When | None:
    found, problem = scan(masked, context)
    if problem is not None:
        raise AmbiguousPhrase(f"{problem}. Put it in quotes to keep it in the title.")
    whens = [when for when in found if not _belongs_to_title(text, when)]
    if len(whens) > 1:
        said = " and ".join(f"'{_said(text, when)}' as {when.explanation}" for when in whens)
        raise AmbiguousPhrase(f"Several dates: {said}. Put what belongs to the title in quotes.")
    return whens[0] if whens else None


def _belongs_to_title(text: str, when: When) -> bool:
    """Today's news, the minutes of monday: the date is about the thing, not about the task."""
    last = when.spans[-1]
    before = text[: when.spans[0].start].rstrip().lower()
    return text[: last.end].endswith(("'s", "\u2019s")) or before.endswith(" of")


def _said(text: str, when: When) -> str:
    return " … ".join(text[span.start : span.end] for span in when.spans)


def _marked(text: str, match: re.Match[str]) -> Understood:
    field = match.lastgroup or "tag"
    value = match[field]
    said = PRIORITIES[value.lower()] if field == "priority" else value
    return Understood(text[match.start() : match.end()], match.start(), match.end(), f"{field}: {said}")


def _when_pieces(text: str, when: When | None) -> list[Understood]:
    if when is None:
        return []
    field = "repeats" if when.kind is WhenKind.RECURRENCE else "due"
    said = f"{field}: {when.explanation}"
    return [Understood(text[span.start : span.end], span.start, span.end, said) for span in when.spans]


def _title(text: str, pieces: list[Understood]) -> str:
    for piece in sorted(pieces, key=lambda piece: piece.start, reverse=True):
        text = f"{text[: piece.start]} {text[piece.end :]}"
    text = re.sub(r"\\(?=\S)", "", text) if pieces or "\\" in text else text
    text = re.sub(r"\s+([,.;!?])(?=\s|$)", r"\1", " ".join(text.split()))
    text = re.sub(r"^[\s,;:\u2013-]+(?=\s)|[\s,;:]+$|\s+[\u2013-]$", "", text).strip()
    quoted = re.fullmatch(r'"([^"]+)"|“([^”]+)”', text)
    return (quoted[1] or quoted[2]).strip() if quoted else text if re.search(r"\w", text) else ""


def _missing(text: str, when: When | None) -> TitleMissing:
    if when is None:
        return TitleMissing("Say what to do: there are no words left for a title.")
    return TitleMissing(f"'{text.strip()}' says when ({when.explanation}), but not what: say what to do.")


def _values(markers: list[re.Match[str]], field: str) -> list[str]:
    return [match[field] for match in markers if match[field]]


def _one_of(name: str, values: list[str]) -> str | None:
    if len({value.lower() for value in values}) > 1:
        raise AmbiguousPhrase(f"Several {name}: {', '.join(values)}. Give one.")
    return values[0] if values else None


def _unique(values: list[str]) -> tuple[str, ...]:
    return tuple({value.lower(): value for value in reversed(values)}.values())[::-1]
