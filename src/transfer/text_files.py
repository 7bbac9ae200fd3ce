"""Bytes of a file as text and lines."""

import codecs
import re
from collections.abc import Iterator

from src.core.errors import InvalidInput

_LINE_END = re.compile(r"\r\n|\n|\r")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decoded(body: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 where it begins with its mark; the mark is left out.

    Raises:
        InvalidInput: it is in neither.
    """
    encoding = _WIDE.get(body[:2], "utf-8-sig")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"This is no text in UTF-8 (byte {error.start}); save the file as UTF-8."
        raise InvalidInput("body", message) from error


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines from 1 on, however they end; other characters that break lines are part of a line."""
    return enumerate(_LINE_END.split(text), start=1)
