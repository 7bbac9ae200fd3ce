"""Turns as the database keeps them, in the conversations of one user."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from src.chat import turn_statements as statements
from src.chat.items import NewItem
from src.chat.limits import Admission
from src.core.database import Executor, Query, Row
from src.core.outages import rerun
from src.core.shared_limit_statements import NOTHING_TAKEN

_GIVEN_OUT_LATER = 0
"""The id of a conversation that its statement creates, and puts in the item in place of this."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a turn finds when it begins: its user's settings, and what was said and done before."""

    settings: Row | None
    items: list[Row]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is stored when a turn begins."""

    id: UUID
    at: datetime
    admission: Admission
    message: NewItem | None = None
    """None where others store it."""
    history_limit: int = 1
    """How many messages are read, this one among them."""

    def count(self) -> dict[str, Any]:
        """The parameters by which the message is counted, if it is not counted yet."""
        take = self.admission.take
        return NOTHING_TAKEN if take is None else take.parameters()


class TurnRepository:
    """The turns in one user's conversations."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def begin_new(self, title: str | None, turn: Beginning, lease_seconds: int) -> tuple[int, Opening]:
        """Create a conversation that a turn holds, count its message and store it.

        Raises:
            RateLimitExceeded: the user has sent too many messages lately.
        """
        row = await self._executor.fetch_one(
            statements.BEGIN_NEW,
            owner=self._owner,
            title=title,
            now=turn.at,
            this_turn=turn.id,
            lease_seconds=lease_seconds,
            **turn.count(),
            **_values_of(turn.message),
        )
        assert row is not None  # noqa: S101 - there is one, whatever is in it.
        turn.admission.count(row)
        return row["id"], _opening(row, turn.message)

    async def begin(self, conversation_id: int, turn: Beginning, lease_seconds: int) -> Opening | None:
        """Take the conversation for a turn, count its message, store it, and read those before it.

        None where another turn has the conversation, where it is closed, or where it is gone.

        Raises:
            RateLimitExceeded: the user has sent too many messages lately.
        """
        row = await self._one(
            statements.BEGIN,
            conversation_id,
            this_turn=turn.id,
            lease_seconds=lease_seconds,
            page_size=turn.history_limit - 1,
            **turn.count(),
            **_values_of(turn.message, conversation_id),
        )
        assert row is not None  # noqa: S101 - as above.
        turn.admission.count(row)
        return None if row["id"] is None else _opening(row, turn.message)

    async def opening(self, conversation_id: int, history_limit: int) -> Opening:
        """What a turn finds whose message is stored already."""
        row = await self._one(statements.READ, conversation_id, page_size=history_limit)
        assert row is not None  # noqa: S101 - it is made of subqueries, which are NULL at the least.
        return Opening(row["settings"], row["items"])

    async def append(self, conversation_id: int, item: NewItem, now: datetime) -> None:
        """Store an item at the end; not again where it is stored already."""
        values = _values_of(item, conversation_id)
        await _surely(partial(self._one, statements.APPEND, conversation_id, now=now, **values))

    async def finish(self, record: dict[str, Any], answer: NewItem | None) -> None:
        """Store the answer and what the turn took, and let the next turn in."""
        values = record | _values_of(answer, record["conversation_id"])
        await _surely(partial(self._executor.fetch_one, statements.FINISH, owner=self._owner, **values))

    async def release(self, conversation_id: int, turn_id: UUID) -> None:
        """Let the next turn in, unless this one's lease ran out and that is in already."""
        await self._one(statements.RELEASE, conversation_id, this_turn=turn_id)

    async def abandon_new(self, turn_id: UUID) -> None:
        """Leave the conversation that a turn began, if it did; without any message it is deleted."""
        row = await self._executor.fetch_one(statements.FIND, owner=self._owner, this_turn=turn_id)
        if row is not None:
            await self.delete_empty(row["id"], turn_id)
            await self.release(row["id"], turn_id)

    async def delete_empty(self, conversation_id: int, turn_id: UUID) -> None:
        """Delete a conversation that a turn holds and in which nothing was ever said."""
        await self._one(statements.DELETE_EMPTY, conversation_id, this_turn=turn_id)

    async def _one(self, query: Query, conversation_id: int, **values: Any) -> Row | None:
        return await self._executor.fetch_one(
            query, owner=self._owner, conversation_id=conversation_id, **values
        )


async def _surely(work: Callable[[], Awaitable[Row | None]]) -> None:
    """Run what does no harm when it is done twice, again where the connection was lost meanwhile."""
    await rerun(work, is_harmless=True, reason=lambda error: error.__cause__ or error)


def _values_of(item: NewItem | None, conversation_id: int = _GIVEN_OUT_LATER) -> dict[str, Any]:
    if item is None:
        return _NO_ITEM
    body = item.stored_in(conversation_id)
    return {"item_id": item.id, "kind": item.kind, "item": body, "item_at": item.created_at}


_NO_ITEM: dict[str, Any] = {"item_id": None, "kind": None, "item": None, "item_at": None}


def _opening(row: Row, message: NewItem | None) -> Opening:
    """A statement does not see what it stores itself."""
    items = row["items"]
    if message is not None:
        items.append({"kind": message.kind, "item": message.stored_in(row["id"])})
    return Opening(row["settings"], items)
