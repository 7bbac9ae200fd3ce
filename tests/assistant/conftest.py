"""The service with a scripted model."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import httpx
import pytest
from fastapi import FastAPI

from mcp_server.identity import ToolContext
from mcp_server.server import build_server
from src.assistant.agent import Assistant
from tests.assistant.factories import reached
from tests.assistant.scripted_provider import ScriptedProvider, Step, scripted_provider

Speaking: TypeAlias = Callable[..., AbstractAsyncContextManager[ScriptedProvider]]


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxy the machine has, the scripted providers are on this one."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def speaking(app: FastAPI) -> Speaking:
    """Let the scripted provider be the service's model, over its real tools; `then` is who follows it."""

    @asynccontextmanager
    async def speak(*steps: Step, then: Sequence[Step] = ()) -> AsyncIterator[ScriptedProvider]:
        tools = build_server(
            ToolContext(app.state.database, app.state.clock, app.state.cursor_key), version="1"
        )
        async with scripted_provider(*steps) as provider, scripted_provider(*then or steps) as second:
            providers = [reached(provider, "first"), reached(second, "second")]
            assistant = Assistant(providers[: 2 if then else 1], tools, max_turns=12, timeout=5, retry_wait=0)
            before, app.state.assistant = app.state.assistant, _loaded(assistant)
            try:
                yield provider
            finally:
                app.state.assistant = before
                await assistant.close()

    return speak


def _loaded(assistant: Assistant) -> Any:
    async def get() -> Assistant:
        return assistant

    return get


class Talk:
    """One conversation."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._conversation: int | None = None

    async def say(self, text: str) -> dict[str, Any]:
        body = {"message": text, "conversation_id": self._conversation}
        response = await self._client.post("/api/me/chat", json=body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        self._conversation = answer["conversation_id"]
        return answer
