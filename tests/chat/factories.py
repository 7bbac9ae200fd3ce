"""Responders that say what a test wrote down, and what tests read of conversations."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import httpx
import orjson
from sqlalchemy import Text, bindparam, select

from src.assistant.events import (
    HistoryItem,
    TextDelta,
    ToolCallFinished,
    ToolCallStarted,
    ToolUsed,
    TurnEvent,
    TurnFinished,
    Usage,
    UserSaid,
)
from src.auth.context import Caller
from src.core.database import Database, Query, Row
from src.core.tables import metadata

Step: TypeAlias = TurnEvent | Exception | asyncio.Event


@dataclass
class ScriptedResponder:
    """Tells events, raises errors and waits for asyncio events, in the order written; the same every turn."""

    steps: Sequence[Step]
    histories: list[list[HistoryItem]] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    local_times: list[datetime] = field(default_factory=list)
    models: list[str | None] = field(default_factory=list)
    is_waiting: asyncio.Event = field(default_factory=asyncio.Event)
    was_stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def get(self) -> "ScriptedResponder":
        """Itself, as an assistant that is loaded."""
        return self

    async def run(
        self,
        history: Sequence[HistoryItem],
        *,
        caller: Caller,
        local_time: datetime,
        week_start: str,
        date_order: str,
        model: str | None,
    ) -> AsyncGenerator[TurnEvent, None]:
        del week_start, date_order
        self.histories.append(list(history))
        self.callers.append(caller)
        self.local_times.append(local_time)
        self.models.append(model)
        try:
            for step in self.steps:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    self.is_waiting.set()
                    await step.wait()
                else:
                    yield step
        except (asyncio.CancelledError, GeneratorExit):
            self.was_stopped.set()
            raise

    @property
    def heard(self) -> list[str]:
        """What the user said last, turn by turn."""
        return [item.text for history in self.histories if isinstance(item := history[-1], UserSaid)]


def says(*pieces: str) -> tuple[TurnEvent, ...]:
    usage = Usage(requests=2, input_tokens=30, output_tokens=7)
    return (*map(TextDelta, pieces), TurnFinished("".join(pieces), "scripted", "parrot", usage))


def uses(tool: str, result: Any, *, call_id: str = "call_1", **arguments: Any) -> tuple[TurnEvent, ...]:
    used = ToolUsed(call_id, tool, arguments, result)
    return ToolCallStarted(call_id, tool, arguments), ToolCallFinished(used)


def never() -> asyncio.Event:
    """What a stalled model waits for."""
    return asyncio.Event()


async def say(client: httpx.AsyncClient, message: str, conversation_id: int | None = None) -> dict[str, Any]:
    body = {"message": message, "conversation_id": conversation_id}
    response = await client.post("/api/me/chat", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def messages(client: httpx.AsyncClient, conversation_id: int) -> list[tuple[str, str]]:
    """The stored messages as role and text."""
    response = await client.get(f"/api/me/conversations/{conversation_id}")
    assert response.status_code == 200, response.text
    return [(message["role"], message["content"]) for message in response.json()["messages"]]


async def only_conversation(client: httpx.AsyncClient) -> int:
    """The id of the one conversation that the user has."""
    (conversation,) = (await client.get("/api/me/conversations")).json()["items"]
    return int(conversation["id"])


def events_of(text: str) -> list[dict[str, Any]]:
    """The objects of an event stream, without the comments that keep it open."""
    blocks = text.removesuffix("\n\n").split("\n\n")
    return [orjson.loads(block.removeprefix("data: ")) for block in blocks if not block.startswith(":")]


async def rows_of(database: Database, table: str, user_id: str) -> list[Row]:
    """All of a user's rows in a table, in no order."""
    columns = metadata.tables[table]
    owner = bindparam("owner", type_=Text)
    return await database.fetch_all(Query(select(columns).where(columns.c.user_id == owner)), owner=user_id)
