"""A list read to its end."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from src.tasks.filters import SortDirection, TaskSort
from src.tasks.search import search_query


async def pages(
    connection: asyncpg.Connection,
    conditions: frozenset[str],
    values: Mapping[str, Any],
    sort: TaskSort,
    direction: SortDirection,
) -> list[int]:
    """The ids of page after page, to the last, or to the first that comes twice."""
    seen: list[int] = []
    position: dict[str, Any] = {}
    while len(seen) == len(set(seen)):
        query = search_query(conditions, sort, direction, is_later_page=bool(position))
        page = await connection.fetch(query.text, *query.arguments({**values, **position}))
        seen += [row["id"] for row in page]
        if len(page) < values["page_size"]:
            break
        position = {"last_key": page[-1]["sort_key"], "last_id": page[-1]["id"]}
    return seen
