"""One turn at a time in each conversation: first come, first served here, by a lease across instances."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID
from weakref import WeakValueDictionary

from src.chat.errors import ConversationBusy, ConversationClosed, ConversationNotFound
from src.chat.items import CLOSED
from src.chat.repository import ConversationRepository
from src.chat.turn import TurnInterrupted
from src.chat.turn_repository import Beginning, Opening, TurnRepository
from src.core.database import Database, Row
from src.core.errors import DatabaseUnavailable

log = logging.getLogger(__name__)

TURN_SECONDS = 120
# Longer than any turn, so that only the lease of a process that died runs out.
LEASE_SECONDS = TURN_SECONDS + 30
WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.1
_RELEASE_TRIES = 5


class Leases:
    """Who may speak in which conversation."""

    def __init__(self, database: Database, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._database = database
        self._wait_seconds = wait_seconds
        self._locks: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
        self._held: dict[UUID, asyncio.Lock] = {}
        self._is_closed = False

    def close(self) -> None:
        """Let nobody in any more: the service ends."""
        self._is_closed = True

    async def take_new(self, user_id: str, title: str | None, turn: Beginning) -> tuple[int, Opening]:
        """Create a conversation for the turn, as `TurnRepository.begin_new` does."""
        self._refuse_at_the_end()
        repository = TurnRepository(self._database, user_id)
        try:
            begun = await repository.begin_new(title, turn, LEASE_SECONDS)
        except (asyncio.CancelledError, DatabaseUnavailable):
            # Cut off in the middle it may have been done all the same.
            await self._abandon_new(repository, turn.id)
            raise
        lock = self._lock(user_id, begun[0])
        if not lock.locked():  # Somebody who saw it at once may wait already, for the lease.
            await lock.acquire()
            self._held[turn.id] = lock
        return begun

    def is_busy(self, user_id: str, conversation_id: int) -> bool:
        """Whether a turn of this instance holds the conversation or waits for it."""
        lock = self._locks.get((user_id, conversation_id))
        return lock is not None and lock.locked()

    async def take(self, user_id: str, conversation_id: int, turn: Beginning) -> Opening:
        """Wait for the conversation and take it, as `TurnRepository.begin` does.

        No connection is held meanwhile.

        Raises:
            ConversationNotFound: the user has no such conversation.
            ConversationClosed: it takes no more messages.
            ConversationBusy: it is still answering after a minute.
            TurnInterrupted: the service ends.
        """
        lock = self._lock(user_id, conversation_id)
        repository = TurnRepository(self._database, user_id)
        begin = partial(repository.begin, conversation_id, turn, LEASE_SECONDS)
        try:
            async with asyncio.timeout(self._wait_seconds):
                await lock.acquire()
                self._held[turn.id] = lock
                return await self._take_across_instances(begin, user_id, conversation_id)
        except TimeoutError as error:
            await self._leave(repository, conversation_id, turn.id)
            raise ConversationBusy from error
        except (asyncio.CancelledError, DatabaseUnavailable):
            # Cut off in the middle the lease may have been taken all the same.
            await self._leave(repository, conversation_id, turn.id)
            raise
        except BaseException:
            self.free(turn.id)
            raise

    async def _take_across_instances(
        self, begin: Callable[[], Awaitable[Opening | None]], user_id: str, conversation_id: int
    ) -> Opening:
        while True:
            self._refuse_at_the_end()
            if (opening := await begin()) is not None:
                return opening
            await self._refuse_where_hopeless(user_id, conversation_id)
            await asyncio.sleep(_POLL_SECONDS)

    def _refuse_at_the_end(self) -> None:
        if self._is_closed:
            raise TurnInterrupted("The service is about to end; say it again in a moment.", retry_after=1)

    def _lock(self, user_id: str, conversation_id: int) -> asyncio.Lock:
        return self._locks.setdefault((user_id, conversation_id), asyncio.Lock())

    async def _refuse_where_hopeless(self, user_id: str, conversation_id: int) -> None:
        conversation = await ConversationRepository(self._database, user_id).get(conversation_id)
        if conversation is None:
            raise ConversationNotFound(conversation_id)
        refuse_if_closed(conversation)

    async def _leave(self, repository: TurnRepository, conversation_id: int, turn_id: UUID) -> None:
        if turn_id not in self._held:
            return
        try:
            await repository.release(conversation_id, turn_id)
        except DatabaseUnavailable:
            log.warning("conversation %s may stay leased until that runs out", conversation_id)
        finally:
            self.free(turn_id)

    async def _abandon_new(self, repository: TurnRepository, turn_id: UUID) -> None:
        try:
            await repository.abandon_new(turn_id)
        except DatabaseUnavailable:
            log.warning("a new conversation may stay leased until that runs out")

    async def give_back(self, user_id: str, conversation_id: int, turn_id: UUID) -> None:
        try:
            await self._release(TurnRepository(self._database, user_id), conversation_id, turn_id)
        finally:
            self.free(turn_id)

    def free(self, turn_id: UUID) -> None:
        """Let in who waits here; the lease is given back already."""
        lock = self._held.pop(turn_id, None)
        if lock is not None:
            lock.release()

    async def _release(self, repository: TurnRepository, conversation_id: int, turn_id: UUID) -> None:
        for attempt in range(_RELEASE_TRIES):
            try:
                await repository.release(conversation_id, turn_id)
            except DatabaseUnavailable:
                await asyncio.sleep(2**attempt / 10)
            else:
                return
        log.warning("the lease of conversation %s could not be given back; it will run out", conversation_id)


def refuse_if_closed(conversation: Row) -> None:
    """A conversation may be locked or closed for new messages; ChatKit keeps that with the thread.

    Raises:
        ConversationClosed: it is.
    """
    status = conversation["details"].get("status") or {}
    if status.get("type") in CLOSED:
        raise ConversationClosed(status["type"], status.get("reason"))
