"""A small toolbox and the turns that tests run over it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agents.models.interface import Model
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import SecretStr
from typing_extensions import TypedDict

from mcp_server.server import tool_of
from src.assistant.agent import Assistant
from src.assistant.errors import ModelUnavailable
from src.assistant.events import HistoryItem, TurnEvent, UserSaid
from src.assistant.providers import Provider, providers_from
from src.auth.context import Caller, acting_caller
from src.core.config import Settings
from tests.assistant.scripted_provider import ScriptedProvider

NOON_IN_BERLIN = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin"))
ANNA = Caller(user_id="anna")


class Note(TypedDict):
    """What the tools give back."""

    id: int
    text: str


@dataclass
class Shelf:
    """Tools that keep notes in memory, and who used them."""

    notes: list[str] = field(default_factory=list)
    callers: list[Caller | None] = field(default_factory=list)
    server: MCPServer = field(init=False)

    def __post_init__(self) -> None:
        tools = [tool_of(each) for each in (self.add_note, self.get_note, self.break_shelf)]
        self.server = MCPServer("shelf", tools=tools, log_level="ERROR")

    async def add_note(self, text: str) -> Note:
        self.callers.append(acting_caller())
        self.notes.append(text)
        return Note(id=len(self.notes), text=text)

    async def get_note(self, note_id: int) -> Note:
        if note_id > len(self.notes):
            raise ToolError(f"No note {note_id}.")
        return Note(id=note_id, text=self.notes[note_id - 1])

    async def break_shelf(self) -> Note:
        raise RuntimeError("postgresql://anna:secret@db")


def provider_of(model: Model, name: str = "scripted") -> Provider:
    return Provider(name, f"{name}-model", lambda: model)


def reached(server: ScriptedProvider, name: str = "scripted") -> Provider:
    """The real client and model, pointed at a scripted provider."""
    settings = Settings(
        _env_file=None,
        llm_provider="openai",
        openai_api_key=SecretStr("sk-test"),
        openai_base_url=server.base_url,
        openai_model=f"{name}-model",
    )
    built = providers_from(settings)[0]
    return Provider(name, built.model_name, built.build, built.settings)


@asynccontextmanager
async def assistant_of(
    *providers: Provider, tools: Shelf | None = None, silence: float = 5, max_turns: int = 6
) -> AsyncIterator[Assistant]:
    server = (tools or Shelf()).server
    assistant = Assistant(providers, server, max_turns=max_turns, timeout=silence, retry_wait=0)
    try:
        yield assistant
    finally:
        await assistant.close()


async def turn(assistant: Assistant, *history: HistoryItem, caller: Caller = ANNA) -> list[TurnEvent]:
    return [event async for event in started(assistant, *history, caller=caller)]


def started(assistant: Assistant, *history: HistoryItem, caller: Caller = ANNA) -> Any:
    said: Sequence[HistoryItem] = history or [UserSaid("go on")]
    return assistant.run(said, caller=caller, local_time=NOON_IN_BERLIN)


async def failed_turn(assistant: Assistant) -> tuple[list[TurnEvent], ModelUnavailable]:
    """What a turn told before it failed, and the failure."""
    told: list[TurnEvent] = []
    try:
        async for event in started(assistant):
            told.append(event)
    except ModelUnavailable as failure:
        return told, failure
    raise AssertionError("The turn did not fail.")
