"""The statements that delete everything of a user, from every table that knows users."""

from functools import cache

import asyncpg
from sqlalchemy import Text, bindparam, delete

from src.accounts.repository import AccountRepository
from src.core.database import Database, Query
from src.core.tables import metadata

OWNER_COLUMN = "user_id"
_TRIES = 3


class ErasureRepository:
    """Everything of one user."""

    def __init__(self, database: Database, user_id: str) -> None:
        self._database = database
        self._owner = user_id

    async def erase(self, verified_hash: str) -> bool:
        """Delete all or nothing; False where the password is no longer the one of the hash.

        Requests of the user that run meanwhile lock their rows in other orders, so a deadlock is possible.
        """
        for _ in range(_TRIES - 1):
            try:
                return await self._erase(verified_hash)
            except asyncpg.DeadlockDetectedError:
                continue
        return await self._erase(verified_hash)

    async def _erase(self, verified_hash: str) -> bool:
        async with self._database.transaction() as transaction:
            if not await AccountRepository(transaction, self._owner).lock(verified_hash):
                return False
            for query in _erasures():
                await transaction.fetch_all(query, owner=self._owner)
        return True


# Made at the first erasure, when the tables of all rooms are known.
@cache
def _erasures() -> tuple[Query, ...]:
    owned = [table for table in metadata.sorted_tables if OWNER_COLUMN in table.c]
    return tuple(
        Query(delete(table).where(table.c[OWNER_COLUMN] == bindparam("owner", type_=Text)))
        for table in reversed(owned)  # Whoever refers goes before whom they refer to.
    )
