"""What others' tools found once, held by name."""

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest

from tests.factories import create_task

NUMBERS = ["0", "1700000000", "-1", "1e3"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("path", ["tasks/analytics", "tasks/analytics/chart.svg"])
async def test_a_day_in_a_query_is_written_as_one(client: httpx.AsyncClient, path: str, number: str) -> None:
    response = await client.get(f"/api/me/{path}", params={"start_date": number})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "start_date"


@pytest.mark.parametrize("number", [*NUMBERS, 1_900_000_000, 1.5])
async def test_the_end_of_a_rule_is_written_as_a_date(client: httpx.AsyncClient, number: str | float) -> None:
    body = {"frequency": "daily", "start": "2026-12-01", "until": number}

    response = await client.post("/api/me/recurrence/preview", json=body)

    assert response.status_code == 422
    assert "2026-11-21" in response.json()["detail"]


@pytest.mark.parametrize("number", [*NUMBERS, 1_700_000_000])
async def test_an_instant_in_a_file_is_written_as_one(client: httpx.AsyncClient, number: str | int) -> None:
    file = {"format": "todo-ai", "version": 1, "tasks": [{"title": "Call mom", "created_at": number}]}

    result = (await client.post("/api/me/import", json=file)).json()

    assert (result["created"], result["skipped"]) == (0, 1)
    assert "created_at" in result["errors"][0]["message"]


async def test_a_message_with_an_unknown_zone_is_refused_before_it_is_stored(
    client: httpx.AsyncClient,
) -> None:
    headers = {"X-Timezone": "Berlin/Europe", "Accept": "text/event-stream"}

    response = await client.post("/api/me/chat", json={"message": "Show my tasks"}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (400, "unknown_timezone")
    assert (await client.get("/api/me/conversations")).json()["items"] == []


async def test_statuses_that_only_some_requests_get_are_documented(client: httpx.AsyncClient) -> None:
    task = await create_task(client)
    document = (await client.get("/openapi.json")).json()["paths"]

    preview = await client.post("/api/me/tasks/quick", json={"text": "Pay rent", "dry_run": True})
    refusal = await client.delete(f"/api/me/tasks/{task['id']}", params={"scope": "series"})

    assert str(preview.status_code) in document["/api/{user_id}/tasks/quick"]["post"]["responses"]
    assert str(refusal.status_code) in document["/api/{user_id}/tasks/{task_id}"]["delete"]["responses"]
    assert (preview.status_code, refusal.status_code) == (200, 409)


async def test_a_wall_in_an_export_is_not_described_as_an_instant(client: httpx.AsyncClient) -> None:
    await create_task(client, due_string="every friday 9am")
    document = (await client.get("/openapi.json")).json()["components"]["schemas"]

    exported = json.loads((await client.get("/api/me/export")).content)

    described = document["TaskRecord"]["properties"]["scheduled"]["anyOf"][0]
    assert exported["tasks"][0]["scheduled"].endswith("T09:00:00")
    assert "format" not in described


@pytest.mark.parametrize(
    "rule",
    [
        {"frequency": "yearly", "months": [13], "month_days": [31]},
        {"frequency": "yearly", "months": [-1, 2], "month_days": [30]},
        {"rule": "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=31"},
    ],
)
async def test_months_that_no_year_has_are_refused(client: httpx.AsyncClient, rule: dict[str, Any]) -> None:
    response = await client.post("/api/me/tasks", json={"title": "Call mom", "recurrence": rule})

    assert response.status_code == 422


@pytest.mark.parametrize("given", [0, 1, "yes"])
async def test_what_is_true_or_false_is_said_so(client: httpx.AsyncClient, given: int | str) -> None:
    task = await create_task(client)

    completed = await client.patch(f"/api/me/tasks/{task['id']}/complete", json={"completed": given})
    previewed = await client.post("/api/me/tasks/quick", json={"text": "Pay rent", "dry_run": given})

    assert (completed.status_code, previewed.status_code) == (422, 422)


async def test_a_history_that_is_no_list_is_refused(client: httpx.AsyncClient) -> None:
    file = {"format": "todo-ai", "tasks": [{"title": "Call mom"}], "history": {}}

    response = await client.post("/api/me/import", json=file)

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "history")


def test_a_start_loads_nothing_that_only_some_need() -> None:
    code = "import sys, src.main; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert {"httpx", "icalendar", "rich", "agents", "mcp", "openai", "chatkit"}.isdisjoint(loaded.split())
