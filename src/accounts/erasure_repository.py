"""The statements that delete everything of a user, from every table that knows users."""

from functools import cache

from sqlalchemy import Text, bindparam, delete

from src.core.database import Executor, Query
from src.core.tables import metadata

OWNER_COLUMN = "user_id"


class ErasureRepository:
    """Everything of one user."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def erase(self) -> None:
        """Delete all rows; the executor is a transaction, so it is all of them or none."""
        for query in _erasures():
            await self._executor.fetch_all(query, owner=self._owner)


# Made at the first erasure, when the tables of all rooms are known.
@cache
def _erasures() -> tuple[Query, ...]:
    owned = [table for table in metadata.sorted_tables if OWNER_COLUMN in table.c]
    return tuple(
        Query(delete(table).where(table.c[OWNER_COLUMN] == bindparam("owner", type_=Text)))
        for table in reversed(owned)  # Whoever refers goes before whom they refer to.
    )
