"""What the tests of ChatKit share."""

import httpx
import pytest

from tests.chat.conftest import answer_with, database, turns
from tests.chatkit.client import ChatKitClient

__all__ = ["answer_with", "chatkit", "database", "turns"]


@pytest.fixture
def chatkit(client: httpx.AsyncClient) -> ChatKitClient:
    return ChatKitClient(client)
