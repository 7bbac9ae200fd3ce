"""The engine room: the one place that runs statements.

Statements are written with SQLAlchemy Core over the SQLModel tables, compiled once to PostgreSQL's own text
and run straight on an asyncpg pool. Repositories hold `Query` values and never see a connection.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeAlias

import asyncpg
import orjson
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.base import Executable

from src.core.database_url import DatabaseAddress
from src.core.errors import DatabaseUnavailable

Row: TypeAlias = Mapping[str, Any]

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]
_ACQUIRE_SECONDS = 10.0
_RETRY_AFTER_SECONDS = 2


class Query:
    """A statement compiled once; its bind parameters are given by name at each run.

    PostgreSQL plans a cached statement for any values after five runs. Where the best plan depends on the
    values, `is_planned_anew` has it planned for these, at the cost of a round trip.
    """

    __slots__ = ("_defaults", "_names", "is_planned_anew", "text")

    def __init__(self, statement: Executable, *, is_planned_anew: bool = False) -> None:
        self.is_planned_anew = is_planned_anew
        compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        self.text: str = str(compiled)
        self._names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._defaults: dict[str, Any] = dict(compiled.params)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] if name in values else self._defaults[name] for name in self._names]


class Executor(Protocol):
    """What runs queries: the database itself, each query on its own, or a transaction."""

    async def fetch_all(self, query: Query, /, **values: Any) -> list[Row]:
        """All rows."""
        ...

    async def fetch_one(self, query: Query, /, **values: Any) -> Row | None:
        """The first row, or None."""
        ...

    @asynccontextmanager
    def transaction(self) -> AsyncIterator["Executor"]:
        """A whole that is committed at its end, or not at all; inside a transaction, part of it."""
        ...


class Transaction:
    """Queries on one connection, committed or rolled back together."""

    def __init__(self, connection: asyncpg.pool.PoolConnectionProxy) -> None:
        self._connection = connection

    async def fetch_all(self, query: Query, /, **values: Any) -> list[Row]:
        with _outages_named():
            return await _fetch(self._connection, query, values)

    async def fetch_one(self, query: Query, /, **values: Any) -> Row | None:
        with _outages_named():
            row: Row | None = await self._connection.fetchrow(query.text, *query.arguments(values))
            return row

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Transaction"]:
        yield self


class Database:
    """A pool of connections to PostgreSQL, opened in the lifespan."""

    def __init__(self, address: DatabaseAddress, *, pool_size: int) -> None:
        self._address = address
        self._pool_size = pool_size
        self._pool: asyncpg.Pool | None = None
        # asyncpg hands connections out unfairly under pressure; this queue is first come, first served.
        self._turns = asyncio.Semaphore(pool_size)
        self.is_reachable: bool | None = None

    async def open(self) -> None:
        """Let queries in, once the tables that they ask for are there."""
        with self._state_remembered(), _outages_named():
            self._pool = await asyncpg.create_pool(
                **self._address.asyncpg_arguments(),
                min_size=1,
                max_size=self._pool_size,
                command_timeout=30,
                init=_prepare_connection,
                reset=_leave_as_is,
            )

    async def close(self) -> None:
        if self._pool is None:
            return
        try:
            await asyncio.wait_for(self._pool.close(), timeout=5)
        except TimeoutError:
            self._pool.terminate()
        self._pool = None

    async def ping(self) -> None:
        """Ask PostgreSQL for an answer, or raise `DatabaseUnavailable`."""
        with self._state_remembered():
            async with self._connection() as connection:
                await connection.execute("SELECT 1")

    async def fetch_all(self, query: Query, /, **values: Any) -> list[Row]:
        async with self._connection() as connection:
            return await _fetch(connection, query, values)

    async def fetch_one(self, query: Query, /, **values: Any) -> Row | None:
        async with self._connection() as connection:
            row: Row | None = await connection.fetchrow(query.text, *query.arguments(values))
            return row

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._connection() as connection, connection.transaction():
            yield Transaction(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        with self._state_remembered(), _outages_named():
            if self._pool is None:
                raise ConnectionRefusedError
            pool = self._pool
            async with asyncio.timeout(_ACQUIRE_SECONDS):
                await self._turns.acquire()
            try:
                async with pool.acquire(timeout=_ACQUIRE_SECONDS) as connection:
                    yield connection
            finally:
                self._turns.release()

    @contextmanager
    def _state_remembered(self) -> Iterator[None]:
        try:
            yield
        except DatabaseUnavailable:
            self.is_reachable = False
            raise
        self.is_reachable = True


async def _fetch(
    connection: asyncpg.pool.PoolConnectionProxy, query: Query, values: Mapping[str, Any]
) -> list[Row]:
    runner = await connection.prepare(query.text) if query.is_planned_anew else None
    arguments = query.arguments(values)
    rows: list[Row] = await (runner.fetch(*arguments) if runner else connection.fetch(query.text, *arguments))
    return rows


async def _prepare_connection(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_to_json, decoder=orjson.loads, format="text"
        )


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _leave_as_is(_connection: asyncpg.Connection) -> None:
    """Nothing sets session state, so nothing needs the round trip of a reset."""


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_outage(error):
            message = "The database does not answer. Nothing was lost; try again."
            raise DatabaseUnavailable(message, retry_after=_RETRY_AFTER_SECONDS) from error
        raise


def is_outage(error: BaseException) -> bool:
    """Whether PostgreSQL is away, rather than unhappy with a statement."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(("08", "57P", "53", "25006"))
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError | asyncpg.InternalClientError)
