"""The database itself, beside the service."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from src.core.database_url import parse_database_url


@pytest.fixture
async def connection(app: object, settings: Any) -> AsyncIterator[asyncpg.Connection]:
    del app  # It migrated the database.
    address = parse_database_url(settings.database_url.get_secret_value())
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    yield connection
    await connection.close()
