"""English phrases to dates, rules and quick-add fields: pure, with the spans they came from."""

from src.language.errors import AmbiguousPhrase, NotUnderstood, TitleMissing
from src.language.quick_add import QuickAdd, Understood, read_quick_add
from src.language.reading import find_whens, read_when
from src.language.when import DateOrder, LanguageContext, Span, When, WhenKind
from src.language.wording import describe_when

__all__ = [
    "AmbiguousPhrase",
    "DateOrder",
    "LanguageContext",
    "NotUnderstood",
    "QuickAdd",
    "Span",
    "TitleMissing",
    "Understood",
    "When",
    "WhenKind",
    "describe_when",
    "find_whens",
    "read_quick_add",
    "read_when",
]
