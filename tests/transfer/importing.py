"""What tests of imports have in common."""

from typing import Any

import httpx


async def imported_text(
    client: httpx.AsyncClient, text: str | bytes, wanted: str, **parameters: str
) -> dict[str, Any]:
    body = text if isinstance(text, bytes) else text.encode()
    response = await client.post("/api/me/import", content=body, params={"format": wanted, **parameters})
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()
    return result


async def tasks_of(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The tasks in the order in which they came."""
    response = await client.get("/api/me/tasks", params={"limit": 200})
    items: list[dict[str, Any]] = response.json()["items"]
    return sorted(items, key=lambda task: int(task["id"]))


def counts(result: dict[str, Any]) -> tuple[int, int, int, int]:
    return result["created"], result["updated"], result["unchanged"], result["skipped"]


def remarks(result: dict[str, Any], kind: str = "errors") -> list[tuple[int | None, str]]:
    return [(each["line"], each["message"]) for each in result[kind]]
