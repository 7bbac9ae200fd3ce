"""What a year of somebody's work is scripted with."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.factories import StandingClock, create_task


class Script:
    """Does things at given instants, in UTC."""

    def __init__(self, client: httpx.AsyncClient, clock: StandingClock) -> None:
        self._client = client
        self._clock = clock

    def at(self, instant: str) -> None:
        self._clock.set(datetime.fromisoformat(instant).replace(tzinfo=UTC))

    async def create(self, at: str, title: str, **fields: Any) -> int:
        self.at(at)
        return int((await create_task(self._client, title, **fields))["id"])

    async def complete(self, at: str, task_id: int) -> int | None:
        """Completes a task; the id of the occurrence that follows it."""
        upcoming = (await self._act(at, "POST", f"{task_id}/complete"))["next_occurrence"]
        return int(upcoming["id"]) if upcoming else None

    async def skip(self, at: str, task_id: int) -> int:
        return int((await self._act(at, "POST", f"{task_id}/skip"))["next_occurrence"]["id"])

    async def reopen(self, at: str, task_id: int) -> None:
        await self._act(at, "PATCH", f"{task_id}/complete", json={"completed": False})

    async def delete(self, at: str, task_id: int) -> None:
        await self._act(at, "DELETE", str(task_id))

    async def figures(self, **parameters: Any) -> dict[str, Any]:
        response = await self._client.get("/api/me/tasks/analytics", params=parameters)
        assert response.status_code == 200, response.text
        figures: dict[str, Any] = response.json()
        return figures

    async def _act(self, at: str, method: str, path: str, **content: Any) -> Any:
        self.at(at)
        response = await self._client.request(method, f"/api/me/tasks/{path}", **content)
        assert response.is_success, response.text
        return response.json() if response.content else None
