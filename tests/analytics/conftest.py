"""A script over the test's own user."""

import httpx
import pytest

from tests.analytics.script import Script
from tests.factories import StandingClock


@pytest.fixture
def script(client: httpx.AsyncClient, clock: StandingClock) -> Script:
    return Script(client, clock)
