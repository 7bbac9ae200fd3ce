"""The service as it is, and beside it what nobody outside can see: how many tasks are alive."""

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from src.main import app as service

ALIVE = "/soak/tasks"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == ALIVE:
        await PlainTextResponse(str(len(asyncio.all_tasks())))(scope, receive, send)
    else:
        await service(scope, receive, send)
