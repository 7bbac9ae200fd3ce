"""The conversation in the terminal, against a service played by a function."""

from io import StringIO
from typing import Any

import httpx
import orjson
import pytest
from rich.console import Console

from src.terminal_chat import Answer, ServiceUnreachable, events

FINAL = {"conversation_id": 7, "response": "I added **Call mom**.", "tool_calls": []}
CALL = {"type": "tool_call", "call_id": "c1", "tool": "add_task", "arguments": {"title": "Call mom"}}


def drawn(answer: Answer) -> str:
    paper = StringIO()
    Console(width=80, file=paper).print(answer)
    return paper.getvalue()


def client(response: httpx.Response) -> httpx.Client:
    return httpx.Client(base_url="http://todo", transport=httpx.MockTransport(lambda _: response))


def test_the_events_of_a_turn_are_read_between_pings_and_blank_lines() -> None:
    lines = b": ping\n\ndata: " + orjson.dumps(CALL) + b"\n\ndata: " + orjson.dumps(FINAL) + b"\n\n"

    received = list(events(client(httpx.Response(200, content=lines)), "Call mom", None))

    assert received == [CALL, FINAL]


@pytest.mark.parametrize(
    ("response", "sentence"),
    [
        (httpx.Response(401, json={"detail": "The token is over."}), "The token is over."),
        (httpx.Response(502, text="<html>"), "The service answered 502."),
    ],
)
def test_a_refusal_is_told_in_the_services_words(response: httpx.Response, sentence: str) -> None:
    with pytest.raises(ServiceUnreachable, match=sentence):
        list(events(client(response), "Call mom", None))


@pytest.mark.parametrize(
    ("added", "shown"),
    [
        ([CALL], "· add_task(title='Call mom')"),
        (
            [CALL, {"type": "tool_result", "call_id": "c1", "tool": "add_task", "is_error": False}],
            "✓ add_task",
        ),
        (
            [CALL, {"type": "tool_result", "call_id": "c1", "tool": "add_task", "is_error": True}],
            "✗ add_task",
        ),
        ([{"type": "text_delta", "text": "I ad"}, {"type": "text_delta", "text": "ded"}], "I added"),
        ([{"type": "text_delta", "text": "I ad"}, FINAL], "I added Call mom."),
        ([{"type": "error", "detail": "The model is away."}], "The model is away."),
        ([{"type": "of a later version"}, FINAL], "I added Call mom."),
    ],
)
def test_an_answer_shows_what_has_arrived(added: list[dict[str, Any]], shown: str) -> None:
    answer = Answer()

    for event in added:
        answer.add(event)

    assert shown in drawn(answer)


def test_the_last_event_tells_the_conversation() -> None:
    answer = Answer()

    answer.add(FINAL)

    assert answer.conversation_id == 7
