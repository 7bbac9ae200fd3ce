"""Why a phrase was not turned into a date."""

from src.core.errors import DomainError, ErrorKind


class NotUnderstood(DomainError):
    """The phrase says no date, time or repetition that is known here."""

    kind = ErrorKind.INVALID
    code = "phrase_not_understood"


class AmbiguousPhrase(DomainError):
    """The phrase can mean several things, or contradicts itself."""

    kind = ErrorKind.INVALID
    code = "phrase_ambiguous"


class TitleMissing(DomainError):
    """A quick-add text says when, but not what."""

    kind = ErrorKind.INVALID
    code = "title_missing"
