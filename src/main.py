"""The service: settings in, an ASGI application out."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from mcp_server.door import MCPDoor
from mcp_server.hosts import AllowedHosts
from mcp_server.profiles import Profile
from mcp_server.router import endpoints as mcp_endpoints
from mcp_server.router import router as mcp_router
from mcp_server.transport import Servers, StreamableHTTP, ToolServers
from src.accounts.router import router as accounts_router
from src.accounts.service import Accounts
from src.analytics.router import router as analytics_router
from src.assembly import authenticator_for, cursor_key_of, own_url
from src.assistant.loading import AssistantLoader
from src.assistant.provider_choice import choices
from src.auth.tokens import secrets_of
from src.chat.leases import Leases
from src.chat.limits import limits_from
from src.chat.router import chat_router, conversations_router
from src.chat.token_budget import budget_from
from src.chat.turns import ChatTurns
from src.chatkit.loading import ChatKitLoader, build_chatkit
from src.chatkit.router import router as chatkit_router
from src.core import health
from src.core.application import Application
from src.core.clock import Clock, frozen_clock, system_clock
from src.core.config import (
    InvalidSettings,
    Settings,
    ended_by_unusable_settings,
    read_settings,
    require_valid,
)
from src.core.database import Database
from src.core.database_url import DatabaseAddress
from src.core.ending import interrupting_at_the_end
from src.core.http_errors import add_error_handlers
from src.core.logs import configure_logging
from src.core.metrics_router import router as metrics_router
from src.core.middleware import MAX_BODY_BYTES, LastResort, RequestLayer
from src.core.migrations import migrate_or_wait
from src.core.observation import Observation
from src.core.openapi import describe
from src.core.rate_limit import RateLimitLayer, RequestLimit
from src.core.route_index import RouteIndex
from src.core.startup import announce, development_secret, resolved_database
from src.personal_tokens.router import router as personal_tokens_router
from src.preferences.router import router as preferences_router
from src.tasks.recurrence_router import router as recurrence_router
from src.tasks.router import router as tasks_router
from src.tasks.tags_router import router as tags_router
from src.transfer.feed_router import calendar_router, feed_router
from src.transfer.router import router as transfer_router
from src.web.router import router as web_router
from src.web.unusable import unusable_app

if TYPE_CHECKING:
    from src.assistant.agent import Assistant
    from src.assistant.consent import ConsentAnswerer

log = logging.getLogger(__name__)

_ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "MCP-Protocol-Version",
    "Mcp-Method",
    "Mcp-Name",
    "X-Request-ID",
    "X-Timezone",
)
_EXPOSED_HEADERS = (
    "Content-Disposition",
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)

# Files come in whole; everything else is small.
_BODY_LIMITS = {
    re.compile(r"/api/[^/]+/import"): 10 * MAX_BODY_BYTES,
    # With room for what a form writes around the file.
    re.compile(r"/api/chatkit/attachments/[^/]+"): 10 * MAX_BODY_BYTES + 10_000,
}
# Where nobody is asked who they are; whether the service lives may be asked at any rate.
_OPEN_TO_ALL = re.compile(
    r"/api/auth/(?:register|signup|login|verify)|/api/feed/.*|/api/mcp/info|/\.well-known/.*"
    r"|/docs.*|/redoc|/openapi\.json"
)
# Each reads or writes in one long transaction; the rest of the pool stays free for everybody else.
_TRANSFERS_AT_ONCE = 2


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """The application for some settings.

    Raises:
        InvalidSettings: a model provider is named whose key is missing.
    """
    choices(settings)  # A provider without its key is found now, not by the first who says something.
    configure_logging(settings.log_level, settings.log_format)
    app = Application(title="Todo AI", version=health.VERSION, lifespan=_lifespan)
    app.state.settings = settings
    app.state.observation = Observation(settings)
    app.state.clock = clock or _clock(settings)
    # Tokens live by the real clock: a frozen one is for reading dates.
    app.state.token_clock = system_clock
    app.state.user_requests = RequestLimit("user_requests", settings.rate_limit_requests_per_minute)
    for router in (
        recurrence_router,
        tags_router,
        analytics_router,
        tasks_router,
        chat_router,
        conversations_router,
        chatkit_router,
        preferences_router,
        transfer_router,
        feed_router,
        calendar_router,
        mcp_router,
        personal_tokens_router,
        health.router,
        web_router,
    ):
        # Not `include_router`, which looks every route up twice: these routes need nothing of the inclusion.
        app.router.routes.extend(router.routes)
    if settings.metrics_token:
        app.router.routes.extend(metrics_router.routes)
    if settings.has_accounts:
        app.router.routes.extend(accounts_router.routes)
    app.router.routes.extend(mcp_endpoints(MCPDoor(settings, AllowedHosts.of(settings))))
    app.router.routes.insert(0, RouteIndex(app.router.routes))
    add_error_handlers(app)
    _add_layers(app, settings)
    describe(app)
    return app


def _clock(settings: Settings) -> Clock:
    return frozen_clock(settings.frozen_now) if settings.frozen_now else system_clock


def _add_layers(app: FastAPI, settings: Settings) -> None:
    """The last added is the outermost."""
    app.add_middleware(LastResort, body_limits=_BODY_LIMITS)
    addresses = RequestLimit("address_requests", settings.rate_limit_address_per_minute)
    app.add_middleware(RateLimitLayer, open_to_all=_OPEN_TO_ALL, addresses=addresses)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"] if settings.allows_every_origin else list(settings.cors_origins),
        allow_credentials=not settings.allows_every_origin,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=_ALLOWED_HEADERS,
        expose_headers=_EXPOSED_HEADERS,
        max_age=3600,
    )
    app.add_middleware(RequestLayer, observers=app.state.observation.observers())


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(resolved_database(settings))
        secret = development_secret(settings)
        database = Database(address, pool_size=settings.database_pool_size)
        stack.push_async_callback(database.close)
        await _migrate_behind_outage(stack, database, address)
        app.state.database = database
        await stack.enter_async_context(app.state.observation.running(secret, database))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=5))
        app.state.authenticator = authenticator_for(settings, secret, database, http)
        app.state.accounts = Accounts(
            database,
            secret=secrets_of(settings, secret)[0],
            lifetime=timedelta(minutes=settings.access_token_expire_minutes),
        )
        app.state.transfer_turns = asyncio.Semaphore(_TRANSFERS_AT_ONCE)
        app.state.cursor_key = cursor_key_of(secret)
        servers = ToolServers(lambda: _build_servers(database, app))
        _start_mcp(stack, app, servers)
        await _start_chat(stack, app, settings, database, servers)
        announce(settings, secret)
        yield


def _start_mcp(stack: AsyncExitStack, app: FastAPI, servers: ToolServers) -> None:
    transport = StreamableHTTP(servers)
    transport.start()
    stack.push_async_callback(transport.close)
    app.state.mcp_transport = transport.get


async def _start_chat(
    stack: AsyncExitStack, app: FastAPI, settings: Settings, database: Database, servers: ToolServers
) -> None:
    clock: Clock = app.state.clock
    loader = AssistantLoader(lambda: _build_assistant(settings, servers), clock())
    loader.start()
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
    chatkit = ChatKitLoader(
        lambda: build_chatkit(settings, database, turns, _build_consent(servers).get), loader.get
    )
    chatkit.start()
    stack.push_async_callback(chatkit.close)
    app.state.chatkit = chatkit.get


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


def application() -> FastAPI:
    """The application of this process; a Space whose settings cannot be used says so on its page."""
    with ended_by_unusable_settings():
        settings = read_settings()
        try:
            require_valid(settings)
            return create_app(settings)
        except InvalidSettings as error:
            if not settings.space_id:
                raise
            return unusable_app(error.problems)


app = application()
