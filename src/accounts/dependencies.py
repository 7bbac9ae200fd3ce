"""Whom a request about accounts is from, and from where."""

from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import Headers

from src.accounts.schemas import TokenStatus, TokenToVerify
from src.accounts.service import AccountDesk, Accounts, AccountService, Visit
from src.auth.authenticator import Authenticator
from src.auth.context import Unauthenticated
from src.auth.dependencies import AuthenticatedDep, IdentityDep, get_identity
from src.auth.identity import Identity
from src.core.clock import Clock


async def get_visit(request: Request) -> Visit:
    """Accounts live by the clock of tokens: a frozen one is for reading dates."""
    clock = cast(Clock, request.app.state.token_clock)
    return Visit(request.client.host if request.client else "", clock())


VisitDep = Annotated[Visit, Depends(get_visit)]


async def get_account_desk(request: Request, visit: VisitDep) -> AccountDesk:
    return AccountDesk(cast(Accounts, request.app.state.accounts), visit)


async def get_account_service(
    request: Request, visit: VisitDep, identity: IdentityDep, authenticated: AuthenticatedDep
) -> AccountService:
    del authenticated  # A credential that only reads changes nothing.
    return AccountService(cast(Accounts, request.app.state.accounts), identity, visit)


async def get_token_status(
    request: Request, visit: VisitDep, given: TokenToVerify | None = None
) -> TokenStatus:
    """Of the token in the body; else of the request's own credential, which must be accepted."""
    if given is None:
        return _status(await get_identity(request))
    authenticator = cast(Authenticator, request.app.state.authenticator)
    header = f"Bearer {given.token}".encode()
    try:
        # As it would be if it had been sent as a header, whichever bytes it has.
        headers = Headers(raw=[(b"authorization", header)])
        return _status(await authenticator.authenticate("GET", headers, visit.now))
    except Unauthenticated:
        return TokenStatus(valid=False)


def _status(identity: Identity) -> TokenStatus:
    return TokenStatus.model_validate(
        {
            "valid": True,
            "user_id": identity.user_id,
            "email": identity.email,
            "expires_at": identity.expires_at,
        }
    )


AccountDeskDep = Annotated[AccountDesk, Depends(get_account_desk)]
AccountServiceDep = Annotated[AccountService, Depends(get_account_service)]
TokenStatusDep = Annotated[TokenStatus, Depends(get_token_status)]
