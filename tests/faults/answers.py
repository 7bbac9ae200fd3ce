"""What clients are told while the database is away."""

import asyncio

import httpx

from tests.faults.waiting import PATIENCE_SECONDS


def assert_told_to_come_again(response: httpx.Response, code: str = "database_unavailable") -> None:
    problem = response.json()
    assert (response.status_code, problem["error"], problem["code"]) == (503, "ServiceUnavailable", code)
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) == problem["retry_after"] > 0


async def once_ready(client: httpx.AsyncClient) -> None:
    """Come again as a client would, only sooner."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (answer := await client.get("/api/me/tasks")).status_code != 200:
            assert_told_to_come_again(answer)
            await asyncio.sleep(0.02)
