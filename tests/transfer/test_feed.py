"""The private calendar address: made, read without signing in, revoked at once, and never logged."""

from urllib.parse import urlsplit

import httpx
import icalendar
import pytest

from src.core.config import Settings
from src.core.logs import configure_logging, flush_logs
from src.main import create_app
from tests.conftest import ClientFor, client_of, running
from tests.factories import StandingClock, create_task, token_for


async def address_of(client: httpx.AsyncClient) -> str:
    response = await client.post("/api/me/feed")
    assert response.status_code == 201, response.text
    url: str = response.json()["url"]
    return urlsplit(url).path


def summaries(calendar: str) -> list[str]:
    return [str(todo["SUMMARY"]) for todo in icalendar.Calendar.from_ical(calendar).walk("VTODO")]


async def test_whoever_has_the_address_reads_the_tasks(
    client: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    await create_task(client, "Water", due_date="2026-11-21", recurrence="every day")
    before = await client.get("/api/me/feed")
    made = await client.post("/api/me/feed")
    after = await client.get("/api/me/feed")

    calendar = await nobody.get(urlsplit(made.json()["url"]).path)

    assert before.json() == {"is_active": False, "created_at": None}
    assert after.json() == {"is_active": True, "created_at": "2026-11-21T10:00:00Z"}
    assert made.json()["url"].startswith("http://todo.test/api/feed/")
    assert (calendar.status_code, calendar.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert summaries(calendar.text) == ["Water"]


async def test_a_calendar_that_did_not_change_is_not_sent_again(
    client: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    path = await address_of(client)
    await create_task(client)
    first = await nobody.get(path)

    same = await nobody.get(path, headers={"If-None-Match": first.headers["ETag"]})
    await create_task(client, "Another")
    changed = await nobody.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (same.status_code, same.content) == (304, b"")
    assert (changed.status_code, summaries(changed.text)) == (200, ["Call mom", "Another"])
    assert first.headers["Cache-Control"] == "private, no-cache"


async def test_a_new_address_ends_the_old_one(client: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    old, new = await address_of(client), await address_of(client)

    answers = [await nobody.get(path) for path in (old, new)]

    assert [answer.status_code for answer in answers] == [404, 200]


async def test_a_revoked_address_is_gone_at_once(
    client: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    path = await address_of(client)
    first = await nobody.get(path)

    revoked = [await client.delete("/api/me/feed") for _ in range(2)]

    after = await nobody.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert [answer.status_code for answer in revoked] == [204, 204]
    assert (after.status_code, after.json()["code"]) == (404, "feed_not_found")


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 100, "%00" * 43, "é" * 43])
async def test_a_made_up_address_is_not_found(nobody: httpx.AsyncClient, token: str) -> None:
    response = await nobody.get(f"/api/feed/{token}.ics")

    assert (response.status_code, response.json()["error"]) == (404, "NotFound")


async def test_what_was_finished_long_ago_is_not_in_it(
    client: httpx.AsyncClient, nobody: httpx.AsyncClient, clock: StandingClock
) -> None:
    path = await address_of(client)
    task = await create_task(client)
    await client.post(f"/api/me/tasks/{task['id']}/complete")
    soon = await nobody.get(path)

    clock.advance(days=31)

    late = await nobody.get(path, headers={"If-None-Match": soon.headers["ETag"]})
    assert (summaries(soon.text), summaries(late.text)) == (["Call mom"], [])


async def test_the_token_is_not_logged(
    settings: Settings, clock: StandingClock, user_id: str, capfd: pytest.CaptureFixture[str]
) -> None:
    talkative = settings.model_copy(update={"log_level": "INFO", "log_format": "json"})

    async with running(create_app(talkative, clock=clock)) as app:
        async with client_of(app, token_for(user_id)) as client:
            path = await address_of(client)
            answers = [await client.get(path), await client.get(path.replace("feed/", "feed/x"))]
        flush_logs()
    configure_logging(settings.log_level)

    told = capfd.readouterr().err
    assert [answer.status_code for answer in answers] == [200, 404]
    assert told.count("/api/feed/{token}.ics") == 2
    assert path.removeprefix("/api/feed/").removesuffix(".ics") not in told


async def test_a_strangers_feed_is_their_own(
    client: httpx.AsyncClient, client_for: ClientFor, nobody: httpx.AsyncClient, user_id: str
) -> None:
    path = await address_of(client)
    await create_task(client)

    async with client_for(f"{user_id}-other") as stranger:
        await stranger.delete("/api/me/feed")
        theirs = await nobody.get(await address_of(stranger))

    assert summaries(theirs.text) == []
    assert summaries((await nobody.get(path)).text) == ["Call mom"]


async def test_an_access_token_makes_no_address(client: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    made = await client.post("/api/me/tokens", json={"name": "script", "scopes": ["read", "write"]})
    assert made.status_code == 201, made.text

    response = await nobody.post("/api/me/feed", headers={"Authorization": f"Bearer {made.json()['token']}"})

    assert (response.status_code, response.json()["code"]) == (403, "sign_in_needed")
