"""The query of a request, read once and remembered: clients ask for the same lists again and again."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from urllib.parse import parse_qsl

ResultT = TypeVar("ResultT")
MOST_REMEMBERED = 256
LONGEST_REMEMBERED = 200


def parsed_query(query: bytes) -> list[tuple[str, str]]:
    """The names and values of a query, decoded, in their order."""
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True)


def remembered(read: Callable[[bytes], ResultT]) -> Callable[[bytes], ResultT]:
    """The same function of a query, which works once on short queries that come again; it must be pure."""
    known = lru_cache(MOST_REMEMBERED)(read)

    def ask(query: bytes) -> ResultT:
        return known(query) if len(query) <= LONGEST_REMEMBERED else read(query)

    return ask
