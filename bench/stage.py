"""The real assistant over the real tools and a real database, for benches that talk to it."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bench.folders import temporary_folder
from mcp_server.identity import ToolContext
from mcp_server.server import build_server
from src.assistant.agent import Assistant
from src.assistant.events import (
    AssistantSaid,
    HistoryItem,
    ToolCallFinished,
    ToolUsed,
    TurnFinished,
    UserSaid,
)
from src.assistant.providers import local_provider
from src.auth.context import Caller, acting_as
from src.core.database import Database
from src.core.database_url import parse_database_url
from src.core.embedded_postgres import EmbeddedPostgres
from src.core.migrations import migrate
from src.tasks.schemas import TaskCreate

_numbers = itertools.count(1)


@dataclass(slots=True)
class Stage:
    """The assistant, and the clock that its tools go by."""

    assistant: Assistant
    tools: ToolContext
    now: datetime

    def newcomer(self) -> "Talk":
        return Talk(self, Caller(user_id=f"bench-{next(_numbers)}", timezone="UTC"))


@dataclass(slots=True)
class Talk:
    """A conversation with a user of its own."""

    stage: Stage
    caller: Caller
    history: list[HistoryItem] = field(default_factory=list)

    async def own(self, tasks: Sequence[dict[str, str]]) -> None:
        """Give the user tasks of these fields, outside the conversation."""
        with acting_as(self.caller):
            service = await self.stage.tools.tasks()
        for fields in tasks:
            await service.create(TaskCreate.of(**fields))

    async def say(self, text: str) -> tuple[str, list[ToolUsed]]:
        """The answer, and the tools that were used on the way to it."""
        self.history.append(UserSaid(text))
        used: list[ToolUsed] = []
        answer = ""
        turn = self.stage.assistant.run(list(self.history), caller=self.caller, local_time=self.stage.now)
        async for event in turn:
            if isinstance(event, ToolCallFinished):
                used.append(event.used)
            elif isinstance(event, TurnFinished):
                answer = event.text
        self.history += [*used, AssistantSaid(answer)]
        return answer, used


@asynccontextmanager
async def staged(now: datetime) -> AsyncIterator[Stage]:
    """A stage on a database of its own, which is gone afterwards."""
    with (
        temporary_folder() as folder,
        EmbeddedPostgres(folder, durable=False) as postgres,
    ):
        address = parse_database_url(postgres.url)
        await migrate(address)
        database = Database(address, pool_size=2)
        await database.open()
        try:
            yield _stage(database, now)
        finally:
            await database.close()


def _stage(database: Database, now: datetime) -> Stage:
    def clock() -> datetime:
        return stage.now

    tools = ToolContext(database, clock, b"a cursor key of the benches 0000")
    assistant = Assistant([local_provider()], build_server(tools, version="bench"))
    stage = Stage(assistant, tools, now)
    return stage
