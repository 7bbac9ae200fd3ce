"""What tests are made of."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt

from src.core.clock import system_clock

SECRET = "a-secret-of-the-tests-0123456789abcdef"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class StandingClock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def set(self, instant: datetime) -> None:
        self.now = instant

    def advance(self, **step: float) -> None:
        self.now += timedelta(**step)

    def reset(self) -> None:
        self.now = NOW


def token_for(user_id: str) -> str:
    now = system_clock()
    claims = {"sub": user_id, "iat": now, "exp": now + timedelta(hours=1)}
    return jwt.encode(claims, SECRET, algorithm="HS256")


async def create_task(client: httpx.AsyncClient, title: str = "Call mom", **fields: Any) -> dict[str, Any]:
    response = await client.post("/api/me/tasks", json={"title": title, **fields})
    assert response.status_code == 201, response.text
    task: dict[str, Any] = response.json()
    return task


async def titles(client: httpx.AsyncClient, **parameters: Any) -> list[str]:
    response = await client.get("/api/me/tasks", params=parameters)
    assert response.status_code == 200, response.text
    return [task["title"] for task in response.json()["items"]]
