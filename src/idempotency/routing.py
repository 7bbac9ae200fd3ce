"""Route classes that run a POST with an `Idempotency-Key` once."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, cast

from fastapi import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from src.auth.dependencies import get_identity
from src.core.clock import Clock
from src.core.database import Database, Row
from src.core.outages import rerun_on_conflict
from src.core.routing import StrictRoute
from src.idempotency.errors import InvalidKey, KeyReused, StillRunning
from src.idempotency.repository import IdempotencyRepository

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_REPLAYED_HEADERS = ("content-type", "etag", "location")
_EVENT_STREAM = "text/event-stream"
_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.1


class IdempotentRoute(StrictRoute):
    """The claim of the key, the change and the answer are one transaction, whole or absent.

    Of two requests at once with one key, the second waits at the claim until the first is committed.
    """

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handle

        async def handle_once(request: Request) -> Response:
            key = _key_of(request)
            return await handle(request) if key is None else await self._answered(request, key, handle)

        return handle_once

    async def _answered(self, request: Request, key: str, handle: Handler) -> Response:
        return await rerun_on_conflict(lambda: self._once(request, key, handle))

    async def _once(self, request: Request, key: str, handle: Handler) -> Response:
        user_id = (await get_identity(request)).user_id
        fingerprint, now = await _fingerprint(request), _now(request)
        async with _database(request).transaction() as transaction:
            keys = IdempotencyRepository(transaction, user_id)
            if not await keys.claim(key, fingerprint, now):
                return _replayed(await keys.get(key), fingerprint)
            await keys.forget_old(now)
            request.scope["executor"] = transaction
            response = await handle(request)
            await keys.answer(key, response.status_code, _kept_headers(response), bytes(response.body))
            return response


class PatientIdempotentRoute(IdempotentRoute):
    """For answers that take long: the claim is committed first, and no transaction is open meanwhile."""

    async def _answered(self, request: Request, key: str, handle: Handler) -> Response:
        return await self._once(request, key, handle)

    async def _once(self, request: Request, key: str, handle: Handler) -> Response:
        keys = IdempotencyRepository(_database(request), (await get_identity(request)).user_id)
        fingerprint = await _fingerprint(request)
        if not await keys.claim(key, fingerprint, _now(request)):
            return await _awaited(keys, key, fingerprint)
        try:
            response = await handle(request)
        except BaseException:
            await keys.release(key)
            raise
        if isinstance(response, StreamingResponse):
            return _Recorded(response, keys, key)
        await keys.answer(key, response.status_code, _kept_headers(response), bytes(response.body))
        return response


def _key_of(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise InvalidKey
    return key


async def _fingerprint(request: Request) -> bytes:
    line = f"{request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(line + await request.body()).digest()


def _now(request: Request) -> datetime:
    return cast(Clock, request.app.state.clock)()


def _database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


def _kept_headers(response: Response) -> dict[str, str]:
    return {name: response.headers[name] for name in _REPLAYED_HEADERS if name in response.headers}


def _replayed(row: Row | None, fingerprint: bytes) -> Response:
    if row is None or (row["status"] is None and row["fingerprint"] == fingerprint):
        raise StillRunning
    if row["fingerprint"] != fingerprint:
        raise KeyReused
    return Response(row["body"], row["status"], row["headers"] | {"Idempotent-Replayed": "true"})


async def _awaited(keys: IdempotencyRepository, key: str, fingerprint: bytes) -> Response:
    """The first request's answer, as soon as there is one."""
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            while True:
                row = await keys.get(key)
                if row is not None and (row["status"] is not None or row["fingerprint"] != fingerprint):
                    return _replayed(row, fingerprint)
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError as error:
        raise StillRunning from error


class _Recorded(Response):
    """A streamed answer whose last event is kept as the answer; one that breaks off gives the key back."""

    def __init__(self, streamed: StreamingResponse, keys: IdempotencyRepository, key: str) -> None:
        super().__init__(status_code=streamed.status_code)
        self._streamed = streamed
        self._keys = keys
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        last = b""

        async def send_noted(message: Message) -> None:
            nonlocal last
            last = message.get("body") or last
            await send(message)

        try:
            await self._streamed(scope, receive, send_noted)
        finally:
            # The whole answer is the one event without a type.
            if last.startswith(b"data: {") and not last.startswith(b'data: {"type":'):
                kept = self._keys.answer(self._key, 200, {"content-type": _EVENT_STREAM}, last)
            else:
                kept = self._keys.release(self._key)
            await asyncio.shield(kept)
