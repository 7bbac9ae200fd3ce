"""One's own account: reading and changing it, and whom it is not for."""

import asyncio
from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI

from tests.accounts.conftest import NEXT_PASSWORD, PASSWORD, ClientAt, Join, Person, SignIn
from tests.conftest import client_of
from tests.factories import StandingClock, token_for


async def test_a_profile_is_what_was_signed_up_with(ada: Person, token_clock: StandingClock) -> None:
    response = await ada.client.get("/api/auth/profile")

    assert (response.status_code, response.json()) == (200, ada.told["user"])
    assert datetime.fromisoformat(response.json()["created_at"]) == token_clock.now
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("given", "name"), [({"name": " Ada King "}, "Ada King"), ({"name": None}, None), ({}, "Ada")]
)
async def test_the_name_changes_where_it_is_given(
    ada: Person, given: dict[str, str | None], name: str | None
) -> None:
    response = await ada.client.put("/api/auth/profile", json=given)

    assert (response.status_code, response.json()) == (200, ada.told["user"] | {"name": name})
    assert (await ada.client.get("/api/auth/profile")).json() == response.json()


async def test_a_new_email_needs_the_present_password(ada: Person, sign_in: SignIn, email: str) -> None:
    change = {"email": f" {email.upper()}", "name": "Ada King"}

    without = await ada.client.put("/api/auth/profile", json=change)
    wrong = await ada.client.put("/api/auth/profile", json=change | {"current_password": NEXT_PASSWORD})
    right = await ada.client.put("/api/auth/profile", json=change | {"current_password": PASSWORD})

    assert [each.status_code for each in (without, wrong, right)] == [400, 400, 200]
    assert [each.json()["code"] for each in (without, wrong)] == ["invalid_input", "wrong_password"]
    assert {each.json()["errors"][0]["field"] for each in (without, wrong)} == {"current_password"}
    assert (right.json()["email"], right.json()["name"]) == (email, "Ada King")
    assert [(await sign_in(each)).status_code for each in (email, ada.email)] == [200, 401]


async def test_ones_own_email_is_no_new_one(ada: Person) -> None:
    response = await ada.client.put(
        "/api/auth/profile", json={"email": ada.email.upper(), "name": "Ada King"}
    )

    assert (response.status_code, response.json()["name"]) == (200, "Ada King")


async def test_anothers_email_is_taken_and_to_ask_for_it_is_no_wrong_password(join: Join) -> None:
    ada, grace = await join(), await join()
    change = {"email": grace.email, "current_password": PASSWORD}

    responses = [await ada.client.put("/api/auth/profile", json=change) for _ in range(7)]

    assert {response.status_code for response in responses} == {409}
    assert responses[0].json()["code"] == "email_taken"


async def test_a_new_password_ends_every_session_and_begins_one(
    ada: Person, sign_in: SignIn, client_at: ClientAt
) -> None:
    other = client_at("10.9.9.9", (await sign_in(ada.email)).json()["access_token"])
    change = {"current_password": PASSWORD, "new_password": NEXT_PASSWORD}

    response = await ada.client.post("/api/auth/change-password", json=change)

    fresh = client_at("10.9.9.9", response.json()["access_token"])
    clients = (fresh, ada.client, other)
    assert response.json()["user"] == ada.told["user"]
    assert [(await each.get("/api/auth/profile")).status_code for each in clients] == [200, 401, 401]
    assert [(await sign_in(ada.email, each)).status_code for each in (NEXT_PASSWORD, PASSWORD)] == [200, 401]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        (
            {"current_password": NEXT_PASSWORD, "new_password": NEXT_PASSWORD},
            "current_password",
            "wrong_password",
        ),
        ({"current_password": PASSWORD, "new_password": "password123"}, "new_password", "weak_password"),
        ({"new_password": NEXT_PASSWORD}, "current_password", "invalid_input"),
    ],
)
async def test_what_is_no_change_of_password_changes_nothing(
    ada: Person, sign_in: SignIn, change: dict[str, str], field: str, code: str
) -> None:
    response = await ada.client.post("/api/auth/change-password", json=change)

    told = response.json()
    assert (response.status_code, told["code"], told["errors"][0]["field"]) == (400, code, field)
    assert (await sign_in(ada.email)).status_code == 200
    assert (await ada.client.get("/api/auth/profile")).status_code == 200


