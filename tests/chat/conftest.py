"""What the tests of talking share."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI

from src.chat.turns import ChatTurns
from src.core.database import Database
from tests.chat.factories import ScriptedResponder, Step

AnswerWith = Callable[..., ScriptedResponder]


@pytest.fixture
def answer_with(app: FastAPI) -> Iterator[AnswerWith]:
    """Let a script answer instead of the assistant, in this test."""
    assistant = app.state.assistant

    def install(*steps: Step) -> ScriptedResponder:
        responder = ScriptedResponder(steps)
        app.state.assistant = responder.get
        return responder

    yield install
    app.state.assistant = assistant


@pytest.fixture
def turns(app: FastAPI) -> ChatTurns:
    found: ChatTurns = app.state.turns
    return found


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found
