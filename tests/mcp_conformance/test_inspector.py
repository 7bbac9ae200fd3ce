"""The official inspector, against the real service with a real token."""

import os
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from mcp_server.profiles import READING_TOOLS, TOOLS
from src.core.embedded_postgres import EmbeddedPostgres
from tests.factories import SECRET, token_for
from tests.mcp_conformance.conftest import Run
from tests.mcp_conformance.serving import served

_NO_ACCESS = 3
_TOOL_FAILED = 5


@pytest.fixture(scope="module")
def url(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = {
        **os.environ,
        "ENVIRONMENT": "test",
        "DATABASE_URL": postgres.url,
        "BETTER_AUTH_SECRET": SECRET,
        "DATA_DIR": str(tmp_path_factory.mktemp("service")),
        "LLM_PROVIDER": "local",
        "LOG_LEVEL": "WARNING",
    }
    with served("src.main:app", **environment) as address:
        yield f"{address}/api/mcp"


def told(run: Run, url: str, user: str, *arguments: str, code: int = 0) -> Any:
    credential = ("--header", f"Authorization: Bearer {token_for(user)}")
    done = run("mcp-inspector", "--cli", url, "--transport", "http", *arguments, *credential)
    assert done.returncode == code, done.stdout + done.stderr
    return orjson.loads(done.stdout)


@pytest.mark.parametrize("era", [[], ["--protocol-era", "modern"]])
def test_the_inspector_lists_and_calls_tools_with_a_token(
    run: Run, url: str, user_id: str, era: list[str]
) -> None:
    listed = told(run, url, user_id, "--method", "tools/list", "--strict", *era)
    added = told(
        run,
        url,
        user_id,
        *("--method", "tools/call", "--tool-name", "add_task"),
        *("--tool-arg", "title=Call mom", "due_date=tomorrow"),
        *era,
    )
    failed = told(
        run,
        url,
        user_id,
        *("--method", "tools/call", "--tool-name", "get_task", "--tool-arg", f"task_id={2**62}"),
        *era,
        code=_TOOL_FAILED,
    )

    assert [tool["name"] for tool in listed["tools"]] == list(TOOLS)
    assert added["structuredContent"]["task"]["title"] == "Call mom"
    assert failed["isError"] is True


def test_the_inspector_reads_resources_and_prompts_and_finds_the_app(
    run: Run, url: str, user_id: str
) -> None:
    today = told(run, url, user_id, "--method", "resources/read", "--uri", "tasks://today")
    plan = told(run, url, user_id, "--method", "prompts/get", "--prompt-name", "plan_my_day")
    app = told(
        run,
        url,
        user_id,
        "--method",
        "tools/call",
        "--tool-name",
        "list_tasks",
        "--app-info",
        "--advertise-apps",
    )

    assert orjson.loads(today["contents"][0]["text"])["overdue"] == []
    assert "Plan my day" in plan["messages"][0]["content"]["text"]
    assert app["resourceUri"] == "ui://todo/task-list.html"


def test_the_inspector_is_shown_the_tools_of_a_profile(run: Run, url: str, user_id: str) -> None:
    read = told(run, f"{url}?profile=read", user_id, "--method", "tools/list", "--strict")
    research = told(run, f"{url}?profile=research", user_id, "--method", "tools/list", "--strict")

    assert {tool["name"] for tool in read["tools"]} == set(READING_TOOLS)
    assert [tool["name"] for tool in research["tools"]] == ["search", "fetch"]


def test_the_inspector_without_a_token_is_sent_away(run: Run, url: str) -> None:
    done = run("mcp-inspector", "--cli", url, "--transport", "http", "--method", "tools/list")

    assert done.returncode == _NO_ACCESS, done.stdout + done.stderr
