"""MCP over standard input and output, for a client that starts the server itself."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from mcp import MCPError
from mcp_types import INVALID_REQUEST
from starlette.datastructures import Headers

from mcp_server.errors import sentence_of
from mcp_server.identity import ToolContext
from mcp_server.profiles import Profile, profile_named
from mcp_server.server import TodoMCPServer, build_server
from src.assembly import authenticator_for, cursor_key_of, own_url
from src.auth.authenticator import Authenticator
from src.auth.context import Actor, ActorKind, Caller, acting_as
from src.auth.identity import Audience
from src.auth.outgoing import client_for_issuers
from src.core.clock import frozen_clock, system_clock
from src.core.config import InvalidSettings, Settings
from src.core.database import Database
from src.core.errors import DomainError
from src.core.health import VERSION
from src.core.migrations import migrate
from src.core.startup import DEVELOPER, development_secret, resolved_database
from src.core.zones import zone_named

WhoCalls: TypeAlias = Callable[[], Awaitable[Caller]]

_MOST_CONNECTIONS = 4
"""One person's client asks few things at once."""


@dataclass(frozen=True, slots=True)
class StdioSettings:
    """For whom the tools act and what they show: what the client's configuration sets in the environment."""

    token: str | None
    user: str
    profile: Profile
    timezone: str | None

    @classmethod
    def of(cls, environment: Mapping[str, str], settings: Settings) -> Self:
        """Read `TODO_TOKEN`, `TODO_USER`, `TODO_PROFILE` and `TODO_TIMEZONE`.

        Raises:
            InvalidSettings: they cannot be used, or nobody is named in production.
        """
        given = {name: value.strip() for name, value in environment.items() if value.strip()}
        token = given.get("TODO_TOKEN")
        if token is None and settings.is_production:
            raise InvalidSettings(["TODO_TOKEN is not set; in production it says for whom the tools act."])
        try:
            profile = profile_named(given.get("TODO_PROFILE", Profile.FULL))
            zone = zone_named(given["TODO_TIMEZONE"]).key if "TODO_TIMEZONE" in given else None
        except DomainError as error:
            raise InvalidSettings([error.message]) from error
        return cls(token, given.get("TODO_USER", DEVELOPER), profile, zone)


async def serve(settings: Settings, chosen: StdioSettings, stopping: asyncio.Event) -> None:
    """Answer on standard output what standard input asks, until it ends or `stopping` is set.

    Raises:
        DomainError: the token is not accepted.
    """
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(resolved_database(settings))
        await migrate(address)
        database = Database(address, pool_size=min(settings.database_pool_size, _MOST_CONNECTIONS))
        stack.push_async_callback(database.close)
        await database.open()
        secret = development_secret(settings)
        http = await stack.enter_async_context(client_for_issuers(settings))
        who_calls = _who_calls(chosen, authenticator_for(settings, secret, database, http))
        await who_calls()
        clock = frozen_clock(settings.frozen_now) if settings.frozen_now else system_clock
        context = ToolContext(database, clock, cursor_key_of(secret), own_url(settings))
        server = build_server(context, version=VERSION, profile=chosen.profile)
        _ask_each_time(server, who_calls)
        ends = [asyncio.ensure_future(server.run_stdio_async()), asyncio.ensure_future(stopping.wait())]
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()


def _who_calls(chosen: StdioSettings, authenticator: Authenticator) -> WhoCalls:
    headers = Headers({"authorization": f"Bearer {chosen.token}"})

    async def of_token() -> Caller:
        identity = await authenticator.authenticate("POST", headers, system_clock(), Audience.API)
        actor = Actor(ActorKind.MCP_CLIENT, identity.client)
        return Caller(identity.user_id, identity.email, chosen.timezone, actor, identity.scopes)

    async def of_environment() -> Caller:
        return Caller(chosen.user, timezone=chosen.timezone, actor=Actor(ActorKind.MCP_CLIENT))

    return of_token if chosen.token else of_environment


def _ask_each_time(server: TodoMCPServer, who_calls: WhoCalls) -> None:
    """Let every request act for whom the token names now: it may expire or be revoked meanwhile."""

    async def as_caller(ctx: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        try:
            caller = await who_calls()
        except DomainError as error:
            raise MCPError(INVALID_REQUEST, sentence_of(error) or "") from error
        with acting_as(caller):
            return await call_next(ctx)

    server.middleware.append(as_caller)
