"""What a file is, where nobody said it."""

from src.core.errors import InvalidInput
from src.transfer.schemas import ImportFormat

_MEDIA_TYPES = {
    "application/json": ImportFormat.JSON,
    "text/json": ImportFormat.JSON,
    "text/csv": ImportFormat.CSV,
    "text/calendar": ImportFormat.ICS,
}
_SEVERAL_PARTS = "multipart/"


def format_of(content_type: str, text: str) -> ImportFormat:
    """The format that a media type names; else the one that the content has the look of.

    Raises:
        InvalidInput: it is a form and no file.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith(_SEVERAL_PARTS):
        raise InvalidInput("body", "Send the file itself as the body, not a form.")
    return _MEDIA_TYPES.get(media_type) or _looks_like(text.lstrip())


def _looks_like(text: str) -> ImportFormat:
    if text.startswith(("{", "[")):
        return ImportFormat.JSON
    first_line = text.partition("\n")[0].strip()
    if first_line.upper() == "BEGIN:VCALENDAR":
        return ImportFormat.ICS
    columns = {name.strip().strip('"').lower() for name in first_line.split(",")}
    is_table = {"type", "content"} <= columns or {"uid", "title"} <= columns
    return ImportFormat.CSV if is_table else ImportFormat.TODO_TXT
