"""Bringing the database to the schema of this code: under a lock, and only where it is behind."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from src.core.database_url import DatabaseAddress
from src.core.errors import DatabaseUnavailable
from src.core.outages import is_outage

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_LOCK_KEY = 7_302_610_045
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
_POLL_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 15.0
_REVISION = re.compile(r"^(revision|down_revision)(?:: [^=]+)? = [\"']([^\"']+)[\"']", re.MULTILINE)


async def migrate_or_wait(
    address: DatabaseAddress, *, then: Callable[[], Awaitable[None]]
) -> asyncio.Task[None] | None:
    """Migrate and go on; where the database is away, return the task that keeps trying."""
    try:
        await _migrate_and(address, then)
    except Exception as error:
        if not is_outage(error) and not isinstance(error, DatabaseUnavailable):
            raise
        log.warning(
            "the database at %s does not answer (%s); trying on, answering 503 meanwhile", address, error
        )
        return asyncio.create_task(_keep_trying(address, then))
    return None


async def _keep_trying(address: DatabaseAddress, then: Callable[[], Awaitable[None]]) -> None:
    wait = 1.0
    while True:
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
        try:
            await _migrate_and(address, then)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next try may succeed; it is logged.
            log.warning("the database still does not answer: %s", error)
        else:
            log.info("the database answers again")
            return


async def _migrate_and(address: DatabaseAddress, then: Callable[[], Awaitable[None]]) -> None:
    await migrate(address)
    await then()


async def migrate(address: DatabaseAddress) -> None:
    """Upgrade to the newest migration; several instances starting at once take turns."""
    # Nothing is prepared: a pooler may be between although the address does not say so.
    arguments = address.direct().asyncpg_arguments() | {"statement_cache_size": 0}
    connection = await asyncpg.connect(**arguments)
    try:
        if not _is_behind(await _current_revision(connection)):
            return
        # Try-lock and poll: a waiter inside pg_advisory_lock would hold a snapshot that blocks
        # CREATE INDEX CONCURRENTLY, and so would an open portal (hence the simple-protocol SELECT).
        async with connection.transaction():
            while not await connection.fetchval(_TRY_LOCK, _LOCK_KEY):  # noqa: ASYNC110 - nobody sets an event.
                await asyncio.sleep(_POLL_SECONDS)
            await connection.execute("SELECT 1")
            await asyncio.to_thread(_upgrade, address.direct())
    finally:
        await connection.close()


async def _current_revision(connection: asyncpg.Connection) -> str | None:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


def _is_behind(current: str | None) -> bool:
    known, head = _known_revisions()
    if current is not None and current not in known:
        log.warning("the database is at revision %s, newer than this code; starting all the same", current)
        return False
    return current != head


def _known_revisions() -> tuple[set[str], str]:
    """All revisions and the newest, read without importing a migration: this runs at every start."""
    revisions: set[str] = set()
    parents: set[str] = set()
    for path in (_ROOT / "alembic" / "versions").glob("*.py"):
        for name, value in _REVISION.findall(path.read_text()):
            (revisions if name == "revision" else parents).add(value)
    (head,) = revisions - parents
    return revisions, head


def _upgrade(address: DatabaseAddress) -> None:
    from alembic import command  # noqa: PLC0415 - Alembic is loaded only where there is work for it.

    command.upgrade(alembic_config(address), "head")


def alembic_config(address: DatabaseAddress) -> "Config":
    """Alembic's configuration for one database."""
    from alembic.config import Config  # noqa: PLC0415 - as above.

    config = Config(str(_ROOT / "alembic.ini"))
    config.attributes["address"] = address
    return config
