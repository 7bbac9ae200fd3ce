"""The figures, in the hands of a model."""

from datetime import UTC, datetime

from mcp import Client
from mcp_types import TextContent

from mcp_server.server import TodoMCPServer
from src.auth.context import Caller, acting_as
from tests.factories import StandingClock
from tests.mcp_server.conftest import Refusal, Use


async def test_days_are_understood_in_the_users_words(use: Use, clock: StandingClock) -> None:
    clock.set(datetime(2026, 11, 17, 9, tzinfo=UTC))
    task = (await use("add_task", title="Call mom", tags=["family"], category="Home"))["task"]
    await use("complete_task", task_id=task["id"])
    clock.reset()

    this_week = await use("get_analytics", start_date="last monday", end_date="today")
    today = await use("get_analytics", start_date="2026-11-21")

    assert (this_week["start_date"], this_week["end_date"]) == ("2026-11-16", "2026-11-21")
    assert this_week["completion_stats"]["completed"] == 1
    assert this_week["top_tags"] == [{"name": "family", "completed": 1, "pending": 0}]
    assert this_week["productivity"]["busiest_weekday"] == "tue"
    assert this_week["productivity"]["busiest_hour"] == 9
    assert today["completion_stats"]["completed"] == 0
    assert today["productivity"]["busiest_weekday"] is None


async def test_the_answer_stays_small_however_much_there_is(
    server: TodoMCPServer, use: Use, user_id: str
) -> None:
    for number in range(14):
        name = f"{number:02}" + "x" * 48
        due = f"in {number} days"
        await use("add_task", title="Task", tags=[name], category=name, due_date=due, recurrence="every day")

    async with Client(server) as client:
        with acting_as(Caller(user_id, timezone="America/Argentina/ComodRivadavia")):
            result = await client.call_tool("get_analytics", {})

    (content,) = result.content
    assert isinstance(content, TextContent)
    assert len(content.text) < 2_500


async def test_strangers_figures_are_their_own(use: Use, user_id: str) -> None:
    await use("add_task", title="Secret", tags=["secret"])

    figures = await use("get_analytics", by=f"{user_id}-stranger")

    assert figures["completion_stats"]["total"] == 0
    assert figures["top_tags"] == []


async def test_what_is_no_day_is_refused_with_its_argument(refusal: Refusal) -> None:
    assert "start_date" in await refusal("get_analytics", start_date="every friday")
    assert "before it starts" in await refusal("get_analytics", start_date="tomorrow", end_date="today")
