"""What lives as long as the service: its database, and what stands on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import FastAPI

from mcp_server.profiles import Profile
from mcp_server.transport import Servers, StreamableHTTP, ToolServers
from src.accounts.service import Accounts
from src.assembly import authenticator_for, cursor_key_of, own_url
from src.assistant.loading import AssistantLoader
from src.auth.outgoing import client_for_issuers
from src.auth.tokens import secrets_of
from src.chat.leases import Leases
from src.chat.limits import limits_from
from src.chat.token_budget import budget_from
from src.chat.turns import ChatTurns
from src.chatkit.loading import ChatKitLoader, build_chatkit
from src.core import health
from src.core.clock import Clock
from src.core.config import Settings
from src.core.database import Database
from src.core.database_url import DatabaseAddress
from src.core.ending import interrupting_at_the_end
from src.core.garbage import keep_what_is_loaded
from src.core.migrations import migrate_or_wait
from src.core.startup import announce, development_secret, resolved_database

if TYPE_CHECKING:
    from src.assistant.agent import Assistant
    from src.assistant.consent import ConsentAnswerer

# Each reads or writes in one long transaction; the rest of the pool stays free for everybody else.
_TRANSFERS_AT_ONCE = 2
_HEAD_START_SECONDS = 0.2
"""How long the first requests have the processor to themselves, before what takes seconds loads."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(resolved_database(settings))
        secret = development_secret(settings)
        database = Database(address, pool_size=settings.database_pool_size)
        stack.push_async_callback(database.close)
        await _migrate_behind_outage(stack, database, address)
        app.state.database = database
        await stack.enter_async_context(app.state.observation.running(secret, database))
        http = await stack.enter_async_context(client_for_issuers(settings))
        app.state.authenticator = authenticator_for(settings, secret, database, http)
        app.state.accounts = Accounts(
            database,
            secret=secrets_of(settings, secret)[0],
            lifetime=timedelta(minutes=settings.access_token_expire_minutes),
        )
        app.state.transfer_turns = asyncio.Semaphore(_TRANSFERS_AT_ONCE)
        app.state.cursor_key = cursor_key_of(secret)
        servers = ToolServers(lambda: _build_servers(database, app))
        transport = _set_up_mcp(stack, app, servers)
        assistant = await _set_up_chat(stack, app, settings, database, servers)
        if settings.chat_preload:
            _load_soon(stack, transport, assistant)
        announce(settings, secret)
        keep_what_is_loaded()
        yield


def _set_up_mcp(stack: AsyncExitStack, app: FastAPI, servers: ToolServers) -> StreamableHTTP:
    transport = StreamableHTTP(servers)
    stack.push_async_callback(transport.close)
    app.state.mcp_transport = transport.get
    return transport


async def _set_up_chat(
    stack: AsyncExitStack, app: FastAPI, settings: Settings, database: Database, servers: ToolServers
) -> AssistantLoader:
    clock: Clock = app.state.clock
    loader = AssistantLoader(lambda: _build_assistant(settings, servers), clock())
    stack.push_async_callback(loader.close)
    app.state.assistant = loader.get
    leases = Leases(database)
    app.state.token_budget = budget_from(settings, database)
    limits = limits_from(settings, database, app.state.token_clock, app.state.token_budget)
    history_limit = settings.max_conversation_history
    turns = ChatTurns(database, clock, history_limit=history_limit, limits=limits, leases=leases)
    app.state.turns = turns
    stack.push_async_callback(turns.close)
    await stack.enter_async_context(interrupting_at_the_end(lambda: _let_nobody_speak(leases, turns)))
    # Its 13 MB come with whoever speaks it: a page of ChatKit asks for its threads before anybody types.
    chatkit = ChatKitLoader(
        lambda: build_chatkit(settings, database, turns, _build_consent(servers).get), loader.get
    )
    stack.push_async_callback(chatkit.close)
    app.state.chatkit = chatkit.get
    return loader


def _load_soon(stack: AsyncExitStack, transport: StreamableHTTP, assistant: AssistantLoader) -> None:
    """Load the chat stack behind the start; whoever needs it sooner loads it."""

    def load() -> None:
        transport.start()
        assistant.start()

    timer = asyncio.get_running_loop().call_later(_HEAD_START_SECONDS, load)
    stack.callback(timer.cancel)


async def _let_nobody_speak(leases: Leases, turns: ChatTurns) -> None:
    leases.close()
    await turns.close()


def _build_consent(servers: ToolServers) -> "ConsentAnswerer":
    from src.assistant.consent import ConsentAnswerer  # noqa: PLC0415 - loaded behind the start, in a thread.

    return ConsentAnswerer(servers.get()[Profile.FULL])


def _build_servers(database: Database, app: FastAPI) -> Servers:
    from mcp_server.identity import ToolContext  # noqa: PLC0415 - loaded behind the start, in a thread.
    from mcp_server.server import build_servers  # noqa: PLC0415 - as above.

    context = ToolContext(database, app.state.clock, app.state.cursor_key, own_url(app.state.settings))
    return build_servers(context, version=health.VERSION)


def _build_assistant(settings: Settings, servers: ToolServers) -> "Assistant":
    tools = servers.get()[Profile.FULL]  # Before the imports below: they load what this loads in its turn.
    from src.assistant.agent import Assistant  # noqa: PLC0415 - as above.
    from src.assistant.providers import providers_from  # noqa: PLC0415 - as above.

    return Assistant(
        providers_from(settings),
        tools,
        max_turns=settings.agent_max_turns,
        timeout=settings.llm_timeout_seconds,
    )


async def _migrate_behind_outage(stack: AsyncExitStack, database: Database, address: DatabaseAddress) -> None:
    """Migrate now; where the database is away, keep trying behind a service that answers 503 meanwhile."""
    waiting = await migrate_or_wait(address, then=database.open)
    if waiting is not None:
        database.is_reachable = False
        stack.callback(waiting.cancel)
