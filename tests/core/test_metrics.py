"""What Prometheus reads, and who may."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from src.core.embedded_postgres import EmbeddedPostgres
from src.core.metrics import limit_refused
from src.main import create_app
from tests.conftest import client_of, running, settings_for
from tests.factories import StandingClock, create_task, token_for

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-prometheus"


class Scraped:
    """The samples of a scrape, by name and labels."""

    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        self.names = {family.name for family in families}
        self._samples = [sample for family in families for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """The sum over the samples that have these labels among theirs."""
        return sum(
            sample.value
            for sample in self._samples
            if sample.name == name and sample.labels.items() >= labels.items()
        )

    def labels(self, name: str, label: str) -> set[str]:
        return {sample.labels[label] for sample in self._samples if sample.name == name}


@pytest.fixture
async def counting_app(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FastAPI]:
    """A service that has counted nothing yet."""
    settings = settings_for(postgres.url, tmp_path_factory.mktemp("data"))
    counted = settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    async with running(create_app(counted, clock=StandingClock())) as app:
        yield app


@pytest.fixture
async def counted(counting_app: FastAPI, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(counting_app, token_for(user_id)) as client:
        yield client


async def scrape(app: FastAPI, **headers: str) -> Scraped:
    async with client_of(app, TOKEN) as prometheus:
        response = await prometheus.get("/metrics", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    return Scraped(response.text)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
async def test_without_a_token_there_are_no_metrics(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)

    assert (response.status_code, response.json()["code"]) == (404, "route_not_found")


@pytest.mark.parametrize(
    "authorization", [None, "", f"Basic {TOKEN}", "Bearer", "Bearer wrong", f"Bearer {TOKEN}é", TOKEN]
)
async def test_whoever_does_not_know_the_token_reads_nothing(
    counting_app: FastAPI, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode()}
    async with client_of(counting_app, None) as client:
        response = await client.get("/metrics", headers=headers)  # type: ignore[arg-type] # As bytes.

    assert (response.status_code, response.json()["error"]) == (401, "Unauthorized")
    assert "http_requests" not in response.text


async def test_the_token_of_a_user_opens_nothing(counted: httpx.AsyncClient) -> None:
    assert (await counted.get("/metrics")).status_code == 401


async def test_requests_are_counted_by_route_and_outcome(
    counting_app: FastAPI, counted: httpx.AsyncClient
) -> None:
    task = await create_task(counted)
    for task_id in (task["id"], task["id"], 999_999):
        await counted.get(f"/api/me/tasks/{task_id}")
    await counted.get("/nowhere/1")
    await counted.get("/nowhere/2")
    await counted.request("BREW", "/api/me/tasks")

    scraped = await scrape(counting_app)
    one = "/api/{user_id}/tasks/{task_id}"
    assert scraped.value("http_requests_total", method="GET", route=one, status="2xx") == 2
    assert scraped.value("http_requests_total", method="GET", route=one, status="4xx") == 1
    assert scraped.value("http_requests_total", route="unmatched", status="4xx") == 2
    assert scraped.labels("http_requests_total", "method") == {"GET", "POST", "other"}
    assert scraped.value("http_request_duration_seconds_count", route=one) == 3
    assert scraped.value("http_request_duration_seconds_bucket", route=one, le="+Inf") == 3
    assert 0 < scraped.value("http_request_duration_seconds_sum", route=one) < 3
    assert str(task["id"]) not in scraped.labels("http_requests_total", "route")


async def test_requests_under_way_are_counted(counting_app: FastAPI) -> None:
    assert (await scrape(counting_app)).value("http_requests_in_flight") == 1


async def test_statements_and_the_pool_are_counted(counting_app: FastAPI, counted: httpx.AsyncClient) -> None:
    before = (await scrape(counting_app)).value("todo_database_queries_total")

    await asyncio.gather(*(counted.get("/api/me/tasks/1") for _ in range(7)))

    after = await scrape(counting_app)
    assert after.value("todo_database_queries_total") == before + 7
    assert 1 <= after.value("todo_database_pool_size") <= 10
    assert after.value("todo_database_pool_used") == after.value("todo_database_pool_waiting") == 0


async def test_who_uses_and_who_waits_for_connections_is_told(
    counting_app: FastAPI, counted: httpx.AsyncClient
) -> None:
    database = counting_app.state.database
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(database.transaction())
        waiting = [asyncio.create_task(counted.get("/api/me/tasks/1")) for _ in range(3)]
        for _ in range(20):
            await asyncio.sleep(0)
        full = await scrape(counting_app)
    await asyncio.gather(*waiting)

    empty = await scrape(counting_app)
    assert full.value("todo_database_pool_used") == full.value("todo_database_pool_size") == 10
    assert full.value("todo_database_pool_waiting") == 3
    assert empty.value("todo_database_pool_waiting") == empty.value("todo_database_pool_used") == 0


async def test_turns_and_tool_calls_are_counted_by_how_they_ended(
    counting_app: FastAPI, counted: httpx.AsyncClient
) -> None:
    for message in ("add a task to buy milk", "complete task 999999"):
        assert (await counted.post("/api/me/chat", json={"message": message})).is_success

    scraped = await scrape(counting_app)
    assert scraped.value("todo_chat_turns_total", outcome="answered", provider="local") == 2
    assert scraped.value("todo_tool_calls_total", tool="add_task", outcome="done") == 1
    assert scraped.value("todo_tool_calls_total", outcome="refused") >= 1
    assert scraped.labels("todo_model_tokens_total", "direction") == {"in", "out"}


async def test_tools_that_clients_make_up_are_one(counting_app: FastAPI, counted: httpx.AsyncClient) -> None:
    headers = {"Accept": "application/json, text/event-stream", "Host": "localhost"}
    for name in ("list_tasks", "made_up_1", "made_up_2"):
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": {}}}
        assert (await counted.post("/api/mcp", json=call, headers=headers)).is_success

    scraped = await scrape(counting_app)
    assert scraped.labels("todo_tool_calls_total", "tool") == {"list_tasks", "unknown"}
    assert scraped.value("todo_tool_calls_total", tool="list_tasks", outcome="done") == 1


async def test_what_a_limit_refuses_is_counted(counting_app: FastAPI) -> None:
    async def refused() -> None:
        limit_refused("chat")

    counting_app.router.add_api_route("/refused", refused)
    async with client_of(counting_app, None) as client:
        await client.get("/refused")
        await client.get("/refused")

    assert (await scrape(counting_app)).value("todo_limit_refusals_total", limit="chat") == 2


def test_outside_of_requests_and_without_metrics_counting_does_nothing() -> None:
    limit_refused("chat")


async def test_services_in_one_process_count_apart(
    counting_app: FastAPI, counted: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    await client.get("/api/me/tasks")
    await counted.get("/api/me/tasks/1")

    scraped = await scrape(counting_app)
    assert scraped.labels("http_requests_total", "route") == {"/api/{user_id}/tasks/{task_id}"}


async def test_the_process_is_told(counting_app: FastAPI) -> None:
    scraped = await scrape(counting_app)

    assert scraped.value("process_resident_memory_bytes") > 1_000_000
    assert scraped.value("process_cpu_seconds_total") > 0


def test_workers_that_share_a_folder_are_added_up(tmp_path: Path) -> None:
    """In processes of their own: the library decides on import where it counts."""
    count = "metrics = Metrics(); metrics.limit_refused('chat'); print(metrics.told('')[0].decode())"
    worker = [sys.executable, "-c", f"from src.core.prometheus import Metrics; {count}"]
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    outputs = [subprocess.check_output(worker, env=environment, cwd=ROOT, text=True) for _ in range(2)]

    first, second = (Scraped(each).value("todo_limit_refusals_total", limit="chat") for each in outputs)
    assert (first, second) == (1, 2)
