"""The routes of personal access tokens."""

from fastapi import APIRouter

from src.core.http_errors import failures
from src.core.pagination import Page
from src.core.routing import StrictRoute
from src.personal_tokens.dependencies import PersonalTokensDep, TokenId, TokenNowDep
from src.personal_tokens.schemas import PersonalTokenCreate, PersonalTokenCreated, PersonalTokenRead

# No idempotency keys here: an answer kept for a retry would be the token, kept in clear.
router = APIRouter(
    prefix="/api/{user_id}/tokens",
    tags=["tokens"],
    route_class=StrictRoute,
    responses=failures(401, 403, 422, 500, 503),
)


@router.post("", operation_id="create_personal_token", status_code=201, responses=failures(409))
async def create_personal_token(
    wanted: PersonalTokenCreate, tokens: PersonalTokensDep, now: TokenNowDep
) -> PersonalTokenCreated:
    """Make a token for a script or an MCP client; it is shown this once, and 50 are the most.

    Tokens are made by whoever signed in: a personal or OAuth access token is refused with 403
    `personal_token_not_allowed`.
    """
    return await tokens.create(wanted, now)


@router.get("", operation_id="list_personal_tokens")
async def list_personal_tokens(tokens: PersonalTokensDep) -> Page[PersonalTokenRead]:
    """The caller's tokens, the newest first, those that expired too; all of them are one page."""
    return await tokens.search()


@router.delete("/{token_id}", operation_id="revoke_personal_token", status_code=204, responses=failures(404))
async def revoke_personal_token(token_id: TokenId, tokens: PersonalTokensDep) -> None:
    """Revoke a token, which is dead from the next request on."""
    await tokens.delete(token_id)
