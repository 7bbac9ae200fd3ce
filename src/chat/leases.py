"""One turn at a time in each conversation: first come, first served here, by a lease across instances."""

import asyncio
import logging
from uuid import UUID
from weakref import WeakValueDictionary

from src.chat.errors import ConversationBusy, ConversationNotFound
from src.chat.repository import ConversationRepository
from src.chat.turn import TurnInterrupted
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

    async def take(self, user_id: str, conversation_id: int, turn_id: UUID) -> Row:
        """Wait for the conversation and return its row; no connection is held meanwhile.

        Raises:
            ConversationNotFound: the user has no such conversation.
            ConversationBusy: it is still answering after a minute.
            TurnInterrupted: the service ends.
        """
        lock = self._locks.setdefault((user_id, conversation_id), asyncio.Lock())
        repository = ConversationRepository(self._database, user_id)
        try:
            async with asyncio.timeout(self._wait_seconds):
                await lock.acquire()
                self._held[turn_id] = lock
                return await self._take_across_instances(repository, conversation_id, turn_id)
        except TimeoutError as error:
            await self._leave(repository, conversation_id, turn_id)
            raise ConversationBusy from error
        except BaseException:
            await self._leave(repository, conversation_id, turn_id)
            raise

    async def _leave(self, repository: ConversationRepository, conversation_id: int, turn_id: UUID) -> None:
        """Let go; a statement that was cut off in the middle may have taken the lease all the same."""
        if turn_id not in self._held:
            return
        try:
            await repository.release(conversation_id, turn_id)
        except DatabaseUnavailable:
            log.warning("conversation %s may stay leased until that runs out", conversation_id)
        finally:
            self._held.pop(turn_id).release()

    async def _take_across_instances(
        self, repository: ConversationRepository, conversation_id: int, turn_id: UUID
    ) -> Row:
        while not self._is_closed:
            if (row := await repository.lease(conversation_id, turn_id, LEASE_SECONDS)) is not None:
                return row
            if await repository.get(conversation_id) is None:
                raise ConversationNotFound(conversation_id)
            await asyncio.sleep(_POLL_SECONDS)
        raise TurnInterrupted("The service is about to end; say it again in a moment.", retry_after=1)

    async def give_back(self, user_id: str, conversation_id: int, turn_id: UUID) -> None:
        try:
            await self._release(ConversationRepository(self._database, user_id), conversation_id, turn_id)
        finally:
            self._held.pop(turn_id).release()

    async def _release(self, repository: ConversationRepository, conversation_id: int, turn_id: UUID) -> None:
        for attempt in range(_RELEASE_TRIES):
            try:
                await repository.release(conversation_id, turn_id)
            except DatabaseUnavailable:
                await asyncio.sleep(2**attempt / 10)
            else:
                return
        log.warning("the lease of conversation %s could not be given back; it will run out", conversation_id)
