"""Personal access tokens as clients read and write them."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from src.auth.identity import Scope
from src.core.schemas import Instant, RequestModel

DEFAULT_DAYS = 90
MAX_DAYS = 3650


class PersonalTokenCreate(RequestModel):
    """A token to make; give at most one of the two ways to say when it ends."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(
        examples=["Backup script"], description="What you will know it by."
    )
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)] = Field(
        default=[Scope.READ],
        examples=[["read", "write"]],
        description="`read` reads; `write` reads and changes.",
    )
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_DAYS, strict=True)] | None = Field(
        default=None, examples=[30], description=f"Where nothing is said, it ends after {DEFAULT_DAYS} days."
    )
    expires_at: AwareDatetime | None = Field(
        default=None, description=f"An instant, at most {MAX_DAYS} days ahead."
    )


class PersonalTokenRead(BaseModel):
    """A token as its owner finds it again: never the token itself."""

    id: int
    name: str
    scopes: list[Scope]
    hint: Annotated[str, Field(description="Its prefix and last four characters.")]
    created_at: Instant
    expires_at: Instant
    last_used_at: Annotated[Instant | None, Field(description="Kept to the minute.")]


class PersonalTokenCreated(PersonalTokenRead):
    """A new token, shown this once."""

    token: Annotated[str, Field(description="Keep it now: only its hash is stored.")]
