"""The caller of a request, as a dependency."""

from typing import Annotated, cast

from fastapi import Depends, Header, Path, Request

from src.auth.authenticator import SAFE_METHODS, Authenticator
from src.auth.context import Caller
from src.auth.identity import Identity
from src.core.clock import Clock
from src.core.errors import Forbidden, named_by
from src.core.rate_limit import RequestLimit
from src.core.zones import zone_named

ZONE_HEADER = "X-Timezone"


async def get_identity(request: Request) -> Identity:
    """Whoever signed in, by whichever credential; found out once for each request."""
    identity = request.scope.get("identity")
    if identity is None:
        state = request.app.state
        authenticator = cast(Authenticator, state.authenticator)
        token_clock = cast(Clock, state.token_clock)
        identity = await authenticator.authenticate(request.method, request.headers, token_clock())
        cast(RequestLimit, state.user_requests).take(identity.user_id)
        request.scope["identity"] = identity
    return cast(Identity, identity)


IdentityDep = Annotated[Identity, Depends(get_identity)]


async def get_reader(
    request: Request,
    x_timezone: Annotated[
        str | None,
        Header(
            description="IANA zone for this request's dates; the stored setting counts where it is missing."
        ),
    ] = None,
) -> Caller:
    """Whoever signed in; of what is not read by `GET`, the route itself asks whether they may do it."""
    identity = await get_identity(request)
    return Caller(identity.user_id, identity.email, asked_zone(x_timezone), scopes=identity.scopes)


def asked_zone(name: str | None) -> str | None:
    """The zone that a request asks for, under its own name; refused before anything is done."""
    if not name:
        return None
    with named_by(ZONE_HEADER):
        return zone_named(name).key


ReaderDep = Annotated[Caller, Depends(get_reader)]


async def get_authenticated(request: Request, reader: ReaderDep) -> Caller:
    """Whoever signed in, before any path is looked at; a credential that only reads changes nothing."""
    if request.method not in SAFE_METHODS:
        reader.require_write()
    return reader


AuthenticatedDep = Annotated[Caller, Depends(get_authenticated)]


async def get_caller(
    user_id: Annotated[str, Path(description="Your own user id, or `me`.", examples=["me"])],
    authenticated: AuthenticatedDep,
) -> Caller:
    """The caller, whose own id the path must name."""
    if user_id not in ("me", authenticated.user_id):
        raise Forbidden("You can only reach what is yours: use your own user id, or 'me'.")
    return authenticated


CallerDep = Annotated[Caller, Depends(get_caller)]
