"""MCP over Streamable HTTP: who is calling and what they may do is settled before the SDK sees a request."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Connection

from mcp_server.hosts import AllowedHosts, UnknownHost
from mcp_server.profiles import HARMLESS_TOOLS, Profile, UnknownProfile, profile_named
from mcp_server.resource import challenge_of
from src.auth.authenticator import Authenticator
from src.auth.context import Actor, ActorKind, Caller, acting_as
from src.auth.dependencies import ZONE_HEADER, asked_zone
from src.auth.identity import Audience
from src.core.clock import Clock
from src.core.config import Settings
from src.core.errors import DomainError, InvalidInput
from src.core.http_errors import problem_of, problem_response
from src.core.quota import tell_refusal
from src.core.rate_limit import RequestLimit
from src.core.schemas import nearest
from src.core.zones import UnknownTimezone

Transports: TypeAlias = Callable[[Profile], Awaitable[ASGIApp]]


class UnknownParameter(InvalidInput):
    """A query parameter that this door does not know."""

    code = "unknown_parameter"


_STATUS: dict[type[DomainError], int] = {
    UnknownHost: 421,
    UnknownProfile: 400,
    UnknownParameter: 400,
    UnknownTimezone: 400,
}


class MCPDoor:
    """An ASGI endpoint that lets known callers through to the SDK's transport, each as who they are."""

    def __init__(self, settings: Settings, allowed: AllowedHosts) -> None:
        self._settings = settings
        self._allowed = allowed

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        # Some servers pass on the blanks behind a header's value; the SDK compares values as they are.
        scope["headers"] = [(name, value.strip()) for name, value in scope["headers"]]
        try:
            profile = self._admitted(scope)
            caller = await _caller_of(scope)
            body, replayed = await _read(receive)
            _require_scope(caller, body)
            transport = await cast(Transports, scope["app"].state.mcp_transport)(profile)
        except DomainError as error:
            await self._refuse(error, scope, receive, send)
        except ClientDisconnect:
            return  # Nobody is there to be told.
        else:
            with acting_as(caller):
                await transport(scope, replayed, send)

    def _admitted(self, scope: Connection) -> Profile:
        headers = Headers(scope=scope)
        self._allowed.require(headers.get("host", ""), headers.get("origin"))
        return _profile_of(scope["query_string"].decode("latin-1"))

    async def _refuse(self, error: DomainError, scope: Connection, receive: Receive, send: Send) -> None:
        tell_refusal(scope, error)
        challenge = challenge_of(error, self._settings)
        headers = {"WWW-Authenticate": challenge} if challenge else None
        body = problem_of(error, request_id=scope.get("request_id", ""), status=_STATUS.get(type(error)))
        await problem_response(body, headers)(scope, receive, send)


def _profile_of(query: str) -> Profile:
    chosen = Profile.FULL
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name != "profile":
            raise UnknownParameter(name[:64], f"Unknown parameter: {nearest(name, ['profile'])}")
        chosen = profile_named(value)
    return chosen


async def _caller_of(scope: Connection) -> Caller:
    state, headers = scope["app"].state, Headers(scope=scope)
    now = cast(Clock, state.token_clock)()
    authenticator = cast(Authenticator, state.authenticator)
    identity = await authenticator.authenticate(scope["method"], headers, now, Audience.MCP)
    scope["identity"] = identity
    cast(RequestLimit, state.user_requests).take(identity.user_id)
    actor = Actor(ActorKind.MCP_CLIENT, identity.client)
    zone = asked_zone(headers.get(ZONE_HEADER))
    return Caller(identity.user_id, identity.email, zone, actor, identity.scopes)


def _require_scope(caller: Caller, body: bytes) -> None:
    """Refuse a changing call of a credential that only reads, as HTTP does, so that clients can step up.

    The tools refuse it, too: this only finds a message that every reader of JSON reads alike.
    """
    if _called_tool(body) not in HARMLESS_TOOLS | {None}:
        caller.require_write()


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The whole body, and a receiver that gives it once more; the application's layers bound it.

    Raises:
        ClientDisconnect: the client left before it had said all.
    """
    body, is_whole = bytearray(), False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        is_whole = not message.get("more_body", False)
    pending: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return bytes(body), replayed


def _called_tool(body: bytes) -> str | None:
    """The name of the tool that a message calls; None where it calls none."""
    try:
        message: Any = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("method") != "tools/call":
        return None
    parameters = message.get("params")
    return str(parameters.get("name")) if isinstance(parameters, dict) else None
