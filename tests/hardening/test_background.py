"""What is loaded behind the start: its result, its failure, and an end that does not wait for it."""

import asyncio
import subprocess
import sys
import threading
from contextvars import ContextVar

import pytest

from src.core.background import in_the_background, of_nobody

STUCK = """
import asyncio, threading
from src.core.background import in_the_background

async def main():
    began = threading.Event()
    def work():
        began.set()
        threading.Event().wait()
    loading = asyncio.create_task(in_the_background(work, "stuck"))
    await asyncio.to_thread(began.wait)
    loading.cancel()

asyncio.run(main())
print("ended")
"""


USER: ContextVar[str] = ContextVar("user", default="nobody")


async def test_what_serves_everybody_knows_nothing_of_whoever_needed_it_first() -> None:
    async def load() -> tuple[str, str]:
        return USER.get(), await in_the_background(USER.get, "loading")

    USER.set("ann")

    assert await of_nobody(load()) == ("nobody", "nobody")


async def test_the_result_comes_back_and_the_loop_went_on_meanwhile() -> None:
    released = threading.Event()

    def work() -> str:
        released.wait()
        return threading.current_thread().name

    loading = asyncio.create_task(in_the_background(work, "loading"))
    released.set()

    assert await loading == "loading"


async def test_a_failure_is_raised_where_it_is_waited_for() -> None:
    def work() -> None:
        raise ImportError("no such library")

    with pytest.raises(ImportError, match="no such library"):
        await in_the_background(work, "failing")


async def test_a_result_that_nobody_waits_for_any_more_is_no_error() -> None:
    released, ended = threading.Event(), threading.Event()

    def work() -> None:
        released.wait()
        ended.set()

    loading = asyncio.create_task(in_the_background(work, "given up"))
    await asyncio.sleep(0)
    loading.cancel()
    released.set()
    await asyncio.to_thread(ended.wait)

    await asyncio.gather(loading, return_exceptions=True)

    assert loading.cancelled()


def test_a_process_ends_though_work_is_stuck() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STUCK], check=False, capture_output=True, text=True, timeout=20
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ended\n", "")
