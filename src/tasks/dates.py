"""What a client says about a due date, as a due date."""

from datetime import datetime

from src.core.errors import named_by
from src.language import WhenKind, read_when
from src.preferences.schemas import Preferences
from src.tasks.due import Due, InvalidDueDate, due_of_wall, read_iso_due
from src.tasks.reading import language_context


def read_due(text: str, preferences: Preferences, now: datetime, *, field: str = "due_date") -> Due:
    """The due date of ISO 8601 text or of an English phrase.

    Raises:
        InvalidDueDate: the text is no date, or says more than one date can hold.
        NotUnderstood: the phrase is not understood.
        AmbiguousPhrase: the phrase can mean several dates.
    """
    with named_by(field):
        iso = read_iso_due(text, preferences)
        if iso is not None:
            return iso
        when = read_when(text, language_context(preferences, now))
        if when.kind is WhenKind.RECURRENCE:
            raise InvalidDueDate(field, f"'{text}' repeats; a due date is one date.")
        return due_of_wall(when.on, when.at, preferences.zone)
