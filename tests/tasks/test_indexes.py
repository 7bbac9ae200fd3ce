"""No list, search or count of one user's tasks reads another user's rows, and no plain order is sorted."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from src.core.database import Query
from src.core.database_url import parse_database_url
from src.tasks.filters import SortDirection, TaskSort
from src.tasks.search import count_query, search_query
from tests.factories import NOW

VALUES: dict[str, Any] = {
    "owner": "somebody",
    "page_size": 50,
    "status": "pending",
    "priorities": ["High"],
    "category": "home",
    "any_tags": ["home"],
    "all_tags": ["home"],
    "search": "groceries",
    "prefixes": "groceries:*",
    "series_id": 1,
    "recurring": True,
    "undated": True,
    "due_from_on": NOW.date(),
    "due_from_at": NOW,
    "due_until_on": NOW.date(),
    "due_until_at": NOW,
    "created_after": NOW,
    "updated_after": NOW,
}
FILTERS = ("priorities", "category", "any_tags", "all_tags", "search", "series_id", "due_from_on")


@pytest.fixture
async def connection(app: object, settings: Any) -> AsyncIterator[asyncpg.Connection]:
    del app  # It migrated the database.
    address = parse_database_url(settings.database_url.get_secret_value())
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    # The tables of tests are small; what matters is whether an index could serve, not what is cheapest here.
    await connection.execute("SET enable_seqscan = off; SET enable_sort = off")
    yield connection
    await connection.close()


async def plan_of(connection: asyncpg.Connection, query: Query) -> list[dict[str, Any]]:
    explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {query.text}", *query.arguments(VALUES))
    return list(nodes(json.loads(explained)[0]["Plan"]))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def assert_scoped(plan: list[dict[str, Any]]) -> None:
    scans = [node for node in plan if "Scan" in node["Node Type"] and node["Node Type"] != "Function Scan"]
    conditions = [node["Index Cond"] for node in scans if "Index Cond" in node]
    assert not [node for node in scans if node["Node Type"] == "Seq Scan"]
    assert conditions
    assert all("user_id" in condition for condition in conditions)


@pytest.mark.parametrize("status", [frozenset(), frozenset({"status"})])
@pytest.mark.parametrize("direction", SortDirection)
@pytest.mark.parametrize("sort", [sort for sort in TaskSort if sort is not TaskSort.RELEVANCE])
async def test_every_order_of_a_list_is_served_by_an_index(
    connection: asyncpg.Connection, sort: TaskSort, direction: SortDirection, status: frozenset[str]
) -> None:
    plan = await plan_of(connection, search_query(status, sort, direction, is_later_page=False))

    assert_scoped(plan)
    assert not [node for node in plan if node["Node Type"] == "Sort"]


@pytest.mark.parametrize("name", FILTERS)
async def test_every_filter_and_count_stays_with_its_user(connection: asyncpg.Connection, name: str) -> None:
    values = frozenset({name})

    found = await plan_of(
        connection, search_query(values, TaskSort.CREATED_AT, SortDirection.DESCENDING, is_later_page=False)
    )
    counted = await plan_of(connection, count_query(values))

    assert_scoped(found)
    assert_scoped(counted)


MANY = """
INSERT INTO task (user_id, title, status, priority, tags, tag_keys, created_at, updated_at, version)
SELECT 'somebody', CASE n % 100 WHEN 0 THEN 'Buy groceries' ELSE 'Call mom' END, 'pending',
       'Low', '{}', '{}', now(), now(), 1
FROM generate_series(1, 3000) AS n
"""


async def test_a_search_looks_up_only_words_with_the_mark_of_its_user(connection: asyncpg.Connection) -> None:
    values = frozenset({"search"})
    query = search_query(values, TaskSort.RELEVANCE, SortDirection.DESCENDING, is_later_page=False)
    transaction = connection.transaction()
    await transaction.start()
    # Among a handful of tasks no index of words is worth its while.
    await connection.execute(MANY)
    await connection.execute("ANALYZE task")

    found = await plan_of(connection, query)
    counted = await plan_of(connection, count_query(values))

    await transaction.rollback()
    for plan in (found, counted):
        conditions = [node["Index Cond"] for node in plan if "@@" in node.get("Index Cond", "")]
        assert conditions
        assert all("marked_words(user_id, search_vector)" in condition for condition in conditions)
