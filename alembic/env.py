"""How migrations reach the database: by the address handed over in `attributes`, or by the settings."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

import src.accounts.models
import src.chat.models
import src.core.shared_limit_table
import src.history.models
import src.idempotency.models
import src.personal_tokens.models
import src.preferences.models
import src.tasks.models
import src.transfer.models  # noqa: F401 - the rooms' tables register themselves on import.
from src.core.database_url import DatabaseAddress
from src.core.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _migrate(address: DatabaseAddress) -> None:
    engine = create_async_engine(
        address.sqlalchemy_url, connect_args=address.sqlalchemy_connect_args(), poolclass=pool.NullPool
    )
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_migrate(context.config.attributes["address"]))
