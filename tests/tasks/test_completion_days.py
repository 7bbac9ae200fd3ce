"""What was finished on which days, in the user's zone, over REST, tools and talk."""

from datetime import UTC, datetime

import httpx
import pytest

from tests.assistant.conftest import Talk
from tests.factories import StandingClock, create_task, titles


@pytest.fixture
async def finished(client: httpx.AsyncClient, clock: StandingClock) -> httpx.AsyncClient:
    """Three tasks, done on the 16th, on the 20th shortly before midnight UTC, and today, the 21st."""
    days = {"Rent": (16, 9), "Call": (20, 23), "Milk": (21, 10)}
    for title, (day, hour) in days.items():
        clock.reset()
        task = await create_task(client, title, due_date="2026-12-24")
        clock.set(datetime(2026, 11, day, hour, tzinfo=UTC))
        await client.post(f"/api/me/tasks/{task['id']}/complete")
    clock.reset()
    await create_task(client, "Open")
    return client


async def test_both_days_belong_to_the_window(finished: httpx.AsyncClient) -> None:
    assert set(await titles(finished, completed_after="2026-11-20")) == {"Call", "Milk"}
    assert set(await titles(finished, completed_before="2026-11-20")) == {"Call", "Rent"}
    today = {"completed_after": "today", "completed_before": "today"}
    assert await titles(finished, **today) == ["Milk"]


async def test_days_are_those_of_the_users_zone(finished: httpx.AsyncClient) -> None:
    today = {"completed_after": "today", "completed_before": "today"}

    response = await finished.get("/api/me/tasks", params=today, headers={"X-Timezone": "Europe/Berlin"})

    assert {task["title"] for task in response.json()["items"]} == {"Call", "Milk"}


async def test_what_is_no_day_is_refused_by_its_name(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/me/tasks", params={"completed_after": "every friday"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "completed_after"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("what did I finish today?", {"Milk"}),
        ("what did I complete yesterday?", {"Call"}),
        ("what did I finish this week?", {"Milk", "Call", "Rent"}),
        ("which tasks did I complete on monday?", {"Rent"}),
        ("show my completed tasks due today", set()),
    ],
)
async def test_the_local_model_tells_what_was_finished_when(
    finished: httpx.AsyncClient, question: str, told: set[str]
) -> None:
    answer = (await Talk(finished).say(question))["response"]

    assert {title for title in ("Milk", "Call", "Rent", "Open") if title in answer} == told
