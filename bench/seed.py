"""A database with a million tasks, of many small users and a few large ones."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from src.core.database_url import DatabaseAddress
from src.recurrence.rfc5545 import parse_rrule
from src.tasks.pattern import Pattern
from src.tasks.recurrence_schemas import read_pattern

PEOPLE = 200
"""How many of the small users make requests; their tasks have a history too."""
REPEATERS = 100
"""Users whose tasks all repeat."""
SERIES_START = date(2060, 1, 1)
"""Far enough ahead that completing jumps over no date, whenever the bench runs."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many users there are, and how many tasks some have."""

    small_users: int
    tasks_each: int
    grown: tuple[int, ...]
    series_each: int


FULL = Sizes(small_users=9_000, tasks_each=100, grown=(100, 1_000, 10_000, 100_000), series_each=300)
QUICK = Sizes(small_users=500, tasks_each=100, grown=(100, 1_000, 10_000), series_each=60)


def small_user(number: int) -> str:
    return f"user-{number}"


def grown_user(size: int) -> str:
    return f"grown-{size}"


def repeater(number: int) -> str:
    return f"repeater-{number}"


async def seed(address: DatabaseAddress, sizes: Sizes) -> None:
    """Fill empty, migrated tables; a database that was filled alike before is left as it is."""
    connection = await asyncpg.connect(**address.asyncpg_arguments(), command_timeout=1800)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS bench_seed (sizes text)")
        if await connection.fetchval("SELECT sizes FROM bench_seed") == repr(sizes):
            return
        await _fill(connection, sizes)
        await connection.execute("INSERT INTO bench_seed VALUES ($1)", repr(sizes))
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, sizes: Sizes) -> None:
    # Indexes are built faster than they are kept, and tags are counted faster at once than one by one.
    indexes = await connection.fetch(_INDEXES)
    await connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    async with connection.transaction():
        await connection.execute("ALTER TABLE task DISABLE TRIGGER USER")
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['name']}")
        await connection.execute(_OWNERS)
        owners = [(small_user(number), sizes.tasks_each) for number in range(1, sizes.small_users + 1)]
        owners += [(grown_user(size), size) for size in sizes.grown]
        await connection.copy_records_to_table("bench_owner", records=owners)
        await connection.execute(_TASKS)
        await _fill_series(connection, sizes)
        for index in indexes:
            await connection.execute(index["definition"])
        await connection.execute(_TAGS)
        await connection.execute("ALTER TABLE task ENABLE TRIGGER USER")
    await connection.execute(_HISTORY, [small_user(number) for number in range(1, PEOPLE + 1)])
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")


async def _fill_series(connection: asyncpg.Connection, sizes: Sizes) -> None:
    pattern = Pattern(parse_rrule("FREQ=DAILY", ZoneInfo("UTC")), ZoneInfo("UTC"), SERIES_START)
    described = orjson.dumps(read_pattern(pattern).model_dump(mode="json")).decode()
    names = [repeater(number) for number in range(1, REPEATERS + 1)]
    await connection.execute(_SERIES, names, sizes.series_each, described, SERIES_START)
    await connection.execute(_SERIES_TASKS, SERIES_START)


_INDEXES = """
SELECT indexname AS name, indexdef AS definition FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = 'task'
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
_OWNERS = "CREATE TEMPORARY TABLE bench_owner (user_id text, size int) ON COMMIT DROP"
# A user's tasks lie among everybody's, as they do where people add them day by day.
_TASKS = """
INSERT INTO task (user_id, title, description, status, priority, category, tags, tag_keys,
                  due_on, due_at, due_timezone, created_at, updated_at, completed_at, version)
SELECT user_id,
       verb || ' ' || noun || CASE WHEN n % 11 = 0 THEN ' invoice ' ELSE ' ' END || n
           || CASE WHEN n = 57 THEN ' quokka' ELSE '' END,
       CASE WHEN n % 3 = 0 THEN 'Ask about the ' || noun || ' before the end of the week.' END,
       CASE WHEN is_done THEN 'completed' ELSE 'pending' END,
       (ARRAY['High', 'Medium', 'Low', 'None'])[1 + n % 4],
       CASE WHEN n % 2 = 0 THEN (ARRAY['work', 'home', 'errands'])[1 + n % 3] END,
       tags, tags, due_on,
       CASE WHEN n % 5 = 0 THEN timezone('UTC', due_on + interval '17 hours') END,
       CASE WHEN n % 5 = 0 THEN 'UTC' END,
       created_at, created_at, CASE WHEN is_done THEN created_at + interval '1 day' END,
       CASE WHEN is_done THEN 2 ELSE 1 END
FROM (
    SELECT user_id, n,
           (ARRAY['Call', 'Write to', 'Pay', 'Book', 'Fix', 'Plan', 'Order'])[1 + n % 7] AS verb,
           (ARRAY['dentist', 'landlord', 'garage', 'bakery', 'library', 'plumber', 'school', 'bank',
                  'gardener', 'printer', 'airline'])[1 + n % 13 % 11] AS noun,
           n % 10 < 3 AS is_done,
           CASE n % 3 WHEN 0 THEN ARRAY['family', 'urgent'] WHEN 1 THEN ARRAY['office'] ELSE '{}' END AS tags,
           CASE WHEN n % 5 < 3
                THEN current_date + (abs(hashtext('due' || user_id || n) % 90) - 30) END AS due_on,
           now() - make_interval(secs => abs(hashtext(user_id || n) % 31536000)) AS created_at
    FROM bench_owner, generate_series(1, size) AS n
) AS made ORDER BY created_at
"""
_SERIES = """
INSERT INTO task_series (user_id, rule, basis, catch_up, timezone, starts_wall, has_time, described,
                         last_occurrence, created_at, updated_at)
SELECT user_id, 'FREQ=DAILY', 'due_date', 'next_future', 'UTC', $4::date, false, $3::json, 1, now(), now()
FROM generate_series(1, $2::int), unnest($1::text[]) AS user_id
"""
_SERIES_TASKS = """
INSERT INTO task (user_id, title, status, priority, tags, tag_keys, due_on, series_id, occurrence,
                  scheduled_wall, created_at, updated_at, version)
SELECT user_id, 'Water the plants ' || id, 'pending', 'Medium', '{}', '{}', $1::date, id, 1, $1::date,
       created_at, created_at, 1
FROM task_series ORDER BY id
"""
_TAGS = """
INSERT INTO tag_usage (user_id, tag_key, name, usage_count)
SELECT user_id, tag_key, min(tag_key), count(*)
FROM task, unnest(tag_keys) AS tag_key GROUP BY user_id, tag_key
"""
_HISTORY = """
INSERT INTO task_change (user_id, task_id, operation_id, kind, actor_kind, before, after, occurred_at)
SELECT user_id, task.id, gen_random_uuid(), what.kind, 'user',
       CASE WHEN what.kind = 'completed'
            THEN to_jsonb(task) - 'search_vector'
                 || '{"status": "pending", "completed_at": null, "version": 1}' END,
       to_jsonb(task) - 'search_vector', coalesce(what.at, created_at)
FROM task, LATERAL (VALUES ('created', created_at), ('completed', completed_at)) AS what (kind, at)
WHERE user_id = ANY ($1::text[]) AND what.at IS NOT NULL ORDER BY what.at
"""
