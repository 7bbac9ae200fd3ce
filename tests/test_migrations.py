"""Migrations: complete, reversible, and safe when several services start at once."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from src.core.database_url import DatabaseAddress, parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.migrations import alembic_config, migrate

_numbers = itertools.count(1)
TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name"
KEYS = """
SELECT c.relname AS name, a.attname AS first_column
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
WHERE i.indisunique AND t.relname <> 'alembic_version'
"""


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> AsyncIterator[DatabaseAddress]:
    """A database of the test's own, with nothing in it."""
    name = f"migrated_{next(_numbers)}"
    administrator = await asyncpg.connect(postgres.url)
    await administrator.execute(f"CREATE DATABASE {name}")
    yield parse_database_url(postgres.url.replace("/postgres?", f"/{name}?"))
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()


async def asked(address: DatabaseAddress, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        rows: list[asyncpg.Record] = await connection.fetch(statement)
        return rows
    finally:
        await connection.close()


async def tables_of(address: DatabaseAddress) -> list[str]:
    return [row["table_name"] for row in await asked(address, TABLES)]


async def test_the_models_say_what_the_migrations_make(empty: DatabaseAddress) -> None:
    await migrate(empty)

    await asyncio.to_thread(command.check, alembic_config(empty))

    assert {"task", "task_change", "conversation"} <= set(await tables_of(empty))


async def test_migrations_go_up_down_to_nothing_and_up_again(empty: DatabaseAddress) -> None:
    config = alembic_config(empty)

    await migrate(empty)
    above = await tables_of(empty)
    await asyncio.to_thread(command.downgrade, config, "base")
    below = await tables_of(empty)
    await migrate(empty)

    assert below == ["alembic_version"]
    assert await tables_of(empty) == above
    await asyncio.to_thread(command.check, config)


async def test_each_migration_can_be_undone_and_made_again(empty: DatabaseAddress) -> None:
    config = alembic_config(empty)
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]

    for revision in revisions:
        for step, target in (
            (command.upgrade, revision),
            (command.downgrade, "-1"),
            (command.upgrade, revision),
        ):
            await asyncio.to_thread(step, config, target)

    assert [row["version_num"] for row in await asked(empty, "SELECT * FROM alembic_version")] == revisions[
        -1:
    ]


async def test_services_that_start_at_once_take_turns(empty: DatabaseAddress) -> None:
    await asyncio.gather(*(migrate(empty) for _ in range(5)))

    assert "task" in await tables_of(empty)


async def test_migrating_a_migrated_database_changes_nothing(empty: DatabaseAddress) -> None:
    await migrate(empty)
    before = await asked(empty, "SELECT oid, relname FROM pg_class ORDER BY oid")

    await migrate(empty)

    assert await asked(empty, "SELECT oid, relname FROM pg_class ORDER BY oid") == before


async def test_a_database_ahead_of_the_code_is_a_warning_and_left_alone(
    empty: DatabaseAddress, caplog: pytest.LogCaptureFixture
) -> None:
    await migrate(empty)
    await asked(empty, "UPDATE alembic_version SET version_num = 'from-the-future'")

    with caplog.at_level(logging.WARNING):
        await migrate(empty)

    assert "from-the-future" in caplog.text
    assert [row["version_num"] for row in await asked(empty, "SELECT * FROM alembic_version")] == [
        "from-the-future"
    ]


# Looked up before anybody is known: an email tells whose account it is, and limits count strangers too.
OWNERLESS_KEYS = {"pk_shared_limit", "uq_account_email"}


async def test_every_unique_key_begins_with_the_owner(empty: DatabaseAddress) -> None:
    await migrate(empty)

    keys = await asked(empty, KEYS)

    assert len(keys) > 5
    assert {key["name"] for key in keys if key["first_column"] != "user_id"} == OWNERLESS_KEYS
