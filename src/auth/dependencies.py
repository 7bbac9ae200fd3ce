"""The caller of a request, as a dependency."""

from typing import Annotated, cast

from fastapi import Depends, Header, Path, Request

from src.auth.context import Caller, Unauthenticated
from src.auth.tokens import SharedSecretVerifier
from src.core.clock import Clock
from src.core.errors import Forbidden


class MissingCredential(Unauthenticated):
    """The request carries no credential."""

    code = "missing_credential"


def bearer_token(request: Request) -> str:
    """The one bearer token of a request."""
    given = request.headers.getlist("authorization")
    if not given:
        raise MissingCredential("This needs an `Authorization: Bearer …` header.")
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header must be one `Bearer` token.")
    return token.strip()


async def get_authenticated(
    request: Request,
    x_timezone: Annotated[
        str | None,
        Header(
            description="IANA zone for this request's dates; the stored setting counts where it is missing."
        ),
    ] = None,
) -> Caller:
    """Whoever signed in, before any path is looked at."""
    verifier = cast(SharedSecretVerifier, request.app.state.token_verifier)
    token_clock = cast(Clock, request.app.state.token_clock)
    identity = verifier.verify(bearer_token(request), token_clock())
    return Caller(identity.user_id, identity.email, x_timezone or None)


async def get_caller(
    user_id: Annotated[str, Path(description="Your own user id, or `me`.", examples=["me"])],
    authenticated: Annotated[Caller, Depends(get_authenticated)],
) -> Caller:
    """The caller, whose own id the path must name."""
    if user_id not in ("me", authenticated.user_id):
        raise Forbidden("You can only reach what is yours: use your own user id, or 'me'.")
    return authenticated


CallerDep = Annotated[Caller, Depends(get_caller)]
