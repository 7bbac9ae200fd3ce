"""How PostgreSQL finds the rows that are counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from src.analytics import queries
from src.core.database import Query
from src.core.embedded_postgres import EmbeddedPostgres

VALUES = {
    "owner": "somebody",
    "zone": "Europe/Berlin",
    "start_on": date(2026, 1, 1),
    "end_on": date(2026, 12, 31),
    "start_at": datetime(2026, 1, 1, tzinfo=UTC),
    "end_at": datetime(2027, 1, 1, tzinfo=UTC),
    "as_of": datetime(2026, 11, 21, tzinfo=UTC),
    "today_on": date(2026, 11, 21),
    "horizon_on": date(2026, 12, 4),
    "group_limit": 100,
    "series_limit": 1000,
}


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a plan that decide which rows of a table are looked at."""
    if plan["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"):
        yield plan
    for inner in plan.get("Plans", []):
        yield from scans(inner)


@pytest.mark.parametrize("query", [queries.FIGURES_QUERY, queries.DAYS_QUERY, queries.COMING_QUERY])
async def test_nothing_that_is_counted_looks_at_other_users_rows(
    client: httpx.AsyncClient, postgres: EmbeddedPostgres, query: Query
) -> None:
    del client  # It made the tables.
    connection = await asyncpg.connect(postgres.url)
    await connection.execute("SET enable_seqscan = off")  # The tables of a test are too small for an index.

    plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {query.text}", *query.arguments(VALUES))
    await connection.close()

    found = list(scans(orjson.loads(plan)[0]["Plan"]))
    assert found
    for scan in found:
        assert "user_id = 'somebody'" in scan.get("Index Cond", ""), scan
