"""The statements that delete everything of a user, from every table that knows users."""

from functools import cache

from sqlalchemy import Text, bindparam, delete, text

from src.accounts.errors import AccountBusy
from src.accounts.repository import AccountRepository
from src.core.database import Database, Query
from src.core.outages import DatabaseConflict, DatabaseTimeout
from src.core.tables import metadata

OWNER_COLUMN = "user_id"
_TRIES = 6


class ErasureRepository:
    """Everything of one user."""

    def __init__(self, database: Database, user_id: str) -> None:
        self._database = database
        self._owner = user_id

    async def erase(self, verified_hash: str) -> bool:
        """Delete all or nothing; False where the password is no longer the one of the hash.

        Raises:
            AccountBusy: other requests of the user held their rows all the while.
        """
        for _ in range(_TRIES):
            try:
                return await self._erase(verified_hash)
            except (DatabaseTimeout, DatabaseConflict):
                continue
        raise AccountBusy

    async def _erase(self, verified_hash: str) -> bool:
        async with self._database.transaction() as transaction:
            await transaction.fetch_all(_yield_to_others)
            if not await AccountRepository(transaction, self._owner).lock(verified_hash):
                return False
            for query in erasures():
                await transaction.fetch_all(query, owner=self._owner)
        return True


# Requests that run meanwhile lock their rows in other orders. Waiting for less than PostgreSQL's
# `deadlock_timeout` of a second, it is this that gives way and comes back, and never one of them.
_yield_to_others = Query(text("SET LOCAL lock_timeout = '500ms'"))


# Made at the first erasure, when the tables of all rooms are known.
@cache
def erasures() -> tuple[Query, ...]:
    owned = [table for table in metadata.sorted_tables if OWNER_COLUMN in table.c]
    return tuple(
        Query(delete(table).where(table.c[OWNER_COLUMN] == bindparam("owner", type_=Text)))
        for table in reversed(owned)  # Whoever refers goes before whom they refer to.
    )
