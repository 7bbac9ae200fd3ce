"""A model behind OpenAI's interface that thinks no longer than it is told to.

Somebody who says "slowly" is answered over one second in twenty pieces, "quietly" by one piece and then
silence, "tasks" by a call of `list_tasks` first; everybody else at once.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

SLOW_SECONDS = 1.0
_PIECES = 20
_FIRST = {"role": "assistant", "content": "Here "}
_SILENCE = [{"role": "user", "content": ""}]
_CALL = {
    "index": 0,
    "id": "call_1",
    "type": "function",
    "function": {"name": "list_tasks", "arguments": '{"limit": 5}'},
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            break
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for chunk in _answer(body, receive):
        line = b"data: " + chunk + b"\n\n"
        await send({"type": "http.response.body", "body": line, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _answer(body: bytes, receive: Receive) -> AsyncIterator[bytes]:
    messages = orjson.loads(body)["messages"] if body else _SILENCE
    said = _last_said(messages)
    if "tasks" in said and messages[-1]["role"] == "user":
        yield _chunk({"tool_calls": [_CALL]})
        yield _chunk({}, "tool_calls")
    else:
        yield _chunk(_FIRST)
        if "quietly" in said:
            await _hung_up(receive)
        for _ in range(_PIECES if "slowly" in said else 1):
            await asyncio.sleep(SLOW_SECONDS / _PIECES if "slowly" in said else 0)
            yield _chunk({"content": "you are. "})
        yield _chunk({}, "stop")
    yield _chunk(None)
    yield b"[DONE]"


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _last_said(messages: list[dict[str, Any]]) -> str:
    spoken = [str(each["content"]) for each in messages if each["role"] == "user"]
    return spoken[-1] if spoken else ""


def _chunk(delta: dict[str, Any] | None, finish: str | None = None) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15} if delta is None else None
    return orjson.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "scripted",
            "choices": choices,
            "usage": usage,
        }
    )
