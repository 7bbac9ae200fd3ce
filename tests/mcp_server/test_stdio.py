"""MCP on standard input and output, as a client starts it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from pydantic import SecretStr

from mcp_server.profiles import Profile
from mcp_server.stdio import StdioSettings
from src.core.config import Environment, InvalidSettings, Settings
from src.core.database import Database
from src.core.embedded_postgres import EmbeddedPostgres
from tests.chat.factories import rows_of
from tests.factories import SECRET, token_for

Started: TypeAlias = Callable[..., StdioServerParameters]

_COMMAND = ["-m", "mcp_server"]
_SECONDS = 60
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "a", "version": "1"},
    },
}


@pytest.fixture
def environment(postgres: EmbeddedPostgres, tmp_path: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TODO_")},
        "ENVIRONMENT": "test",
        "DATABASE_URL": postgres.url,
        "BETTER_AUTH_SECRET": SECRET,
        "DATA_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture
def started(environment: dict[str, str]) -> Started:
    def parameters(*arguments: str, **given: str) -> StdioServerParameters:
        args = [*_COMMAND, *arguments]
        return StdioServerParameters(command=sys.executable, args=args, env=environment | given)

    return parameters


async def test_the_tools_act_for_whom_the_token_names(
    started: Started, client: httpx.AsyncClient, database: Database, user_id: str
) -> None:
    async with Client(stdio_client(started(TODO_TOKEN=token_for(user_id))), mode="legacy") as mcp:
        added = await mcp.call_tool("add_task", {"title": "Call mom"})
        today = await mcp.read_resource("tasks://today")

    assert not added.is_error
    assert "overdue" in str(today)
    assert [task["title"] for task in (await client.get("/api/me/tasks")).json()["items"]] == ["Call mom"]
    (change,) = await rows_of(database, "task_change", user_id)
    assert (change["actor_kind"], change["actor_name"]) == ("mcp_client", "mcp")


async def test_without_a_token_they_act_for_a_user_of_the_environment(
    started: Started, client: httpx.AsyncClient, user_id: str
) -> None:
    given = started("--profile", "research", TODO_USER=user_id, TODO_TIMEZONE="Pacific/Kiritimati")
    await client.post("/api/me/tasks", json={"title": "Call mom"})

    async with Client(stdio_client(given)) as mcp:
        names = [tool.name for tool in (await mcp.list_tools()).tools]
        found = await mcp.call_tool("search", {"query": "mom"})
        today = await mcp.read_resource("tasks://today")

    assert names == ["search", "fetch"]
    assert "Call mom" in str(found.structured_content)
    assert "Pacific/Kiritimati" in str(today)


async def test_a_token_that_is_revoked_meanwhile_is_of_no_use_any_more(
    started: Started, client: httpx.AsyncClient
) -> None:
    created = (await client.post("/api/me/tokens", json={"name": "Mine", "scopes": ["read"]})).json()

    async with Client(stdio_client(started(TODO_TOKEN=created["token"])), mode="legacy") as mcp:
        allowed = await mcp.call_tool("list_tasks", {})
        refused = await mcp.call_tool("add_task", {"title": "Call mom"})
        await client.delete(f"/api/me/tokens/{created['id']}")
        with pytest.raises(MCPError):
            await mcp.call_tool("list_tasks", {})

    assert not allowed.is_error
    assert "insufficient_scope" in str(refused.content)


@pytest.mark.parametrize("ending", ["end of input", signal.SIGTERM])
def test_it_ends_in_order_and_says_nothing_but_answers(
    environment: dict[str, str], ending: signal.Signals | str
) -> None:
    with subprocess.Popen(
        [sys.executable, *_COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(json.dumps(HELLO).encode() + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        if isinstance(ending, signal.Signals):
            process.send_signal(ending)
        else:
            process.stdin.close()

        assert process.wait(_SECONDS) == 0
        assert answer["result"]["serverInfo"]["name"] == "todo"
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")


@pytest.mark.parametrize(
    ("given", "code", "sentence"),
    [
        ({"TODO_TOKEN": "wrong"}, 1, "todo: The token is not one that this service issues or accepts."),
        (
            {"TODO_PROFILE": "writer"},
            78,
            "todo: There is no profile 'writer'; known are full, read, research.",
        ),
        ({"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"}, 1, "todo: The database does not answer: "),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    environment: dict[str, str], given: dict[str, str], code: int, sentence: str
) -> None:
    done = subprocess.run(
        [sys.executable, *_COMMAND],
        env=environment | given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )

    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **{"environment": Environment.TEST, **given})


def test_the_environment_names_user_profile_and_zone() -> None:
    given = {
        "TODO_USER": " anna ",
        "TODO_PROFILE": "Read",
        "TODO_TIMEZONE": "europe/berlin",
        "TODO_TOKEN": " ",
    }

    chosen = StdioSettings.of(given, settings())

    assert chosen == StdioSettings(None, "anna", Profile.READ, "Europe/Berlin")
    assert StdioSettings.of({}, settings()) == StdioSettings(None, "developer", Profile.FULL, None)


@pytest.mark.parametrize(
    ("given", "more", "sentence"),
    [
        ({"TODO_TIMEZONE": "nowhere"}, {}, "nowhere"),
        ({"TODO_PROFILE": "writer"}, {}, "writer"),
        (
            {"TODO_USER": "anna"},
            {"environment": Environment.PRODUCTION, "better_auth_secret": SecretStr(SECRET)},
            "TODO_TOKEN is not set",
        ),
    ],
)
def test_an_environment_that_cannot_be_used_is_refused(
    given: dict[str, str], more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidSettings, match=sentence):
        StdioSettings.of(given, settings(**more))
