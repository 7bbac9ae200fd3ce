"""What the routes of settings ask for."""

from typing import Annotated, cast

from fastapi import Depends, Request

from src.preferences.usage import UsageReader


async def get_usage_reader(request: Request) -> UsageReader | None:
    """Whoever counts tokens; nobody where there is no budget."""
    return cast(UsageReader | None, request.app.state.token_budget)


UsageReaderDep = Annotated[UsageReader | None, Depends(get_usage_reader)]
