"""The pool of connections to PostgreSQL: each bounded in time, speaking JSON, and fit for poolers."""

import logging
import socket
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import asyncpg
import orjson

from src.core.database_url import DatabaseAddress

log = logging.getLogger(__name__)

_IDLE_BOUND = "idle_in_transaction_session_timeout"
_SIGNS_OF_A_POOLER = (
    asyncpg.ProtocolViolationError,
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.DuplicatePreparedStatementError,
)
_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000}
"""A peer that is silently gone is noticed within a minute (seconds; the last in milliseconds)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds each thing may take."""

    turn: float = 10.0
    """Waiting for a free connection, or for a new one."""
    statement: float = 15.0
    """A statement, after which PostgreSQL gives it up."""
    command: float = 20.0
    """A statement, after which it is given up here: a server that is silently gone gives up nothing."""
    idle_transaction: float = 60.0
    """A transaction that says nothing, whose locks would else outlast a client that is silently gone."""
    release: float = 2.0
    """Putting a connection back, with the word to PostgreSQL that nobody waits for its answer."""


class PoolState(NamedTuple):
    """How many connections are open, how many of them work, and how many callers wait for one."""

    size: int
    used: int
    waiting: int


async def open_pool(
    address: DatabaseAddress, *, size: int, patience: Patience
) -> tuple[asyncpg.Pool, DatabaseAddress]:
    """A pool with one connection to begin with, and the address by what was learnt of it.

    It keeps none that nobody uses for minutes: held open for ever, they would wake a serverless database.
    """
    if not address.is_pooled:
        try:
            pool = await _pool(address, size, patience)
        except _SIGNS_OF_A_POOLER as error:
            if isinstance(error, asyncpg.ProtocolViolationError) and "startup parameter" not in str(error):
                raise
        else:
            if await _is_heard(pool, address, patience):
                return pool, address
            pool.terminate()
        log.info("there is a pooler at %s: going without prepared statements", address)
        address = replace(address, is_pooled=True)
    return await _pool(address, size, patience), address


async def _is_heard(pool: asyncpg.Pool, address: DatabaseAddress, patience: Patience) -> bool:
    """Whether our settings reach PostgreSQL: a pooler that does not refuse them drops them."""
    if _IDLE_BOUND in dict(address.server_settings):
        return True
    found = await pool.fetchval("SELECT setting FROM pg_settings WHERE name = $1", _IDLE_BOUND)
    return bool(found == _milliseconds(patience.idle_transaction))


async def _pool(address: DatabaseAddress, size: int, patience: Patience) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        **(address.asyncpg_arguments() | _server_settings(address, patience)),
        min_size=0,
        init_size=1,
        max_size=size,
        command_timeout=patience.command,
        init=_prepare,
        reset=_leave_as_is,
    )


def _server_settings(address: DatabaseAddress, patience: Patience) -> dict[str, dict[str, str]]:
    """The bounds that PostgreSQL itself keeps; poolers let none pass, and there ours are the only ones."""
    if address.is_pooled:
        return {}
    bounds = {
        "statement_timeout": _milliseconds(patience.statement),
        _IDLE_BOUND: _milliseconds(patience.idle_transaction),
    }
    return {"server_settings": bounds | dict(address.server_settings)}


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


async def _prepare(connection: asyncpg.Connection) -> None:
    _keep_alive(connection)
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_to_json, decoder=orjson.loads, format="text"
        )


def _keep_alive(connection: asyncpg.Connection) -> None:
    # asyncpg has no parameters for it.
    peer = connection._transport.get_extra_info("socket")
    if peer is None or peer.family not in (socket.AF_INET, socket.AF_INET6):
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _leave_as_is(_connection: asyncpg.Connection) -> None:
    """Nothing sets session state, so nothing needs the round trip of a reset."""
