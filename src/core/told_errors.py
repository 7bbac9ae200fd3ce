"""Errors as the log may tell them: where they happened and of what kind, without the values they met.

What PostgreSQL says of a row, what pydantic says of an input and what a provider's client says of a message
quote those; the lines of code in a traceback do not, and they show what the sentence would have been.
"""

import re
import traceback
from collections.abc import Iterator

import asyncpg
from pydantic import ValidationError

from src.core.errors import DomainError

_MOST_FRAMES = 30
_MOST_LINKS = 8
# Their sentences name code and addresses.
_FREE_OF_VALUES = (
    OSError,
    AttributeError,
    ImportError,
    NameError,
    NotImplementedError,
    AssertionError,
)
# By name: httpx is slow to load, and most processes never call anybody.
_TRANSPORT_ERROR = "httpx.TransportError"
# Classes of SQLSTATE whose sentences quote what was given: data exceptions, and whatever triggers raise.
_QUOTING = ("22", "P0")
_FRAME = re.compile(r"[ |]*  File \".+\", line \d+")
_NAME = re.compile(
    r"(?:[ |+-]*\| )?((?:\w+\.)+\w+|\w*(?:Error|Exception|Warning|Exit|Interrupt|Group))(?=[: ]|$)"
)


def told(error: BaseException) -> str:
    """An error in one line: its kind, and what of its sentence holds nobody's values."""
    kind = type(error).__qualname__
    sentence = " ".join(_sentence(error).split())
    return f"{kind}: {sentence}" if sentence else kind


def _sentence(error: BaseException) -> str:
    if isinstance(error, asyncpg.PostgresError):
        return _postgres(error)
    if isinstance(error, DomainError):
        return error.code
    if isinstance(error, ValidationError):
        return ", ".join(sorted({each["type"] for each in error.errors(include_input=False)}))
    if isinstance(error, asyncpg.InterfaceError):
        return "" if isinstance(error, ValueError) else str(error)
    return str(error) if _is_free_of_values(error) else ""


def _is_free_of_values(error: BaseException) -> bool:
    if isinstance(error, _FREE_OF_VALUES) or type(error) is TypeError:
        return True
    is_ours = type(error).__module__.startswith("src.core.")
    return is_ours or any(
        f"{each.__module__}.{each.__name__}" == _TRANSPORT_ERROR for each in type(error).__mro__
    )


def _postgres(error: asyncpg.PostgresError) -> str:
    """The primary message and what it is about; DETAIL, HINT and WHERE quote rows."""
    state = str(getattr(error, "sqlstate", "") or "")
    about = [
        state,
        *(getattr(error, name, None) for name in ("table_name", "column_name", "constraint_name")),
    ]
    primary = "" if state.startswith(_QUOTING) else str(error.args[0] if error.args else "")
    return f"{primary.splitlines()[0] if primary else ''} ({', '.join(str(part) for part in about if part)})"


def told_traceback(error: BaseException) -> str:
    """The traceback of an error and of those that led to it, each told without values."""
    return "\n".join(_lines(error, []))


def _lines(error: BaseException, told_before: list[BaseException]) -> Iterator[str]:
    told_before.append(error)
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and earlier not in told_before and len(told_before) < _MOST_LINKS:
        yield from _lines(earlier, told_before)
        yield "which led to"
    for frame in traceback.extract_tb(error.__traceback__, limit=-_MOST_FRAMES):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        if frame.line:
            yield f"    {frame.line}"
    yield told(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions[:_MOST_LINKS]:
            yield from (f"  | {line}" for line in _lines(each, told_before))


def told_text(text: str) -> str:
    """A traceback that somebody has made a text of, without the sentences that may quote values."""
    kept, is_frame = [], False
    for line in text.splitlines():
        if _FRAME.match(line) or is_frame:
            kept.append(line)
        elif name := _NAME.match(line):
            kept.append(line if name[1].startswith("src.core.") else name[0])
        is_frame = bool(_FRAME.match(line))
    return "\n".join(kept)
