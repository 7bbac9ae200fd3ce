"""The transport's life: it loads behind the start, tells when it cannot, and leaves nothing behind."""

import asyncio
import os
import subprocess
import sys
import threading
from typing import Any, cast

import pytest

from mcp_server.identity import ToolContext
from mcp_server.profiles import Profile
from mcp_server.server import build_servers
from mcp_server.transport import Servers, StreamableHTTP, ToolServers
from src.core.clock import system_clock
from src.core.errors import ServiceUnavailable


def build() -> Servers:
    return build_servers(ToolContext(cast(Any, None), system_clock, b"key"), version="1")


async def test_the_servers_are_built_once_for_everybody() -> None:
    built: list[Servers] = []

    def count() -> Servers:
        built.append(build())
        return built[-1]

    servers = ToolServers(count)
    got = await asyncio.gather(*(asyncio.to_thread(servers.get) for _ in range(8)))

    assert len(built) == 1
    assert all(each is built[0] for each in got)


async def test_who_asks_before_it_is_loaded_waits() -> None:
    may_build = threading.Event()

    def wait_and_build() -> Servers:
        may_build.wait()
        return build()

    transport = StreamableHTTP(ToolServers(wait_and_build))
    transport.start()
    asked = asyncio.create_task(transport.get(Profile.READ))
    await asyncio.sleep(0)

    assert not asked.done()

    may_build.set()
    assert callable(await asked)
    await transport.close()


async def test_who_asks_first_has_it_loaded_though_nobody_started_it() -> None:
    transport = StreamableHTTP(ToolServers(build))

    full, read = await asyncio.gather(transport.get(Profile.FULL), transport.get(Profile.READ))

    assert callable(full)
    assert callable(read)
    await transport.close()


async def test_what_cannot_be_loaded_is_told_to_whoever_asks(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Servers:
        raise RuntimeError("no such module")

    transport = StreamableHTTP(ToolServers(fail))
    transport.start()

    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            await transport.get(Profile.FULL)
    assert "could not be loaded" in caplog.text
    await transport.close()


async def test_it_closes_before_it_is_loaded_and_when_it_never_began() -> None:
    may_build = threading.Event()

    def wait_and_build() -> Servers:
        may_build.wait()
        return build()

    transport = StreamableHTTP(ToolServers(wait_and_build))
    transport.start()
    await asyncio.sleep(0)

    await transport.close()
    await StreamableHTTP(ToolServers(build)).close()

    may_build.set()


async def test_nothing_runs_on_after_it_is_closed() -> None:
    before = asyncio.all_tasks()
    transport = StreamableHTTP(ToolServers(build))
    transport.start()
    await transport.get(Profile.FULL)

    await transport.close()

    assert asyncio.all_tasks() == before


def test_a_start_of_the_service_does_not_load_the_sdk() -> None:
    heavy = "import sys, src.main; sys.exit(bool({'mcp', 'mcp_types'} & set(sys.modules)))"

    done = subprocess.run(
        [sys.executable, "-c", heavy], env={**os.environ, "ENVIRONMENT": "test"}, check=False
    )

    assert done.returncode == 0
