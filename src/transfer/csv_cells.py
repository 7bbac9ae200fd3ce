"""Cells of a CSV export: RFC 4180, and harmless in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

_QUOTE = "'"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", _QUOTE)


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe.

    So does one that begins with an apostrophe, and so `unguarded` gives back every text as it was.
    """
    return f"{_QUOTE}{cell}" if cell.startswith(_RISKY) else cell


def unguarded(cell: str) -> str:
    """The text that was guarded."""
    return cell[1:] if cell.startswith(_QUOTE) and cell[1:].startswith(_RISKY) else cell


def joined(names: Iterable[str]) -> str:
    """Names as one cell, parted by commas; a comma or backslash inside a name gets a backslash."""
    return ", ".join(name.replace("\\", "\\\\").replace(",", "\\,") for name in names)


def parted(cell: str) -> list[str]:
    """The names that were joined."""
    names, name, is_escaped = [], "", False
    for character in cell:
        if not is_escaped and character == "\\":
            is_escaped = True
        elif not is_escaped and character == ",":
            names.append(name)
            name = ""
        else:
            name += character
            is_escaped = False
    return [stripped for each in (*names, name) if (stripped := each.strip())]


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as RFC 4180 text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
