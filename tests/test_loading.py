"""What a service has in memory is what it is used for: chat and its libraries come with the first word."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from src import lifespan
from src.core.config import Settings
from src.core.embedded_postgres import EmbeddedPostgres
from src.main import create_app
from tests.conftest import running
from tests.factories import SECRET

CHAT = {"agents", "openai", "chatkit", "mcp", "mcp_types", "aiohttp"}
SELDOM = {
    "pydantic.v1",
    "cryptography",
    "jwt",
    "structlog",
    "rich",
    "httpx",
    "icalendar",
    "prometheus_client",
    "argon2",
    "bcrypt",
}

SCRIPT = """
import asyncio, datetime, json, sys
import src.main
from fastapi.openapi.models import OpenAPI
from src.core.startup import access_token

MCP = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_tasks", "arguments": {}}}

async def ask(app, path, body, token):
    import httpx
    accepted = "application/json, text/event-stream" if "mcp" in path else "application/json"
    headers = {"Authorization": f"Bearer {token}", "Accept": accepted}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        return (await client.post(path, json=body)).json()

def openai_schemas():
    from openai import BaseModel
    known = BaseModel.__subclasses__()
    for each in known:
        known += each.__subclasses__()
    return {each.__name__ for each in known if each.__pydantic_complete__}

async def document(app):
    import httpx
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get("/openapi.json")).json()

async def main():
    app = src.main.app
    settings = app.state.settings
    token = access_token(settings, settings.better_auth_secret, "ann", datetime.timedelta(hours=1))
    told = {}
    async with app.router.lifespan_context(app):
        told["started"] = sorted(name for name, module in sys.modules.items() if module)
        told["described"] = OpenAPI.__pydantic_complete__
        told["task"] = await ask(app, "/api/me/tasks", {"title": "Call mom"}, token)
        told["after a task"] = sorted(sys.modules)
        await app.state.assistant()
        before = openai_schemas()
        chat = {"message": "Add a task to buy milk"}
        told["turn"], again, told["mcp"] = await asyncio.gather(
            ask(app, "/api/me/chat", chat, token), ask(app, "/api/me/chat", chat, token),
            ask(app, "/api/mcp", MCP, token),
        )
        told["after chat"] = sorted(sys.modules)
        told["threads"] = await ask(app, "/api/chatkit", {"type": "threads.list", "params": {}}, token)
        told["paths"] = sorted((await document(app))["paths"])
        told["made by turns"] = sorted(openai_schemas() - before)
    print(json.dumps(told))

asyncio.run(main())
"""


def test_a_service_that_preloads_nothing_loads_chat_with_the_first_request_for_it(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    environment = os.environ | {
        "ENVIRONMENT": "test",
        "LOG_LEVEL": "WARNING",
        "LLM_PROVIDER": "local",
        "DATABASE_URL": postgres.url,
        "BETTER_AUTH_SECRET": SECRET,
        "DATA_DIR": str(tmp_path),
        "CHAT_PRELOAD": "false",
    }

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert not (CHAT | SELDOM) & set(told["started"])
    assert told["described"] is False
    assert "/api/{user_id}/tasks" in told["paths"]
    assert told["task"]["title"] == "Call mom"
    assert not CHAT & set(told["after a task"])
    assert "milk" in told["turn"]["response"]
    assert "Call mom" in json.dumps(told["mcp"])
    assert set(told["after chat"]) >= {"agents", "openai", "mcp"}
    assert {"chatkit", "rich.logging"}.isdisjoint(told["after chat"])
    assert len(told["threads"]["data"]) == 2
    assert told["made by turns"] == []


async def test_by_default_a_service_loads_chat_unasked_once_it_has_started(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, has_begun, build = asyncio.get_running_loop(), asyncio.Event(), lifespan._build_assistant

    def built(*given: Any) -> Any:
        loop.call_soon_threadsafe(has_begun.set)
        return build(*given)

    monkeypatch.setattr(lifespan, "_build_assistant", built)

    async with running(create_app(settings)) as app:
        assert not has_begun.is_set()
        await asyncio.wait_for(has_begun.wait(), timeout=60)
        await app.state.assistant()
