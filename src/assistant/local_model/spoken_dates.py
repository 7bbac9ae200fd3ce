"""The dates of a sentence, as `src.language` finds them."""

import re
from datetime import timedelta

from src.language.when import LanguageContext, Span, When, WhenKind

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def find_whens(text: str, context: LanguageContext) -> list[When]:
    """The days a sentence names."""
    today = context.wall.date()
    found = []
    for match in re.finditer(rf"\b(today|tomorrow|{'|'.join(_DAYS)})\b", text, re.IGNORECASE):
        word = match[1].lower()
        ahead = {"today": 0, "tomorrow": 1}.get(word)
        if ahead is None:
            ahead = (_DAYS.index(word) - today.weekday() - 1) % 7 + 1
        day = today + timedelta(days=ahead)
        found.append(When(WhenKind.DATE, day, None, (Span(*match.span()),), day.isoformat()))
    return found
