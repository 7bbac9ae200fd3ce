"""Signing up, signing in and signing out, through the door."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import bcrypt
import httpx
import pytest
from fastapi import FastAPI

from src.accounts.passwords import Cost, Passwords
from src.accounts.repository import AccountDirectory, AccountRepository
from src.accounts.service import AccountDesk, Accounts, Visit
from src.core.config import Settings
from src.core.database import Database
from src.main import create_app
from tests.accounts.conftest import NEXT_PASSWORD, PASSWORD, ClientAt, Person, SignIn, somebody_waits
from tests.conftest import client_of, running
from tests.factories import NOW, SECRET, StandingClock, create_task, titles


async def test_a_new_account_is_signed_in_at_once(
    visitor: httpx.AsyncClient, client_at: ClientAt, email: str
) -> None:
    body = {"email": f" {email.upper()} ", "name": "  Ada Lovelace ", "password": PASSWORD}

    response = await visitor.post("/api/auth/register", json=body)

    told = response.json()
    assert (response.status_code, told["token_type"], told["expires_in"]) == (201, "bearer", 24 * 3600)
    assert (told["user"]["email"], told["user"]["name"], len(told["user"]["id"])) == (
        email,
        "Ada Lovelace",
        32,
    )
    ada = client_at("10.9.9.9", told["access_token"])
    await create_task(ada, "Write a program")
    assert await titles(ada) == ["Write a program"]
    assert (await ada.get(f"/api/{told['user']['id']}/tasks")).status_code == 200


async def test_signing_up_needs_no_name(visitor: httpx.AsyncClient, email: str) -> None:
    response = await visitor.post("/api/auth/signup", json={"email": email, "password": PASSWORD})

    assert (response.status_code, response.json()["user"]["name"]) == (201, None)


async def test_an_email_has_one_account_however_it_is_written(
    ada: Person, visitor: httpx.AsyncClient
) -> None:
    body = {"email": ada.email.title(), "password": NEXT_PASSWORD}

    response = await visitor.post("/api/auth/signup", json=body)

    assert (response.status_code, response.json()["code"]) == (409, "email_taken")


async def test_of_many_who_take_an_email_at_once_one_gets_it(visitor: httpx.AsyncClient, email: str) -> None:
    body = {"email": email, "password": PASSWORD}

    responses = await asyncio.gather(*(visitor.post("/api/auth/signup", json=body) for _ in range(5)))

    assert sorted(response.status_code for response in responses) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"email": "ada@example"}, "email", "invalid_email"),
        ({"email": "x" * 321}, "email", "invalid_input"),
        ({"email": None}, "email", "invalid_input"),
        ({"password": "password123"}, "password", "weak_password"),
        ({"password": "2short!"}, "password", "weak_password"),
        ({"password": "x" * 1025}, "password", "invalid_input"),
        ({"password": "a quiet\x00harbour"}, "password", "invalid_input"),
        ({"name": "  "}, "name", "invalid_input"),
        ({"name": "x" * 101}, "name", "invalid_input"),
        ({"nmae": "Ada"}, "nmae", "invalid_input"),
    ],
)
async def test_what_cannot_be_an_account_is_400_and_names_its_field(
    visitor: httpx.AsyncClient, email: str, given: dict[str, Any], field: str, code: str
) -> None:
    body = {"email": email, "name": "Ada", "password": PASSWORD} | given

    response = await visitor.post("/api/auth/register", json=body)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response.json()["errors"][0]["field"] == field
    assert str(given.get("password")) not in response.text


async def test_signing_in_gives_a_token_of_its_own(ada: Person, sign_in: SignIn, client_at: ClientAt) -> None:
    response = await sign_in(f" {ada.email.upper()}")

    assert (response.status_code, response.json()["user"]) == (200, ada.told["user"])
    assert response.json()["access_token"] != ada.told["access_token"]
    assert await titles(client_at("10.9.9.9", response.json()["access_token"])) == []


async def test_an_unknown_email_and_a_wrong_password_are_told_alike(
    ada: Person, sign_in: SignIn, email: str
) -> None:
    wrong, unknown = await sign_in(ada.email, NEXT_PASSWORD), await sign_in(email)

    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    assert wrong.headers["WWW-Authenticate"].startswith("Bearer")
    assert wrong.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_the_sixth_guess_is_not_looked_at_though_it_be_right(
    ada: Person, sign_in: SignIn, client_at: ClientAt, token_clock: StandingClock
) -> None:
    guesses = [(await sign_in(ada.email, f"guess {number}")).status_code for number in range(5)]

    right = await sign_in(ada.email)

    assert (guesses, right.status_code, right.json()["code"]) == ([401] * 5, 429, "rate_limited")
    assert right.headers["Retry-After"] == "900"
    assert right.json()["message"] == "Too many wrong passwords lately; try again later."
    assert (await sign_in(ada.email, by=client_at("10.9.9.8"))).status_code == 200
    token_clock.advance(minutes=15)
    assert (await sign_in(ada.email)).status_code == 200


async def test_guesses_at_the_same_moment_count_one_by_one(ada: Person, sign_in: SignIn) -> None:
    responses = await asyncio.gather(*(sign_in(ada.email, f"guess {number}") for number in range(12)))

    statuses = [response.status_code for response in responses]
    assert (statuses.count(401), statuses.count(429)) == (5, 7)


async def test_an_unknown_email_is_closed_like_a_known_one(sign_in: SignIn, email: str) -> None:
    statuses = [(await sign_in(email)).status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]


async def test_a_right_password_forgives_the_wrong_ones(ada: Person, sign_in: SignIn) -> None:
    for _ in range(2):
        for number in range(4):
            await sign_in(ada.email, f"guess {number}")
        assert (await sign_in(ada.email)).status_code == 200


async def test_a_hash_of_another_maker_is_replaced_when_its_owner_signs_in(
    ada: Person, sign_in: SignIn, database: Database
) -> None:
    account = await AccountDirectory(database).find(ada.email)
    assert account is not None
    imported = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await AccountRepository(database, ada.id).change_hash(
        account["password_hash"], imported, account["updated_at"]
    )

    responses = [await sign_in(ada.email), await sign_in(ada.email, NEXT_PASSWORD), await sign_in(ada.email)]

    kept = await AccountRepository(database, ada.id).get()
    assert [response.status_code for response in responses] == [200, 401, 200]
    assert kept is not None
    assert kept["password_hash"].startswith("$argon2id$")


class Overtaken(Passwords):
    """Somebody else signs in, and has the hash replaced, just behind the first check."""

    def __init__(self, repository: AccountRepository) -> None:
        super().__init__(Cost(passes=1, memory_kib=64, lanes=1))
        self._repository = repository
        self.checks = 0

    async def verify(self, password: str, password_hash: str | None) -> tuple[bool, str | None]:
        self.checks += 1
        told = await super().verify(password, password_hash)
        if self.checks == 1 and password_hash is not None:
            await self._repository.change_hash(password_hash, await self.hashed(password), NOW)
        return told


async def test_whoever_signs_in_while_their_hash_is_being_replaced_gets_in(
    ada: Person, database: Database, address: str
) -> None:
    accounts = Accounts(database, secret=SECRET, lifetime=timedelta(hours=1))
    accounts.passwords = overtaken = Overtaken(AccountRepository(database, ada.id))

    signed_in = await AccountDesk(accounts, Visit(address, NOW)).sign_in(ada.email, PASSWORD)

    assert (signed_in.user.id, signed_in.expires_in, overtaken.checks) == (ada.id, 3600, 2)


async def test_signing_out_kills_this_token_at_once_and_no_other(
    ada: Person, sign_in: SignIn, client_at: ClientAt
) -> None:
    other = client_at("10.9.9.9", (await sign_in(ada.email)).json()["access_token"])
    assert await titles(ada.client) == []

    response = await ada.client.post("/api/auth/logout")

    assert (response.status_code, response.json()["success"]) == (200, True)
    assert (await ada.client.get("/api/me/tasks")).status_code == 401
    assert (await ada.client.post("/api/auth/logout")).status_code == 401
    assert await titles(other) == []


async def test_a_token_dies_when_its_time_is_over(ada: Person, token_clock: StandingClock) -> None:
    token_clock.advance(days=1, minutes=1)

    response = await ada.client.get("/api/auth/profile")

    assert (response.status_code, response.json()["code"]) == (401, "token_expired")


async def test_sessions_that_are_over_are_forgotten_at_the_next_signing_in(
    ada: Person, sign_in: SignIn, token_clock: StandingClock
) -> None:
    first = await status_of(ada.client)
    token_clock.advance(days=8)

    await sign_in(ada.email)

    token_clock.set(token_clock.now - timedelta(days=8))
    assert (first, await status_of(ada.client)) == (200, 401)


async def status_of(client: httpx.AsyncClient) -> int:
    return (await client.get("/api/auth/profile")).status_code


async def test_a_session_is_not_begun_by_a_password_that_is_just_being_changed(
    ada: Person, database: Database
) -> None:
    repository = AccountRepository(database, ada.id)
    account = await repository.get()
    assert account is not None
    checked, now = account["password_hash"], account["created_at"]

    async with database.transaction() as transaction:
        await AccountRepository(transaction, ada.id).change_hash(checked, "another", now)
        begun = asyncio.create_task(repository.begin_session(uuid4(), checked, now, now + timedelta(days=1)))
        await somebody_waits(transaction)

    assert await begun is False


async def test_where_accounts_are_disabled_their_routes_are_not_there_and_their_tokens_open_nothing(
    ada: Person, settings: Settings
) -> None:
    disabled = create_app(settings.model_copy(update={"accounts_enabled": False}))

    async with running(disabled), client_of(disabled, ada.told["access_token"]) as client:
        profile = await client.get("/api/auth/profile")
        register = await client.post("/api/auth/register", json={})
        tasks = await client.get("/api/me/tasks")

    assert [profile.status_code, register.status_code, tasks.status_code] == [404, 404, 401]


async def test_the_documented_examples_work_one_after_the_other(
    app: FastAPI, visitor: httpx.AsyncClient, client_at: ClientAt
) -> None:
    paths = app.openapi()["paths"]

    def example(path: str, method: str = "post") -> dict[str, Any]:
        body = paths[f"/api/auth/{path}"][method]["requestBody"]["content"]["application/json"]
        shown: dict[str, Any] = body["example"]
        return shown

    registered = await visitor.post("/api/auth/register", json=example("register"))
    assert registered.status_code == 201, registered.text
    ada = client_at("10.9.9.7", registered.json()["access_token"])
    looked_at = await visitor.post("/api/auth/verify", json=example("verify"))
    changed = await ada.put("/api/auth/profile", json=example("profile", "put"))
    signed_in = await visitor.post("/api/auth/login", json=example("login"))
    next_password = await ada.post("/api/auth/change-password", json=example("change-password"))
    ada = client_at("10.9.9.7", next_password.json()["access_token"])
    kept = await ada.request("DELETE", "/api/auth/profile", json=example("profile", "delete"))
    deleted = await ada.request(
        "DELETE", "/api/auth/profile", json={"password": example("change-password")["new_password"]}
    )
    signed_up = await visitor.post("/api/auth/signup", json=example("signup"))

    assert [each.status_code for each in (looked_at, changed, signed_in, next_password)] == [200] * 4
    assert [each.status_code for each in (kept, deleted, signed_up)] == [400, 204, 201]
