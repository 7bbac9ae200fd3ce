"""What may be said, and to which conversation."""

from typing import Any

import httpx
import pytest

from tests.chat.conftest import AnswerWith
from tests.chat.factories import messages, say, says
from tests.conftest import ClientFor


@pytest.mark.parametrize(
    ("body", "field", "hint"),
    [
        ({}, "message", "required"),
        ({"message": ""}, "message", "at least 1 character"),
        ({"message": " \n\t"}, "message", "pattern"),
        ({"message": "x" * 10_001}, "message", "10000 characters"),
        ({"message": None}, "message", "string"),
        ({"message": "nul \x00"}, "message", "NUL"),
        ({"message": "hi", "conversation_id": 0}, "conversation_id", "greater than or equal to 1"),
        ({"message": "hi", "conversation_id": "x"}, "conversation_id", "integer"),
        ({"message": "hi", "conversation_id": 2**63}, "conversation_id", "less than or equal to"),
        ({"mesage": "hi"}, "mesage", "did you mean 'message'?"),
        ({"message": "hi", "conversationId": 1}, "conversationId", "did you mean 'conversation_id'?"),
        ({"message": "hi", "user_id": "bob"}, "user_id", "known are message, conversation_id."),
    ],
)
async def test_what_cannot_be_said_is_a_400_that_names_the_field(
    client: httpx.AsyncClient, body: dict[str, Any], field: str, hint: str
) -> None:
    response = await client.post("/api/me/chat", json=body)

    problem = response.json()
    assert response.status_code == 400
    assert (problem["error"], problem["code"]) == ("ValidationError", "invalid_input")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert hint in problem["errors"][0]["message"]
    assert (await client.get("/api/me/conversations")).json()["items"] == []


async def test_ten_thousand_characters_can_be_said(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    responder = answer_with(*says("That was long."))
    text = "ж" * 10_000

    answer = await say(client, text)

    assert responder.heard == [text]
    assert answer["message"] == text


async def test_a_message_is_kept_exactly_as_it_was_written(
    client: httpx.AsyncClient, answer_with: AnswerWith
) -> None:
    responder = answer_with(*says("<b>ok</b>"))
    text = "  <script>alert('1')</script>\r\n\u202e ok 👩‍👩‍👧 "

    answer = await say(client, text)

    stored = await messages(client, answer["conversation_id"])
    assert stored == [("user", text), ("assistant", "<b>ok</b>")]
    assert responder.heard == [text]


async def test_a_body_that_is_no_json_is_a_400(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}

    response = await client.post("/api/me/chat", content=b'{"message":', headers=headers)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "body"


async def test_an_unknown_parameter_is_a_400_that_names_the_nearest(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/me/chat?streem=true", json={"message": "hi"})

    assert response.status_code == 400
    assert "did you mean 'stream'?" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_conversation_that_is_not_there_is_a_404(client: httpx.AsyncClient, accept: str) -> None:
    body = {"message": "hi", "conversation_id": 2**62}

    response = await client.post("/api/me/chat", json=body, headers={"Accept": accept})

    assert response.status_code == 404
    assert response.json()["code"] == "conversation_not_found"


async def test_a_strangers_conversation_is_not_there(
    client: httpx.AsyncClient, client_for: ClientFor, answer_with: AnswerWith
) -> None:
    responder = answer_with(*says("Hello."))
    async with client_for("the-owner") as owner:
        mine = (await say(owner, "between us"))["conversation_id"]

        heard = await client.post("/api/me/chat", json={"message": "and?", "conversation_id": mine})

        assert heard.status_code == 404
        assert await messages(owner, mine) == [("user", "between us"), ("assistant", "Hello.")]
        assert responder.heard == ["between us"]


async def test_nobody_can_talk(nobody: httpx.AsyncClient) -> None:
    response = await nobody.post("/api/me/chat", json={"message": "hi"})

    assert response.status_code == 401


async def test_talking_in_anothers_name_is_forbidden(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/somebody-else/chat", json={"message": "hi"})

    assert response.status_code == 403
