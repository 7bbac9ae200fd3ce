"""The routes of own accounts."""

from typing import Any

from fastapi import APIRouter

from src.accounts.dependencies import AccountDeskDep, AccountServiceDep, TokenStatusDep
from src.accounts.schemas import (
    AccountDeletion,
    AccountRead,
    PasswordChange,
    ProfileUpdate,
    Registration,
    SignedIn,
    SignedOut,
    SignIn,
    SignUp,
    TokenStatus,
)
from src.core.http_errors import failures
from src.core.routing import StrictRoute

_SIGNED_IN: dict[str, Any] = {"security": [{"bearer": []}]}
_MAYBE_SIGNED_IN: dict[str, Any] = {"security": [{"bearer": []}, {}]}

router = APIRouter(
    prefix="/api/auth", tags=["accounts"], route_class=StrictRoute, responses=failures(400, 500, 503)
)


@router.post("/register", operation_id="register", status_code=201, responses=failures(409, 429))
async def register(person: Registration, desk: AccountDeskDep) -> SignedIn:
    """Make an account with a name, and sign in."""
    return await desk.sign_up(person.email, person.password, person.name)


@router.post("/signup", operation_id="sign_up", status_code=201, responses=failures(409, 429))
async def sign_up(person: SignUp, desk: AccountDeskDep) -> SignedIn:
    """Make an account, and sign in."""
    return await desk.sign_up(person.email, person.password, None)


@router.post("/login", operation_id="sign_in", responses=failures(401, 429))
async def sign_in(person: SignIn, desk: AccountDeskDep) -> SignedIn:
    """Get a token for an email and its password; after five wrong ones comes a pause."""
    return await desk.sign_in(person.email, person.password)


@router.post("/verify", operation_id="verify_token", openapi_extra=_MAYBE_SIGNED_IN, responses=failures(401))
async def verify_token(status: TokenStatusDep) -> TokenStatus:
    """Whether a token is accepted, and for whom.

    It is the one in the body, whose answer may be `"valid": false`; without a body it is the request's own
    credential, and 401 where that is not accepted.
    """
    return status


@router.get("/profile", operation_id="get_profile", openapi_extra=_SIGNED_IN, responses=failures(401))
async def get_profile(account: AccountServiceDep) -> AccountRead:
    """The caller; whoever signed in elsewhere than here has an id, and an email if their token says one."""
    return await account.profile()


@router.put(
    "/profile",
    operation_id="update_profile",
    openapi_extra=_SIGNED_IN,
    responses=failures(401, 403, 409, 429),
)
async def update_profile(change: ProfileUpdate, account: AccountServiceDep) -> AccountRead:
    """Change the name, or the email, which needs the present password; what is not given stays."""
    return await account.update(change)


@router.delete(
    "/profile",
    operation_id="delete_account",
    openapi_extra=_SIGNED_IN,
    status_code=204,
    responses=failures(401, 403, 429),
)
async def delete_account(deletion: AccountDeletion, account: AccountServiceDep) -> None:
    """Delete the account and everything of it: tasks, history, conversations, settings and tokens."""
    await account.delete(deletion.password)


@router.post(
    "/change-password",
    operation_id="change_password",
    openapi_extra=_SIGNED_IN,
    responses=failures(401, 403, 429),
)
async def change_password(change: PasswordChange, account: AccountServiceDep) -> SignedIn:
    """Take another password; every session ends, this one too, and a new token is answered.

    Personal access tokens stay alive: if somebody else may know one, revoke it.
    """
    return await account.change_password(change)


@router.post("/logout", operation_id="sign_out", openapi_extra=_SIGNED_IN, responses=failures(401, 403))
async def sign_out(account: AccountServiceDep) -> SignedOut:
    """End the session; the token is refused from the next request on."""
    await account.sign_out()
    return SignedOut()
