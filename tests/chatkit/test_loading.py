"""The protocol's library loads for whoever asks first; whoever asks meanwhile waits."""

import asyncio
import logging
import subprocess
import sys
from threading import Event

import pytest

from src.chat.turns import ChatTurns
from src.chatkit.loading import ChatKitLoader, build_chatkit
from src.chatkit.server import TodoChatKit
from src.core.config import Settings
from src.core.database import Database
from tests.chat.factories import ScriptedResponder, says


def test_the_service_imports_neither_chatkit_nor_agents_before_it_starts() -> None:
    heavy = "import sys, src.main; sys.exit(bool({'chatkit', 'agents', 'openai'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", heavy], check=False).returncode == 0


async def test_who_asks_before_it_is_loaded_waits(
    settings: Settings, database: Database, turns: ChatTurns
) -> None:
    may_go_on = Event()
    built = build_chatkit(settings, database, turns, ScriptedResponder(says("Done.")).get)

    def build() -> object:
        may_go_on.wait(10)
        return built

    loader = ChatKitLoader(build, ScriptedResponder(says("Hello.")).get)  # type: ignore[arg-type] # as good as one.
    loader.start()
    asking = asyncio.create_task(loader.get())
    await asyncio.sleep(0)
    was_waiting = not asking.done()
    may_go_on.set()

    assert await asking is built
    assert was_waiting
    await loader.close()


async def test_it_is_loaded_once_for_all_who_ask_though_nobody_started_it(
    settings: Settings, database: Database, turns: ChatTurns
) -> None:
    built: list[TodoChatKit] = []

    def build() -> TodoChatKit:
        built.append(build_chatkit(settings, database, turns, ScriptedResponder(says("Done.")).get))
        return built[-1]

    loader = ChatKitLoader(build, ScriptedResponder(says("Hello.")).get)

    first, second = await asyncio.gather(loader.get(), loader.get())

    assert [first] == built
    assert first is second
    await loader.close()


async def test_what_cannot_be_loaded_is_logged_and_told_to_everybody_who_asks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def build() -> None:
        raise ImportError("no module named chatkit")

    loader = ChatKitLoader(build, ScriptedResponder(says("Hello.")).get)  # type: ignore[arg-type] # builds nothing.
    loader.start()

    for _ in range(2):
        with pytest.raises(ImportError):
            await loader.get()
    await loader.close()
    assert "ChatKit could not be loaded" in caplog.text


async def test_a_service_that_stops_while_it_loads_leaves_no_task() -> None:
    loader = ChatKitLoader(lambda: None, asyncio.Event().wait)  # type: ignore[arg-type, return-value] # never built.
    loader.start()
    await asyncio.sleep(0)

    await loader.close()

    with pytest.raises(asyncio.CancelledError):
        await loader.get()


def test_the_librarys_own_log_handler_goes(settings: Settings, database: Database, turns: ChatTurns) -> None:
    logger = logging.getLogger("chatkit")
    logger.addHandler(logging.StreamHandler())

    build_chatkit(settings, database, turns, ScriptedResponder(says("Done.")).get)

    assert logger.handlers == []
