"""An OpenAI-compatible provider on loopback that says what a test wrote down for it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from aiohttp import web

Step: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Delta: TypeAlias = dict[str, Any]


class ScriptedProvider:
    """Answers each request with the next step and the last one for ever; keeps what it was asked."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = list(steps)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.clients: list[object] = []
        self.hung_up = asyncio.Event()
        self.base_url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        self.headers.append(dict(request.headers))
        self.paths.append(request.path)
        self.clients.append(request.transport and request.transport.get_extra_info("peername"))
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        try:
            return await step(request)
        except (asyncio.CancelledError, ConnectionError):
            self.hung_up.set()
            raise


@asynccontextmanager
async def scripted_provider(*steps: Step) -> AsyncIterator[ScriptedProvider]:
    provider = ScriptedProvider(steps)
    app = web.Application()
    app.router.add_post("/{path:.*}", provider.answer)
    # A handler whose client hung up is cancelled, as a model's server stops computing then.
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield provider
    finally:
        await runner.cleanup()


def says(*pieces: str) -> Step:
    return streams(*({"content": piece} for piece in pieces), finish="stop")


def calls(*deltas: Delta) -> Step:
    return streams(*({"tool_calls": [delta]} for delta in deltas), finish="tool_calls")


def call(name: str, arguments: str, *, index: int = 0, call_id: str | None = "call_1") -> Delta:
    function = {"name": name, "arguments": arguments}
    return {"index": index, "id": call_id, "type": "function", "function": function}


def more(arguments: str, *, index: int = 0) -> Delta:
    return {"index": index, "function": {"arguments": arguments}}


def streams(*deltas: Delta, finish: str, tokens: tuple[int, int] = (10, 5)) -> Step:
    async def step(request: web.Request) -> web.StreamResponse:
        response = await _opened(request)
        for delta in deltas:
            await _send(response, _chunk(delta))
        await _send(response, _chunk({}, finish))
        spent = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
        await _send(response, _chunk(None, usage=spent))
        await response.write(b"data: [DONE]\n\n")
        return response

    return step


def answers_with(status: int, body: Any, *, headers: dict[str, str] | None = None) -> Step:
    async def step(_: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers=headers)

    return step


def refuses(status: int, *, code: str | None = None, headers: dict[str, str] | None = None) -> Step:
    async def step(_: web.Request) -> web.StreamResponse:
        body = {"error": {"message": "internal detail sk-secret", "type": "made_up", "code": code}}
        return web.json_response(body, status=status, headers=headers)

    return step


def stalls(*pieces: str) -> Step:
    """Says the pieces and then nothing more, with the connection open."""

    async def step(request: web.Request) -> web.StreamResponse:
        response = await _opened(request)
        for piece in pieces:
            await _send(response, _chunk({"content": piece}))
        await asyncio.Event().wait()
        return response

    return step


def breaks_off(*deltas: Delta) -> Step:
    """Sends the deltas and then drops the connection."""

    async def step(request: web.Request) -> web.StreamResponse:
        response = await _opened(request)
        for delta in deltas:
            await _send(response, _chunk(delta))
        if request.transport is not None:
            request.transport.abort()
        return response

    return step


def sends_bytes(content: bytes) -> Step:
    async def step(request: web.Request) -> web.StreamResponse:
        response = await _opened(request)
        await response.write(content)
        return response

    return step


async def _opened(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


async def _send(response: web.StreamResponse, chunk: dict[str, Any]) -> None:
    await response.write(f"data: {json.dumps(chunk)}\n\n".encode())


def _chunk(
    delta: Delta | None, finish: str | None = None, usage: dict[str, int] | None = None
) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": choices,
        "usage": usage,
    }