async def test_of_two_changes_at_once_one_is_too_late(ada: Person, sign_in: SignIn) -> None:
    wanted = ("the harbour of the first", "the harbour of the second")

    responses = await asyncio.gather(
        *(
            ada.client.post(
                "/api/auth/change-password", json={"current_password": PASSWORD, "new_password": each}
            )
            for each in wanted
        )
    )

    statuses = [response.status_code for response in responses]
    assert sorted(statuses) in ([200, 400], [200, 401])
    assert [(await sign_in(ada.email, each)).status_code == 200 for each in wanted] == [
        status == 200 for status in statuses
    ]


async def test_a_stolen_token_guesses_five_times(ada: Person) -> None:
    guesses = [
        await ada.client.post(
            "/api/auth/change-password",
            json={"current_password": f"guess {number}", "new_password": NEXT_PASSWORD},
        )
        for number in range(6)
    ]

    assert [guess.status_code for guess in guesses] == [400] * 5 + [429]


async def test_a_user_of_better_auth_has_a_profile_and_no_account(
    client: httpx.AsyncClient, user_id: str
) -> None:
    profile = await client.get("/api/auth/profile")
    refused = [
        await client.put("/api/auth/profile", json={"name": "Ada"}),
        await client.post("/api/auth/logout"),
        await client.post(
            "/api/auth/change-password", json={"current_password": PASSWORD, "new_password": NEXT_PASSWORD}
        ),
        await client.request("DELETE", "/api/auth/profile", json={"password": PASSWORD}),
    ]

    assert profile.json() == {"id": user_id, "email": None, "name": None, "created_at": None}
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(403, "no_account")}


async def test_other_credentials_of_an_account_read_its_profile_and_change_nothing(
    ada: Person, app: FastAPI, sign_in: SignIn
) -> None:
    made = await ada.client.post("/api/me/tokens", json={"name": "A script", "scopes": ["read", "write"]})
    for token in (made.json()["token"], token_for(ada.id)):
        async with client_of(app, token) as client:
            profile = await client.get("/api/auth/profile")
            renamed = await client.put("/api/auth/profile", json={"name": "Eve"})
            deleted = await client.request("DELETE", "/api/auth/profile", json={"password": PASSWORD})

        assert (profile.status_code, profile.json()) == (200, ada.told["user"])
        assert [each.json()["code"] for each in (renamed, deleted)] == ["no_account"] * 2

    assert (await sign_in(ada.email)).status_code == 200


async def test_a_token_is_looked_at_in_the_header_or_in_the_body(
    ada: Person, visitor: httpx.AsyncClient
) -> None:
    by_header = await ada.client.post("/api/auth/verify")
    by_body = await visitor.post("/api/auth/verify", json={"token": ada.told["access_token"]})

    told = by_header.json()
    assert (told["valid"], told["user_id"], told["email"]) == (True, ada.id, ada.email)
    assert told["expires_at"].endswith("Z")
    assert by_body.json() == told


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "nö", "two words", "todo_pat_x", "a\nb", "x" * 10_000, "🔑"]
)
async def test_a_token_in_the_body_that_is_not_accepted_is_an_answer(
    visitor: httpx.AsyncClient, token: str
) -> None:
    response = await visitor.post("/api/auth/verify", json={"token": token})

    nothing = {"valid": False, "user_id": None, "email": None, "expires_at": None}
    assert (response.status_code, response.json()) == (200, nothing)


async def test_the_token_of_the_body_is_meant_where_both_are_given(ada: Person) -> None:
    response = await ada.client.post("/api/auth/verify", json={"token": "x"})

    assert response.json()["valid"] is False


async def test_a_header_that_is_not_accepted_is_refused(ada: Person, visitor: httpx.AsyncClient) -> None:
    await ada.client.post("/api/auth/logout")

    responses = [await ada.client.post("/api/auth/verify"), await visitor.post("/api/auth/verify")]
    in_body = await visitor.post("/api/auth/verify", json={"token": ada.told["access_token"]})

    assert [response.status_code for response in responses] == [401, 401]
    assert in_body.json()["valid"] is False
