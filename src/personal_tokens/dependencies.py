"""The personal access tokens of a request's caller."""

from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Path, Request

from src.auth.dependencies import CallerDep, IdentityDep
from src.core.clock import Clock
from src.core.dependencies import DatabaseDep
from src.personal_tokens.service import PersonalTokenService


async def get_token_now(request: Request) -> datetime:
    """The present instant by which tokens live: the real one, where that of dates is frozen."""
    return cast(Clock, request.app.state.token_clock)()


async def get_personal_tokens(
    caller: CallerDep, identity: IdentityDep, database: DatabaseDep
) -> PersonalTokenService:
    del caller  # The path names them, and they may write.
    return PersonalTokenService(database, identity)


TokenNowDep = Annotated[datetime, Depends(get_token_now)]
PersonalTokensDep = Annotated[PersonalTokenService, Depends(get_personal_tokens)]
TokenId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The token's id.", examples=[3])]
