"""How many tokens models may take for one user in a day."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from src.assistant.events import TurnFinished, Usage
from src.chat.token_budget import TokenBudget
from src.core.config import Settings
from src.core.database import Database
from src.main import create_app
from tests.chat.conftest import AnswerWith
from tests.chat.factories import rows_of, say, says
from tests.conftest import client_of, running
from tests.factories import StandingClock, token_for

A_TURN = 37
"""What `says` says that a turn took."""
DAILY = 2 * A_TURN - 1
HELLO = {"message": "hello"}


@pytest.fixture(scope="module")
async def app(settings: Settings, shared_clock: StandingClock) -> AsyncIterator[FastAPI]:
    """A service whose model is paid for, where a day has as many tokens as two turns go over."""
    paid = {"llm_provider": "openai", "openai_api_key": SecretStr("none"), "daily_token_budget": DAILY}
    async with running(create_app(settings.model_copy(update=paid), clock=shared_clock)) as app:
        yield app


@pytest.fixture(autouse=True)
def _somebody_answers(answer_with: AnswerWith) -> None:
    answer_with(*says("Hello."))


async def usage(client: httpx.AsyncClient) -> dict[str, object]:
    response = await client.get("/api/me/settings")
    assert response.status_code == 200, response.text
    told: dict[str, object] = response.json()["usage"]
    return told


async def test_settings_show_what_is_used_of_the_day(client: httpx.AsyncClient) -> None:
    at_first = await usage(client)
    await say(client, "hello")

    assert at_first == {
        "tokens_today": 0,
        "daily_token_budget": DAILY,
        "resets_at": "2026-11-22T00:00:00Z",
    }
    assert await usage(client) == at_first | {"tokens_today": A_TURN}


async def test_when_the_day_is_used_up_the_next_message_is_refused_until_midnight(
    client: httpx.AsyncClient, clock: StandingClock, database: Database, user_id: str
) -> None:
    await client.patch("/api/me/settings", json={"timezone": "Asia/Tokyo"})
    for _ in range(2):
        await say(client, "hello")

    refused = await client.post("/api/me/chat", json=HELLO)
    stored = len(await rows_of(database, "conversation", user_id))
    clock.set(datetime(2026, 11, 21, 14, 59, 59, tzinfo=UTC))
    still = await client.post("/api/me/chat", json=HELLO)
    clock.advance(seconds=int(still.headers["retry-after"]))

    assert (refused.status_code, refused.json()["code"]) == (429, "token_budget_exceeded")
    assert refused.json()["retry_after"] == 5 * 3600  # Ten in the morning in UTC is seven in the evening.
    assert refused.headers["retry-after"] == str(5 * 3600)
    assert stored == 2
    assert (still.status_code, still.json()["retry_after"]) == (429, 1)
    assert (await usage(client))["tokens_today"] == 0
    await say(client, "hello again")


@pytest.mark.parametrize(
    "path_and_body",
    [
        (
            "/api/chatkit",
            {
                "type": "threads.create",
                "params": {
                    "input": {
                        "content": [{"type": "input_text", "text": "hello"}],
                        "attachments": [],
                        "inference_options": {},
                    }
                },
            },
        ),
        ("/api/chatkit", {"messages": [{"role": "user", "content": "hello"}]}),
        ("/api/me/chat?stream=true", HELLO),
    ],
    ids=["ChatKit", "messages", "stream"],
)
async def test_every_door_refuses_with_a_status(
    client: httpx.AsyncClient, path_and_body: tuple[str, dict[str, object]]
) -> None:
    for _ in range(2):
        await say(client, "hello")

    refused = await client.post(path_and_body[0], json=path_and_body[1])

    assert (refused.status_code, refused.json()["code"]) == (429, "token_budget_exceeded")


async def test_a_request_does_not_choose_whose_midnight_counts(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await say(client, "hello")

    # In Kiritimati it is midnight.
    refused = await client.post("/api/me/chat", json=HELLO, headers={"X-Timezone": "Pacific/Kiritimati"})

    assert refused.json()["code"] == "token_budget_exceeded"


async def test_moving_from_zone_to_zone_gives_no_more_than_two_days_in_one(
    client: httpx.AsyncClient, clock: StandingClock
) -> None:
    answered = 0
    for _ in range(24):
        # The zone in which this hour is the first of a day.
        offset = (clock().hour + 11) % 24 - 11
        await client.patch("/api/me/settings", json={"timezone": f"Etc/GMT{offset:+d}"})
        for _ in range(3):
            answered += (await client.post("/api/me/chat", json=HELLO)).status_code == 200
        clock.advance(hours=1)

    assert answered == 4


async def test_what_the_built_in_model_takes_is_free(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    answer_with(TurnFinished("Hello.", "local", "local", Usage(1, 10 * DAILY, 10 * DAILY)))

    for _ in range(2):
        await say(client, "hello")

    assert (await usage(client))["tokens_today"] == 0


@pytest.mark.parametrize(
    ("now", "resets_at"),
    [
        # Clocks in Berlin are put back on this day, and on the other put on.
        ("2026-10-25T00:30:00Z", "2026-10-25T23:00:00Z"),
        ("2026-03-29T00:30:00Z", "2026-03-29T22:00:00Z"),
        ("2026-11-21T22:59:59Z", "2026-11-21T23:00:00Z"),
        ("2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"),
    ],
)
async def test_a_day_ends_at_the_users_midnight(
    database: Database, user_id: str, now: str, resets_at: str
) -> None:
    told = await TokenBudget(database, DAILY).usage(
        user_id, ZoneInfo("Europe/Berlin"), datetime.fromisoformat(now)
    )

    assert told.resets_at == datetime.fromisoformat(resets_at)


async def test_without_a_price_nothing_is_refused_and_without_a_budget_nothing_is_shown(
    settings: Settings, user_id: str
) -> None:
    free = settings.model_copy(update={"daily_token_budget": 1})
    shown = []
    for each in (free, settings):
        async with running(create_app(each)) as app, client_of(app, token_for(user_id)) as client:
            for _ in range(2):
                await say(client, "hello")
            shown.append((await client.get("/api/me/settings")).json())

    assert shown[0]["usage"]["daily_token_budget"] == 1
    assert "usage" not in shown[1]
