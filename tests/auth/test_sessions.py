"""Better Auth's sessions in its own tables, over HTTP: whom they speak for, and when they end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from src.auth.sessions import session_directory
from src.core.clock import system_clock
from src.core.config import Settings
from src.main import create_app
from tests.auth.session_tables import (
    DRIZZLE,
    KYSELY,
    LAYOUTS,
    PRISMA,
    Layout,
    SessionTables,
    SignedIn,
    session_tables,
    signed,
)
from tests.conftest import client_of, running

ZONES = ("America/Los_Angeles", "Asia/Kolkata")


@pytest.fixture(params=LAYOUTS.values(), ids=list(LAYOUTS))
async def tables(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[SessionTables]:
    layout: Layout = request.param
    async with session_tables(url_of(settings), layout) as tables:
        yield tables


@pytest.fixture
async def kysely(settings: Settings) -> AsyncIterator[SessionTables]:
    async with session_tables(url_of(settings), KYSELY) as tables:
        yield tables


def url_of(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


def app_over(settings: Settings, tables: SessionTables) -> FastAPI:
    return create_app(settings.model_copy(update={"better_auth_schema": tables.schema}))


async def ask(app: FastAPI, **headers: str) -> httpx.Response:
    async with client_of(app, None) as client:
        return await client.get("/api/me/settings", headers=headers)


async def verdict(app: FastAPI, **headers: str) -> tuple[int, str | None]:
    response = await ask(app, **headers)
    return response.status_code, response.json().get("code")


async def test_a_session_speaks_for_its_user_in_every_layout_and_spelling(
    settings: Settings, tables: SessionTables
) -> None:
    session = await tables.sign_in()
    async with running(app_over(settings, tables)) as app, client_of(app, None) as client:
        for headers in (
            {"Cookie": session.cookie},
            {"Authorization": f"Bearer {session.token}"},
            {"Authorization": f"Bearer {session.signed}"},
            {"Authorization": f"Bearer {session.cookie.partition('=')[2]}"},
        ):
            own = await client.get(f"/api/{session.user_id}/settings", headers=headers)
            other = await client.get("/api/somebody/settings", headers=headers)

            assert (own.status_code, other.status_code) == (200, 403), headers


async def test_a_session_ends_with_its_row_and_with_its_user(
    settings: Settings, tables: SessionTables
) -> None:
    signed_out, deleted = await tables.sign_in(), await tables.sign_in()
    async with running(app_over(settings, tables)) as app:
        before = [await verdict(app, Cookie=each.cookie) for each in (signed_out, deleted)]
        await tables.sign_out(signed_out)
        await tables.delete_user(deleted)
        after = [await verdict(app, Cookie=each.cookie) for each in (signed_out, deleted)]

    assert before == [(200, None)] * 2
    assert after == [(401, "invalid_token")] * 2


async def test_an_expired_row_that_nobody_removed_is_told_as_expired(
    settings: Settings, tables: SessionTables
) -> None:
    session = await tables.sign_in(expires_in=timedelta(seconds=-1))
    async with running(app_over(settings, tables)) as app:
        assert await verdict(app, Cookie=session.cookie) == (401, "token_expired")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("layout", [KYSELY, PRISMA, DRIZZLE], ids=["kysely", "prisma", "drizzle"])
async def test_the_zone_of_the_database_moves_no_expiry(
    settings: Settings, layout: Layout, zone: str
) -> None:
    elsewhere = SecretStr(f"{url_of(settings)}&options=-c%20TimeZone%3D{zone}")
    async with session_tables(url_of(settings), layout) as tables:
        over = await tables.sign_in(expires_in=timedelta(minutes=-1))
        alive = await tables.sign_in(expires_in=timedelta(minutes=1))
        async with running(app_over(settings.model_copy(update={"database_url": elsewhere}), tables)) as app:
            verdicts = [await verdict(app, Cookie=each.cookie) for each in (over, alive)]

    assert verdicts == [(401, "token_expired"), (200, None)]


async def test_a_cookie_signed_with_an_older_secret_is_over_while_the_newer_one_signs(
    settings: Settings, kysely: SessionTables
) -> None:
    session = await kysely.sign_in()
    newer = "the-newer-secret-of-the-tests-0123456789"
    rotated = settings.model_copy(
        update={"better_auth_secrets": SecretStr(f"2:{newer},1:{secret_of(settings)}")}
    )
    async with running(app_over(rotated, kysely)) as app:
        old = await verdict(app, Authorization=f"Bearer {session.signed}")
        new = await verdict(app, Authorization=f"Bearer {signed(session.token, newer)}")

    assert (old, new) == ((401, "invalid_token"), (200, None))


def secret_of(settings: Settings) -> str:
    assert settings.better_auth_secret is not None
    return settings.better_auth_secret.get_secret_value()


async def test_without_tables_and_server_no_session_is_known(settings: Settings) -> None:
    stranger = SignedIn("1", "1", "A" * 32)
    nowhere = settings.model_copy(update={"better_auth_schema": "nowhere"})
    async with running(create_app(nowhere)) as app:
        assert await verdict(app, Cookie=stranger.cookie) == (401, "invalid_token")


class Timeline:
    """A clock that the test moves, in place of the one that tokens live by."""

    def __init__(self) -> None:
        self.now = system_clock()

    def __call__(self) -> datetime:
        return self.now


async def test_tables_that_come_later_are_found_within_half_a_minute(
    settings: Settings, kysely: SessionTables
) -> None:
    await kysely.drop()
    async with running(app_over(settings, kysely)) as app:
        app.state.token_clock = timeline = Timeline()
        before = await verdict(app, Authorization=f"Bearer {'A' * 32}")
        await kysely.create()
        session = await kysely.sign_in()
        timeline.now += timedelta(seconds=29)
        too_early = await verdict(app, Cookie=session.cookie)
        timeline.now += timedelta(seconds=1)
        after = await verdict(app, Cookie=session.cookie)

    assert (before, too_early, after) == ((401, "invalid_token"), (401, "invalid_token"), (200, None))


async def test_tables_that_change_their_layout_are_read_by_the_new_one(
    settings: Settings, kysely: SessionTables
) -> None:
    session = await kysely.sign_in()
    async with running(app_over(settings, kysely)) as app:
        before = await verdict(app, Cookie=session.cookie)
        await kysely.run(
            'ALTER TABLE session RENAME "userId" TO user_id;'
            'ALTER TABLE session RENAME "expiresAt" TO expires_at'
        )
        noticed = await verdict(app, Cookie=session.cookie)
        after = await verdict(app, Cookie=session.cookie)

    assert (before, noticed, after) == ((200, None), (401, "invalid_token"), (200, None))


async def test_tables_of_the_same_name_that_are_not_better_auths_are_left_alone(
    settings: Settings, kysely: SessionTables
) -> None:
    session = await kysely.sign_in()
    await kysely.run("ALTER TABLE session RENAME token TO cookie")
    async with running(app_over(settings, kysely)) as app:
        assert await verdict(app, Cookie=session.cookie) == (401, "invalid_token")


async def test_many_first_requests_at_once_find_the_tables(settings: Settings, kysely: SessionTables) -> None:
    session = await kysely.sign_in()
    async with running(app_over(settings, kysely)) as app:
        verdicts = await asyncio.gather(*(verdict(app, Cookie=session.cookie) for _ in range(30)))

    assert set(verdicts) == {(200, None)}


@pytest.mark.parametrize(
    "changed",
    ["", "0", "x", "id-999999", "00000000-0000-4000-8000-999999999999", "9" * 30, "\0", "' OR 1=1 --"],
)
async def test_a_session_is_alive_by_its_id_and_by_no_other(
    settings: Settings, tables: SessionTables, changed: str
) -> None:
    now = system_clock()
    alive, over = await tables.sign_in(), await tables.sign_in(expires_in=timedelta(seconds=-1))
    async with running(app_over(settings, tables)) as app, httpx.AsyncClient() as http:
        kept = settings.model_copy(update={"better_auth_schema": tables.schema})
        sessions = session_directory(kept, app.state.database, ["unused"], http)
        told = [await sessions.is_alive(each, now) for each in (alive.id, over.id, changed)]

    assert told == [True, False, False]


async def test_a_session_that_nobody_can_look_up_counts_as_alive(app: FastAPI, settings: Settings) -> None:
    async with httpx.AsyncClient() as http:
        sessions = session_directory(settings, app.state.database, ["unused"], http)

        assert await sessions.is_alive("any", system_clock())


async def test_a_database_that_is_away_is_an_outage_and_no_verdict(
    settings: Settings, kysely: SessionTables
) -> None:
    session = await kysely.sign_in()
    async with running(app_over(settings, kysely)) as app:
        before = await verdict(app, Cookie=session.cookie)
        await app.state.database.close()
        after = await verdict(app, Cookie=session.cookie)

    assert (before, after) == ((200, None), (503, "database_unavailable"))
