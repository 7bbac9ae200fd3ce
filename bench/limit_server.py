"""What this machine allows: the service's own statements behind nothing but uvicorn, asyncpg and PyJWT.

One ASGI callable that checks no body, keeps no log and knows only the requests of the bench. It runs the
texts that the service compiles, so PostgreSQL's work is the same; what the service takes longer is its own.
"""

import asyncio
import base64
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import parse_qsl
from uuid import uuid4

import asyncpg
import jwt
import orjson
from starlette.types import Message, Receive, Scope, Send

from bench import limit_statements as statements
from src.core.database import Query
from src.core.database_url import parse_database_url

Answer: TypeAlias = tuple[int, bytes]
POOL_SIZE = 10
_SECRET = os.environ.get("BETTER_AUTH_SECRET", "")
_LOG = {"operation_id": None, "actor_kind": "user", "actor_name": None}


class Limit:
    """The pool, and the answers to the requests of the bench."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(POOL_SIZE)

    async def answer(self, scope: Scope, body: bytes) -> Answer:
        owner = _owner(scope)
        now = datetime.now(UTC)  # noqa: TID251 - the limit has no clock to be given.
        _, _, _, _, *rest = scope["path"].split("/")
        if not rest:
            if scope["method"] == "POST":
                return await self._create(owner, now, orjson.loads(body))
            return await self._list(owner, now, dict(parse_qsl(scope["query_string"].decode())))
        task_id = int(rest[0])
        if len(rest) > 1:
            return await self._complete(owner, now, task_id)
        if scope["method"] == "PATCH":
            return await self._update(owner, now, task_id, orjson.loads(body))
        return await self._one(200, statements.GET, {**_shown(owner, now), "task_id": task_id})

    async def _list(self, owner: str, now: datetime, asked: dict[str, str]) -> Answer:
        query, conditions = statements.list_query(asked)
        limit = int(asked.get("limit", 50))
        values = {**_shown(owner, now), "page_size": limit + 1, **conditions}
        async with self._turns, self._pool.acquire() as connection:
            return 200, _page(await connection.fetch(query.text, *query.arguments(values)), limit)

    async def _create(self, owner: str, now: datetime, asked: dict[str, Any]) -> Answer:
        tags = asked.get("tags", [])
        values = {
            **_shown(owner, now),
            **statements.UNDATED,
            **asked,
            "tags": tags,
            "tag_keys": [tag.casefold() for tag in tags],
            "user_id": owner,
            "created_at": now,
            "updated_at": now,
            **_logged("created", now),
        }
        return await self._one(201, statements.CREATE, values)

    async def _update(self, owner: str, now: datetime, task_id: int, asked: dict[str, Any]) -> Answer:
        values = {f"new_{name}": value for name, value in asked.items()}
        values |= {**_shown(owner, now), "task_id": task_id, **_logged("updated", now)}
        return await self._one(200, statements.UPDATE, values)

    async def _one(self, status: int, query: Query, values: dict[str, Any]) -> Answer:
        async with self._turns, self._pool.acquire() as connection:
            row = await connection.fetchrow(query.text, *query.arguments(values))
        return status, row["task"].encode()

    async def _complete(self, owner: str, now: datetime, task_id: int) -> Answer:
        async with self._turns, self._pool.acquire() as connection, connection.transaction():
            finished, upcoming = await _completed(connection, owner, now, task_id)
        done = f'{{"completed_task":{finished["task"]},"next_occurrence":{upcoming["task"]}}}'
        return 200, done.encode()


async def _completed(
    connection: asyncpg.Connection, owner: str, now: datetime, task_id: int
) -> tuple[asyncpg.Record, asyncpg.Record]:
    """Finish a task of a daily series and make the next; the reading of rules is spared."""

    async def run(query: Query, **values: Any) -> Any:
        return await connection.fetchrow(query.text, *query.arguments({**_shown(owner, now), **values}))

    task = await run(statements.LOCK, task_id=task_id)
    done = {"new_status": "completed", "new_completed_at": now}
    finished = await run(statements.FINISH, task_id=task_id, **done, **_logged("completed", now))
    await run(statements.LOCK_SERIES, series_id=task["series_id"])
    number = task["occurrence"] + 1
    await run(statements.ADVANCE, series_id=task["series_id"], new_last=number)
    wall = task["scheduled_wall"] + timedelta(days=1)
    upcoming = await run(
        statements.FOLLOW,
        **{name: task[name] for name in statements.COPIED},
        **statements.UNDATED | {"due_on": wall.date()},
        user_id=owner,
        series_id=task["series_id"],
        occurrence=number,
        scheduled_wall=wall,
        created_at=now,
        updated_at=now,
        **_logged("created", now),
    )
    return finished, upcoming


def _page(rows: list[asyncpg.Record], limit: int) -> bytes:
    """A page whose tasks are JSON already."""
    items = ",".join([row["task"] for row in rows[:limit]])
    cursor = "null"
    if len(rows) > limit:
        last = rows[limit - 1]
        cursor = f'"{base64.urlsafe_b64encode(orjson.dumps([last["sort_key"], last["id"]])).decode()}"'
    return f'{{"items":[{items}],"next_cursor":{cursor}}}'.encode()


def _shown(owner: str, now: datetime) -> dict[str, Any]:
    return {"owner": owner, "now": now, "asked_zone": None}


def _logged(kind: str, now: datetime) -> dict[str, Any]:
    return {**_LOG, "operation_id": uuid4(), "change_kind": kind, "occurred_at": now}


def _owner(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            claims = jwt.decode(value[7:], _SECRET, algorithms=["HS256"])
            return str(claims["sub"])
    raise PermissionError


class Application:
    """The limit server as ASGI."""

    def __init__(self) -> None:
        self._answer: Callable[[Scope, bytes], Awaitable[Answer]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["path"] == "/health":
            await _send(send, (200, b"{}"))
            return
        assert self._answer is not None
        await _send(send, await self._answer(scope, await _read(receive)))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        address = parse_database_url(os.environ["DATABASE_URL"])
        async with asyncpg.create_pool(
            **address.asyncpg_arguments(), min_size=1, max_size=POOL_SIZE, reset=_leave_as_is
        ) as pool:
            self._answer = Limit(pool).answer
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _send(send: Send, answer: Answer) -> None:
    status, body = answer
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _read(receive: Receive) -> bytes:
    message: Message = await receive()
    body: bytes = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    return body


async def _leave_as_is(_connection: asyncpg.Connection) -> None:
    """As the service's own pool."""


app = Application()
