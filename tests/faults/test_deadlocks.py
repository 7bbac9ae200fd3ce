"""Changes that lock the same in other orders: PostgreSQL undoes one, and it is made again."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.factories import create_task

ROUNDS = 3


def batch(ids: list[int]) -> dict[str, Any]:
    return {"operations": [{"op": "update", "task_id": each, "changes": {"title": "New"}} for each in ids]}


@pytest.mark.parametrize("is_keyed", [False, True], ids=["plain", "with a key"])
async def test_batches_in_opposite_orders_are_all_made(client: httpx.AsyncClient, *, is_keyed: bool) -> None:
    ids = [(await create_task(client, f"Task {number}"))["id"] for number in range(10)]

    for turn in range(ROUNDS):
        answers = await asyncio.gather(
            *(
                client.post(
                    "/api/me/tasks/batch",
                    json=batch(order),
                    headers={"Idempotency-Key": f"{turn} {order[0]}"} if is_keyed else {},
                )
                for order in (ids, ids[::-1])
            )
        )
        assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
