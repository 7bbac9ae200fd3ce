"""A search finds what a plain query over all tasks does, whichever of its ways it takes to them."""

import random
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from src.tasks.filters import SortDirection, TaskSort
from src.tasks.search import count_query
from tests.factories import NOW
from tests.tasks.paging import pages

# From a word in every third task to one in none; some begin like others, some have the stem of others.
FREQUENT = ("work", "garden", "plan", "plans", "planning", "plane", "invoice", "tree", "quokka", "dentist")
WEIGHTS = (300, 100, 50, 30, 20, 10, 50, 5, 2, 1)
SEARCHES = (
    *FREQUENT,
    "wor",
    "gar pl",
    "plan garden",
    "trees",
    "the plan",
    "qu",
    "gardne",
    "invioce",
    "absent",
)
SORTS = tuple(TaskSort)

INSERT = """
INSERT INTO task (user_id, title, description, category, status, priority, tags, tag_keys, due_on,
                  created_at, updated_at, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, 1)
"""
# Written out from the columns themselves, with no index and no stored vector.
PLAIN = """
WITH asked AS (
    SELECT to_tsquery('simple', $2) || plainto_tsquery('english', $3) AS words,
           plainto_tsquery('simple', $3) AS very_words
), vectors AS (
    SELECT task.*, to_tsvector('simple', title) || to_tsvector('english', title) AS in_title,
           to_tsvector('simple', concat_ws(' ', title, description, category, array_to_string(tags, ' ')))
           || to_tsvector('english', concat_ws(' ', title, description)) AS anywhere
    FROM task WHERE user_id = $1
)
SELECT id, status, created_at, updated_at, due_on, priority, lower(title) AS title, tags,
       CASE WHEN in_title @@ very_words THEN 4 WHEN in_title @@ words THEN 3 ELSE 2 END AS rank,
       anywhere @@ words AS is_said, $3 <% title AS resembles,
       word_similarity($3, title)::float8 AS resemblance
FROM vectors, asked
"""


def made(generator: random.Random, number: int, user_id: str) -> tuple[Any, ...]:
    """A task whose columns often equal those of others, so that ids decide."""

    def words(most: int) -> list[str]:
        return generator.choices(FREQUENT, WEIGHTS, k=generator.randint(0, most))

    return (
        user_id,
        " ".join([generator.choice(["Call", "the", "Write to"]), *words(2), str(number % 7)]),
        " ".join(words(3)) or None,
        generator.choice([None, "work", "home"]),
        generator.choice(["pending", "pending", "completed", "skipped"]),
        generator.choice(["High", "Medium", "Low", "None"]),
        sorted(set(words(1))),
        generator.choice([None, NOW.date() + timedelta(days=number % 20)]),
        NOW - timedelta(hours=number % 50),
        NOW - timedelta(hours=generator.randint(0, 40)),
    )


async def fill(connection: asyncpg.Connection, user_id: str, number: int, seed: int) -> random.Random:
    generator = random.Random(seed)  # noqa: S311 - tasks that are the same in every run, nothing secret.
    await connection.executemany(INSERT, [made(generator, each, user_id) for each in range(number)])
    return generator


def prefixes_of(search: str) -> str:
    return " & ".join(f"{word}:*" for word in search.split())


def key_of(row: asyncpg.Record, sort: TaskSort, *, descends: bool) -> Any:
    if sort is TaskSort.RELEVANCE:
        return row["rank"] if row["is_said"] else row["resemblance"]
    if sort is TaskSort.PRIORITY:
        return ("None", "Low", "Medium", "High").index(row["priority"])
    if sort is TaskSort.DUE_DATE:
        # Undated tasks come last both ways.
        return (row["due_on"] is None) != descends, row["due_on"] or NOW.date()
    return row[sort.value]


def expected(
    rows: list[asyncpg.Record], sort: TaskSort, direction: SortDirection, status: str | None
) -> list[int]:
    descends = direction is SortDirection.DESCENDING
    is_said = any(row["is_said"] for row in rows)
    found = [
        row
        for row in rows
        if (row["is_said"] if is_said else row["resembles"]) and status in (None, row["status"])
    ]
    found.sort(key=lambda row: (key_of(row, sort, descends=descends), row["id"]), reverse=descends)
    return [row["id"] for row in found]


@pytest.mark.parametrize("seed", range(4))
async def test_pages_of_a_search_are_those_of_a_plain_query(
    connection: asyncpg.Connection, user_id: str, seed: int
) -> None:
    generator = await fill(connection, user_id, number=400, seed=seed)

    for search in SEARCHES:
        sort = generator.choice([TaskSort.RELEVANCE, *SORTS])
        direction = generator.choice(list(SortDirection))
        status = generator.choice([None, "pending", "skipped"])
        values = {
            "owner": user_id,
            "search": search,
            "prefixes": prefixes_of(search),
            "now": NOW,
            "asked_zone": None,
            "page_size": generator.choice([1, 5, 20, 1000]),
            # Less than all there are, so that each way to them is taken.
            "nearest": generator.choice([1, 10, 50]),
            "further_each": generator.choice([1, 5, 40]),
        } | ({"status": status} if status else {})
        rows = await connection.fetch(PLAIN, user_id, values["prefixes"], search)

        seen = await pages(connection, frozenset(values) & {"search", "status"}, values, sort, direction)

        case = (search, sort, direction, status, values)
        assert seen == expected(rows, sort, direction, status), case
        query = count_query(frozenset(values) & {"search", "status"})
        counted = await connection.fetchval(query.text, *query.arguments(values))
        assert counted == len(seen), case


@pytest.mark.parametrize("search", ["work", "garden", "tree", "planning", "invioce"])
async def test_a_user_of_thousands_of_tasks_pages_through_all_that_are_found(
    connection: asyncpg.Connection, client: httpx.AsyncClient, user_id: str, search: str
) -> None:
    await fill(connection, user_id, number=3_000, seed=11)
    rows = await connection.fetch(PLAIN, user_id, prefixes_of(search), search)

    seen: list[int] = []
    parameters: dict[str, Any] = {"search": search, "limit": 200}
    while len(seen) == len(set(seen)):
        page = (await client.get("/api/me/tasks", params=parameters)).json()
        seen += [task["id"] for task in page["items"]]
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]

    assert seen == expected(rows, TaskSort.RELEVANCE, SortDirection.DESCENDING, None)
