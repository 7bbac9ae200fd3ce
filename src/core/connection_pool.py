"""Connections in turn: first come, first served, and handed on without a round through asyncpg's books."""

import asyncio
from typing import NamedTuple, TypeAlias

import asyncpg

from src.core.connections import Patience, PoolState
from src.core.fair_queue import Turns
from src.core.outages import is_demotion, is_loss

Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy

_IDLE_SECONDS = 30.0
"""How often free connections go back to asyncpg's pool, which closes what nobody uses for minutes."""


class Held(NamedTuple):
    """A connection, and the generation of connections it is of."""

    connection: Connection
    generation: int


class ConnectionPool:
    """asyncpg's pool behind a fair queue.

    Taking and giving back there costs as much as reading a task does, so what is free again stays here for
    whoever comes next; only what is idle, broken or of an older generation goes back.
    """

    def __init__(self, pool: asyncpg.Pool, *, size: int, patience: Patience) -> None:
        self._pool = pool
        self._patience = patience
        # asyncpg hands connections out unfairly under pressure; this queue is first come, first served.
        self._turns = Turns(size, patience=patience.turn)
        self._generation = 0
        self._free: list[Held] = []
        self._sweep: asyncio.TimerHandle | None = None
        self._sweeping: set[asyncio.Task[None]] = set()

    def state(self) -> PoolState:
        size = self._pool.get_size()
        return PoolState(size, size - self._pool.get_idle_size() - len(self._free), self._turns.waiting)

    async def take(self) -> Held:
        await self._turns.take()
        try:
            return await self._free_or_new()
        except BaseException:
            self._turns.give_back()
            raise

    async def give_back(self, held: Held, error: BaseException | None = None) -> None:
        """Let the next one have the connection, unless something broke in the meantime."""
        try:
            if error is None and held.generation == self._generation:
                self._free.append(held)
                self._sweep_later()
            else:
                await self._part_with(held, error)
        finally:
            self._turns.give_back()

    async def close(self) -> None:
        if self._sweep is not None:
            self._sweep.cancel()
        self._release_free()
        try:
            await asyncio.wait_for(self._pool.close(), timeout=5)
        except TimeoutError:
            self._pool.terminate()

    async def _free_or_new(self) -> Held:
        while self._free:
            held = self._free.pop()
            if held.generation == self._generation and _is_alive(held.connection):
                return held
            await self._pool.release(held.connection, timeout=self._patience.release)
        # Whose turn it is finds one free, or opens one, which has a time limit of its own.
        generation = self._generation
        return Held(await self._pool.acquire(), generation)

    async def _part_with(self, held: Held, error: BaseException | None) -> None:
        try:
            if isinstance(error, Exception):
                await self._renew(held, error)
        finally:
            # What was cut off may have to be waited for.
            await self._pool.release(held.connection, timeout=self._patience.release)

    async def _renew(self, held: Held, error: BaseException) -> None:
        """Where a connection broke, the others may be as broken; whoever comes next gets a new one."""
        error = error.__cause__ or error
        if held.generation == self._generation and (is_loss(error) or is_demotion(error)):
            self._generation += 1
            await self._pool.expire_connections()

    def _sweep_later(self) -> None:
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._release_free)

    def _release_free(self) -> None:
        self._sweep = None
        for held in self._free:
            task = asyncio.ensure_future(self._pool.release(held.connection))
            self._sweeping.add(task)
            task.add_done_callback(self._sweeping.discard)
        self._free.clear()


def _is_alive(connection: Connection) -> bool:
    """Whether it is still open as far as is known; asyncpg takes one back by itself that was cut."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False
