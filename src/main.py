"""The service: settings in, an ASGI application out."""

import re

import src.core.late_openapi  # noqa: F401 - before all that imports FastAPI.

# isort: split
from fastapi import FastAPI

from mcp_server.door import MCPDoor
from mcp_server.hosts import AllowedHosts
from mcp_server.router import endpoints as mcp_endpoints
from mcp_server.router import router as mcp_router
from src.accounts.router import router as accounts_router
from src.analytics.router import router as analytics_router
from src.assistant.provider_choice import choices
from src.chat.router import chat_router, conversations_router
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
from src.core.cross_origin import CrossOriginLayer
from src.core.http_errors import add_error_handlers
from src.core.logs import configure_logging
from src.core.metrics_router import router as metrics_router
from src.core.middleware import MAX_BODY_BYTES, LastResort, RequestLayer
from src.core.observation import Observation
from src.core.openapi import describe
from src.core.rate_limit import RateLimitLayer, RequestLimit
from src.lifespan import lifespan
from src.personal_tokens.router import router as personal_tokens_router
from src.preferences.router import router as preferences_router
from src.tasks.recurrence_router import router as recurrence_router
from src.tasks.router import router as tasks_router
from src.tasks.tags_router import router as tags_router
from src.transfer.feed_router import calendar_router, feed_router
from src.transfer.router import router as transfer_router
from src.web.router import router as web_router
from src.web.unusable import unusable_app

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


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """The application for some settings.

    Raises:
        InvalidSettings: a model provider is named whose key is missing.
    """
    choices(settings)  # A provider without its key is found now, not by the first who says something.
    configure_logging(settings.log_level, settings.log_format)
    app = Application(title="Todo AI", version=health.VERSION, lifespan=lifespan)
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
        CrossOriginLayer,
        allow_origins=["*"] if settings.allows_every_origin else list(settings.cors_origins),
        allow_credentials=not settings.allows_every_origin,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=_ALLOWED_HEADERS,
        expose_headers=_EXPOSED_HEADERS,
        max_age=3600,
    )
    app.add_middleware(RequestLayer, observers=app.state.observation.observers())


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
