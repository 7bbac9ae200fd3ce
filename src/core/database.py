"""The engine room: the one place that runs statements.

Statements are written with SQLAlchemy Core over the SQLModel tables, compiled once to PostgreSQL's own text
and run straight on an asyncpg pool. Repositories hold `Query` values and never see a connection.
"""

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.base import Executable

from src.core.connection_pool import Connection, ConnectionPool
from src.core.connections import Patience, PoolState, open_pool
from src.core.current_request import statement_run
from src.core.database_url import DatabaseAddress
from src.core.errors import DatabaseUnavailable
from src.core.outages import DatabaseConflict, DatabaseTimeout, rerun, told

log = logging.getLogger(__name__)

Row: TypeAlias = Mapping[str, Any]
T = TypeVar("T")

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]
_CHANGES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b")


class Query:
    """A statement compiled once, when it is first run; its bind parameters are given by name at each run."""

    __slots__ = ("_defaults", "_names", "_statement", "is_read", "text")

    text: str
    is_read: bool
    """Whether it changes nothing, so that running it twice does no harm."""
    _names: tuple[str, ...]
    _defaults: dict[str, Any]

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    def __getattr__(self, name: str) -> Any:
        """What is known once it is compiled: a hundred statements compiled at import slow every start."""
        if name not in ("text", "is_read", "_names", "_defaults"):
            raise AttributeError(name)
        compiled = self._statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        self.text = str(compiled)
        self.is_read = _CHANGES.search(self.text) is None
        self._names = tuple(compiled.positiontup or ())
        self._defaults = dict(compiled.params)
        return getattr(self, name)

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

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch_all(self, query: Query, /, **values: Any) -> list[Row]:
        with _Watch(), statement_run(query.text):
            rows: list[Row] = await self._connection.fetch(query.text, *query.arguments(values))
            return rows

    async def fetch_one(self, query: Query, /, **values: Any) -> Row | None:
        with _Watch(), statement_run(query.text):
            row: Row | None = await self._connection.fetchrow(query.text, *query.arguments(values))
            return row

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Transaction"]:
        yield self


class Database:
    """A pool of connections to PostgreSQL, opened in the lifespan.

    What certainly never ran, as on a connection that had been cut behind the pool, is run again once; so is a
    read whatever happened. A statement that was undone for another's sake is run again some times.
    """

    def __init__(self, address: DatabaseAddress, *, pool_size: int, patience: Patience | None = None) -> None:
        self._address = address
        self._pool_size = pool_size
        self._patience = patience or Patience()
        self._pool: ConnectionPool | None = None
        self.is_reachable: bool | None = None

    def pool_state(self) -> PoolState:
        return self._pool.state() if self._pool else PoolState(0, 0, 0)

    async def open(self) -> None:
        """Let queries in, once the tables that they ask for are there."""
        with _Watch(self):
            pool, self._address = await open_pool(
                self._address, size=self._pool_size, patience=self._patience
            )
        self._pool = ConnectionPool(pool, size=self._pool_size, patience=self._patience)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def ping(self) -> None:
        """Ask PostgreSQL for an answer, or raise `DatabaseUnavailable`."""
        await self._run(lambda connection: connection.execute("SELECT 1"), is_read=True)

    async def fetch_all(self, query: Query, /, **values: Any) -> list[Row]:
        arguments = query.arguments(values)
        with statement_run(query.text):
            return await self._run(
                lambda connection: connection.fetch(query.text, *arguments), is_read=query.is_read
            )

    async def fetch_one(self, query: Query, /, **values: Any) -> Row | None:
        arguments = query.arguments(values)
        with statement_run(query.text):
            return await self._run(
                lambda connection: connection.fetchrow(query.text, *arguments), is_read=query.is_read
            )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        with _Watch(self) as watch:
            async with AsyncExitStack() as stack:
                connection = await rerun(partial(self._begun, stack), is_harmless=True)
                yield Transaction(connection)
                watch.is_unsure = True  # It is committed now.

    async def _begun(self, stack: AsyncExitStack) -> Connection:
        async with AsyncExitStack() as beginning:
            connection: Connection = await beginning.enter_async_context(self._connection())
            await beginning.enter_async_context(connection.transaction())
            stack.push_async_exit(beginning.pop_all())
        return connection

    async def _run(self, work: Callable[[Connection], Awaitable[T]], *, is_read: bool) -> T:
        with _Watch(self) as watch:

            async def once() -> T:
                watch.is_unsure = False
                pool = self._opened()
                held = await pool.take()
                watch.is_unsure = not is_read
                try:
                    result = await work(held.connection)
                except BaseException as error:
                    await pool.give_back(held, error)
                    raise
                await pool.give_back(held)
                return result

            return await rerun(once, is_harmless=is_read)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        pool = self._opened()
        held = await pool.take()
        try:
            yield held.connection
        except BaseException as error:
            await pool.give_back(held, error)
            raise
        await pool.give_back(held)

    def _opened(self) -> ConnectionPool:
        if self._pool is None:
            raise ConnectionRefusedError
        return self._pool

    def heard(self, failure: DatabaseUnavailable | None = None) -> None:
        """Remember whether PostgreSQL answered; one that is slow, or undoes something, does."""
        was_reachable = self.is_reachable
        self.is_reachable = failure is None or isinstance(failure, DatabaseConflict | DatabaseTimeout)
        if was_reachable is False and self.is_reachable:
            log.warning("the database at %s answers again", self._address)
        if was_reachable is not False and not self.is_reachable:
            log.warning("the database at %s does not answer", self._address)


class _Watch:
    """Turns what goes wrong within into what clients are told, and lets the database remember it."""

    __slots__ = ("_database", "is_unsure")

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self.is_unsure = False
        """Whether from here on a change may have been made although no answer comes."""

    def __enter__(self) -> "_Watch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failure = told(error, is_unsure=self.is_unsure) if isinstance(error, Exception) else None
        if self._database is not None:
            if error is None:
                self._database.heard()
            elif isinstance(failure, DatabaseUnavailable):
                self._database.heard(failure)
        if failure is not None and failure is not error:
            raise failure from error
