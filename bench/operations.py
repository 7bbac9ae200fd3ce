"""What is asked of both servers: each operation as many requests of many users."""

import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from bench.requests import chat_request, mcp_request, request, token_for
from bench.seed import PEOPLE, REPEATERS, repeater, small_user

Tokens: TypeAlias = dict[str, str]
_MANY = 2_000
_FRESH = 8_000
FILTERED = "status=pending&priority=High&sort_by=due_date&sort_direction=asc"


@dataclass(frozen=True, slots=True)
class Operation:
    """A kind of request, and the least share of the limit's throughput that it should reach.

    One that `uses_up` what it is asked of gets requests anew for every round.
    """

    name: str
    requests: Callable[["Cast"], Awaitable[list[bytes]]]
    target: float | None
    uses_up: bool = False
    is_read: bool = True
    has_limit: bool = True


class Cast:
    """The users who make requests, with their tokens and some of their tasks."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        names = [small_user(number) for number in range(1, PEOPLE + 1)]
        names += [repeater(number) for number in range(1, REPEATERS + 1)]
        self.tokens: Tokens = {name: token_for(name) for name in names}
        self.people = names[:PEOPLE]
        self._numbers = itertools.count(1)

    async def tasks(self) -> list[tuple[str, int]]:
        """Tasks of the people, in no order."""
        rows = await self._connection.fetch(
            "SELECT user_id, id FROM task WHERE user_id = ANY ($1::text[]) AND series_id IS NULL", self.people
        )
        return _some(rows, _MANY)

    async def occurrences(self) -> list[tuple[str, int]]:
        """Occurrences that are still to be done, in no order."""
        rows = await self._connection.fetch(
            "SELECT user_id, id FROM task WHERE user_id LIKE 'repeater-%' AND status = 'pending'"
        )
        return _some(rows, _FRESH)

    async def first_task(self, user_id: str) -> int:
        """The oldest task of somebody."""
        return int(await self._connection.fetchval("SELECT min(id) FROM task WHERE user_id = $1", user_id))

    def number(self) -> int:
        return next(self._numbers)


def _some(rows: Sequence[asyncpg.Record], count: int) -> list[tuple[str, int]]:
    generator = random.Random(9)  # noqa: S311 - an order that is the same in every run, nothing secret.
    return [(row["user_id"], row["id"]) for row in generator.sample(rows, min(count, len(rows)))]


async def _of_people(cast: Cast, method: str, path: str, body: Any = None) -> list[bytes]:
    return [request(method, f"/api/me/{path}", cast.tokens[name], body) for name in cast.people]


async def _list(cast: Cast) -> list[bytes]:
    return await _of_people(cast, "GET", "tasks")


async def _filtered(cast: Cast) -> list[bytes]:
    return await _of_people(cast, "GET", f"tasks?{FILTERED}")


async def _search(cast: Cast) -> list[bytes]:
    return await _of_people(cast, "GET", "tasks?search=invoice")


async def _get(cast: Cast) -> list[bytes]:
    return [request("GET", f"/api/me/tasks/{task}", cast.tokens[name]) for name, task in await cast.tasks()]


async def _create(cast: Cast) -> list[bytes]:
    body = {"title": f"Call the bakery {cast.number()}", "priority": "High", "tags": ["office"]}
    return await _of_people(cast, "POST", "tasks", body)


async def _update(cast: Cast) -> list[bytes]:
    body = {"title": f"Call the printer {cast.number()}", "priority": "Low"}
    path = "/api/me/tasks/{}"
    tasks = await cast.tasks()
    return [request("PATCH", path.format(task), cast.tokens[name], body) for name, task in tasks]


async def _complete(cast: Cast) -> list[bytes]:
    path = "/api/me/tasks/{}/complete"
    tasks = await cast.occurrences()
    return [request("POST", path.format(task), cast.tokens[name]) for name, task in tasks]


async def _analytics(cast: Cast) -> list[bytes]:
    return await _of_people(cast, "GET", "tasks/analytics")


async def _chat(cast: Cast) -> list[bytes]:
    return [chat_request(cast.tokens[name], "Show my tasks") for name in cast.people]


async def _mcp(cast: Cast) -> list[bytes]:
    return [mcp_request(cast.tokens[name]) for name in cast.people]


OPERATIONS = (
    Operation("list", _list, 0.90),
    Operation("filtered", _filtered, 0.80),
    Operation("get", _get, 0.70),
    Operation("search", _search, 0.75),
    Operation("create", _create, 0.70, is_read=False),
    Operation("update", _update, 0.70, is_read=False),
    Operation("complete", _complete, 0.75, uses_up=True, is_read=False),
    Operation("analytics", _analytics, None, has_limit=False),
    Operation("chat", _chat, None, has_limit=False),
    Operation("mcp", _mcp, None, has_limit=False),
)
