"""What people, programs and careless clients do while the service soaks."""

import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from uuid import uuid4

import httpx

_TITLES = ("Call mom", "Pay rent", "Send invoice 7", "Water plants", "Book a table")
_SAID = ("Show my tasks", "Add buy milk tomorrow", "What is overdue?", "hello", "Complete buy milk")
_STREAM = {"Accept": "text/event-stream"}
_MCP = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
_MOST_KEPT = 30


class Person:
    """Somebody at work, who remembers what they made."""

    def __init__(self, http: httpx.AsyncClient, seed: int) -> None:
        self.http = http
        self.chance = random.Random(seed)  # noqa: S311 - an order that is the same in every run, nothing secret.
        self.tasks: list[int] = []

    async def act(self) -> httpx.Response:
        (act,) = self.chance.choices(list(ACTS), list(ACTS.values()))
        return await act(self)

    def any_task(self) -> int:
        return self.chance.choice(self.tasks) if self.tasks else 2**40


Act: TypeAlias = Callable[[Person], Awaitable[httpx.Response]]


async def _list(person: Person) -> httpx.Response:
    return await person.http.get("/api/me/tasks", params={"status": "pending", "sort_by": "due_date"})


async def _search(person: Person) -> httpx.Response:
    return await person.http.get("/api/me/tasks", params={"search": "invoise"})


async def _create(person: Person) -> httpx.Response:
    due = person.chance.choice(["tomorrow 5pm", "every friday", "every day at 9am"])
    body = {"title": person.chance.choice(_TITLES), "due_string": due, "tags": ["soak"]}
    answer = await person.http.post("/api/me/tasks", json=body, headers={"Idempotency-Key": uuid4().hex})
    person.tasks.append(answer.json()["id"])
    if len(person.tasks) > _MOST_KEPT:
        await person.http.delete(f"/api/me/tasks/{person.tasks.pop(0)}", params={"scope": "task"})
    return answer


async def _update(person: Person) -> httpx.Response:
    return await person.http.patch(f"/api/me/tasks/{person.any_task()}", json={"priority": "High"})


async def _complete(person: Person) -> httpx.Response:
    return await person.http.post(f"/api/me/tasks/{person.any_task()}/complete")


async def _analytics(person: Person) -> httpx.Response:
    return await person.http.get("/api/me/tasks/analytics")


async def _chat(person: Person) -> httpx.Response:
    return await person.http.post("/api/me/chat", json={"message": person.chance.choice(_SAID)})


async def _streamed(person: Person) -> httpx.Response:
    body = {"message": person.chance.choice(_SAID)}
    return await person.http.post("/api/me/chat", json=body, headers=_STREAM)


async def _hung_up(person: Person) -> httpx.Response:
    body = {"message": "Show my tasks"}
    async with person.http.stream("POST", "/api/me/chat", json=body, headers=_STREAM) as answer:
        async for _ in answer.aiter_bytes():
            break
    return answer


async def _tool(person: Person) -> httpx.Response:
    call = {"name": "list_tasks", "arguments": {"limit": 5}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    return await person.http.post("/api/mcp", json=body, headers=_MCP)


async def _thread(person: Person) -> httpx.Response:
    text = {"type": "input_text", "text": person.chance.choice(_SAID)}
    said: dict[str, Any] = {
        "content": [text],
        "attachments": [],
        "quoted_text": None,
        "inference_options": {},
    }
    return await person.http.post("/api/chatkit", json={"type": "threads.create", "params": {"input": said}})


async def _upload(person: Person) -> httpx.Response:
    content = b"milk\n" * 2_000
    file = {"name": "list.txt", "mime_type": "text/plain", "size": len(content)}
    told = await person.http.post("/api/chatkit", json={"type": "attachments.create", "params": file})
    path = f"/api/chatkit/attachments/{told.json()['id']}"
    headers = {"Content-Type": "text/plain"}
    await person.http.put(path, content=content, headers=headers)
    return await person.http.post("/api/chatkit", json={"type": "attachments.delete", "params": _id(told)})


def _id(told: httpx.Response) -> dict[str, Any]:
    return {"attachment_id": told.json()["id"]}


async def _moved(person: Person) -> httpx.Response:
    exported = await person.http.get("/api/me/export", params={"history": False})
    headers = {"Content-Type": "application/json"}
    return await person.http.post("/api/me/import", content=exported.content, headers=headers)


async def _bad(person: Person) -> httpx.Response:
    http = person.http
    broken: list[Callable[[], Awaitable[httpx.Response]]] = [
        lambda: http.post(
            "/api/me/tasks", content=b'{"title": ', headers={"Content-Type": "application/json"}
        ),
        lambda: http.post("/api/me/tasks", content=b"x" * 1_100_000),
        lambda: http.get("/api/me/tasks", headers={"Authorization": f"Bearer {uuid4().hex}"}),
        lambda: http.get("/api/somebody-else/tasks"),
        lambda: http.get(f"/api/me/nowhere/{uuid4().hex}"),
        lambda: http.request("BREW", "/api/me/tasks"),
        lambda: http.get("/api/me/tasks", params={"cursor": uuid4().hex}),
        lambda: http.get("/health", headers={"X-Request-ID": uuid4().hex}),
    ]
    return await person.chance.choice(broken)()


ACTS: dict[Act, int] = {
    _list: 20,
    _search: 8,
    _create: 12,
    _update: 8,
    _complete: 8,
    _analytics: 3,
    _chat: 6,
    _streamed: 5,
    _hung_up: 5,
    _tool: 6,
    _thread: 4,
    _upload: 3,
    _moved: 1,
    _bad: 11,
}
"""What is done, and how often of a hundred times."""
