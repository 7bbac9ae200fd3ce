"""A user's personal access tokens: made, listed, revoked."""

from datetime import datetime, timedelta

from src.auth.identity import CredentialKind, Identity, Scope
from src.core.database import Executor
from src.core.errors import InvalidInput
from src.core.pagination import Page
from src.personal_tokens.errors import PersonalTokenNotAllowed, PersonalTokenNotFound, TooManyPersonalTokens
from src.personal_tokens.repository import PersonalTokenRepository
from src.personal_tokens.schemas import (
    DEFAULT_DAYS,
    MAX_DAYS,
    PersonalTokenCreate,
    PersonalTokenCreated,
    PersonalTokenRead,
)
from src.personal_tokens.secret import hash_of, hint_of, new_token

MAX_TOKENS = 50
_DELEGATED = frozenset({CredentialKind.PERSONAL_ACCESS_TOKEN, CredentialKind.OAUTH_ACCESS_TOKEN})


class PersonalTokenService:
    """The tokens of whoever signed in."""

    def __init__(self, executor: Executor, identity: Identity) -> None:
        self._executor = executor
        self._identity = identity

    async def search(self) -> Page[PersonalTokenRead]:
        """All of them, the newest first: there are never more than a page holds."""
        rows = await self._repository(self._executor).search()
        return Page(items=[PersonalTokenRead(**row) for row in rows])

    async def create(self, wanted: PersonalTokenCreate, now: datetime) -> PersonalTokenCreated:
        """A new token, for the one who is here in person: a leaked one must not bring forth others."""
        if self._identity.kind in _DELEGATED:
            raise PersonalTokenNotAllowed
        token = new_token()
        values = {
            "name": wanted.name,
            "token_hash": hash_of(token),
            "hint": hint_of(token),
            "scopes": _with_implied(wanted.scopes),
            "created_at": now,
            "expires_at": _expiry(wanted, now),
        }
        async with self._executor.transaction() as transaction:
            repository = self._repository(transaction)
            await repository.lock()
            if await repository.count() >= MAX_TOKENS:
                raise TooManyPersonalTokens(MAX_TOKENS)
            return PersonalTokenCreated(**await repository.create(values), token=token)

    async def delete(self, token_id: int) -> None:
        if not await self._repository(self._executor).delete(token_id):
            raise PersonalTokenNotFound(token_id)

    def _repository(self, executor: Executor) -> PersonalTokenRepository:
        return PersonalTokenRepository(executor, self._identity.user_id)


def _with_implied(scopes: list[Scope]) -> list[Scope]:
    """Writing answers with what was written, so it reads too."""
    return [Scope.READ, Scope.WRITE] if Scope.WRITE in scopes else [Scope.READ]


def _expiry(wanted: PersonalTokenCreate, now: datetime) -> datetime:
    if wanted.expires_at is None:
        return now + timedelta(days=wanted.expires_in_days or DEFAULT_DAYS)
    if wanted.expires_in_days is not None:
        raise InvalidInput("expires_at", "Give 'expires_at' or 'expires_in_days', not both.")
    if not now < wanted.expires_at <= now + timedelta(days=MAX_DAYS):
        raise InvalidInput("expires_at", f"It must lie ahead, by {MAX_DAYS} days at the most.")
    return wanted.expires_at
