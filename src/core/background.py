"""Work that the end of the process does not wait for."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


def of_nobody(work: Coroutine[Any, Any, ResultT]) -> asyncio.Task[ResultT]:
    """Start what serves everybody, apart from the request and the user that happened to need it first."""
    return asyncio.create_task(work, context=Context())


async def in_the_background(work: Callable[[], ResultT], name: str) -> ResultT:
    """Run what takes seconds and leaves nothing half done, such as imports, in a thread of its own.

    Unlike a thread of the event loop's executor it is left behind when the process ends: a signal that
    comes while a service still loads would otherwise wait for all of it.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[ResultT] = loop.create_future()

    def tell(result: ResultT | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)  # type: ignore[arg-type] # Without an error there is a result.
        else:
            done.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - whoever waits gets it, as from any call.
            error = raised
        with suppress(RuntimeError):  # The loop is closed: nobody waits any more.
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=copy_context().run, args=(run,), name=name, daemon=True).start()
    return await done
