"""A private calendar address: whoever has it reads the tasks, and nobody who has it can change one."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from src.auth.context import Caller
from src.auth.identity import CredentialKind, Identity
from src.core.database import Executor
from src.core.errors import DomainError, ErrorKind, Forbidden
from src.transfer.export_repository import ExportRepository
from src.transfer.feed_repository import FeedRepository, owner_of_feed
from src.transfer.ics_export import feed_chunks
from src.transfer.schemas import FeedCreated, FeedRead
from src.transfer.spool import Spool

_TOKEN_BYTES = 32
_TOKEN_LENGTH = 43
_FINISHED_DAYS = 30
# What these may do ends with them; an address that they made would outlive them.
_BORROWED = frozenset((CredentialKind.PERSONAL_ACCESS_TOKEN, CredentialKind.OAUTH_ACCESS_TOKEN))


class FeedNotFound(DomainError):
    """No such address, or one that was revoked."""

    kind = ErrorKind.NOT_FOUND
    code = "feed_not_found"

    def __init__(self) -> None:
        super().__init__("There is no calendar at this address, or no longer.")


class SignInNeeded(Forbidden):
    """The credential is one that a program was lent."""

    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__("A calendar address is made by whoever signed in, not with an access token.")


class FeedService:
    """One caller's feed."""

    def __init__(self, executor: Executor, caller: Caller, now: datetime) -> None:
        self._repository = FeedRepository(executor, caller.user_id)
        self._now = now

    async def get(self) -> FeedRead:
        row = await self._repository.get()
        return FeedRead(is_active=row is not None, created_at=row["created_at"] if row else None)

    async def create(self, identity: Identity, base_url: str) -> FeedCreated:
        """A new address; an older one ends with it."""
        if identity.kind in _BORROWED:
            raise SignInNeeded
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        await self._repository.save(_hash_of(token), self._now)
        return FeedCreated(url=f"{base_url.rstrip('/')}/api/feed/{token}.ics", created_at=self._now)

    async def delete(self) -> None:
        await self._repository.delete()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it stands; without a file where the client has it already."""

    etag: str
    spool: Spool | None


async def read_feed(
    executor: Executor, token: str, now: datetime, *, known: str | None, turns: asyncio.Semaphore
) -> Feed:
    """The feed that a token opens: what is to be done, and what was finished in the last 30 days.

    `known` is the client's `If-None-Match`.

    Raises:
        FeedNotFound: the token opens none.
    """
    user_id = await owner_of_feed(executor, _hash_of(token)) if len(token) == _TOKEN_LENGTH else None
    if user_id is None:
        raise FeedNotFound
    if _is_known(known, etag := await _etag(executor, user_id, now)):
        return Feed(etag, None)
    since = datetime.combine(now.date() - timedelta(days=_FINISHED_DAYS), time.min, tzinfo=UTC)
    with Spool() as spool:
        async with turns, executor.transaction() as transaction:
            rows = ExportRepository(transaction, user_id)
            await rows.stand_still()
            etag = await _etag(transaction, user_id, now)
            async for chunk in feed_chunks(rows, since):
                await asyncio.to_thread(spool.write, chunk)
        spool.finish()
    return Feed(etag, spool)


async def _etag(executor: Executor, user_id: str, now: datetime) -> str:
    """Every change of a task is in the log, and each day some finished ones are shown no longer.

    A weak one, since the packed and the plain file differ in their octets (RFC 9110 §8.8.1).
    """
    return f'W/"{await FeedRepository(executor, user_id).latest_change()}-{now:%Y%m%d}"'


def _is_known(known: str | None, etag: str) -> bool:
    """RFC 9110 §13.1.2, by weak comparison."""
    tags = {tag.strip().removeprefix("W/") for tag in (known or "").split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def _hash_of(token: str) -> bytes:
    """What is stored of a token: 256 bits of chance need neither salt nor work factor."""
    return hashlib.sha256(token.encode()).digest()
