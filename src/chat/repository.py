"""The statements over conversations: every one starts from the rows of one user."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from src.chat import models
from src.chat.items import ASSISTANT_MESSAGE, USER_MESSAGE, NewItem
from src.core.database import Executor, Query, Row
from src.core.tables import metadata

_conversation = metadata.tables[str(models.Conversation.__tablename__)]
_item = metadata.tables[str(models.ConversationItem.__tablename__)]
_turn = metadata.tables[str(models.ChatTurn.__tablename__)]

_owner = bindparam("owner", type_=Text)
_id = bindparam("conversation_id", type_=BigInteger)
_zoned = DateTime(timezone=True)
_this_one = (_conversation.c.user_id == _owner) & (_conversation.c.id == _id)
_its_items = (_item.c.user_id == _owner) & (_item.c.conversation_id == _id)
_is_message = or_(_item.c.kind == USER_MESSAGE, _item.c.kind == ASSISTANT_MESSAGE)


class ConversationRepository:
    """One user's conversations."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def create(self, title: str | None, now: datetime) -> int:
        row = await self._executor.fetch_one(_create, owner=self._owner, title=title, now=now)
        return int(row["id"]) if row else 0

    async def get(self, conversation_id: int) -> Row | None:
        return await self._one(_get, conversation_id)

    async def search(self, after: tuple[datetime, int] | None, limit: int) -> list[Row]:
        last_at, last_id = after or (None, None)
        query = _search_behind if after else _search
        return await self._executor.fetch_all(
            query, owner=self._owner, last_at=last_at, last_id=last_id, page_size=limit
        )

    async def rename(self, conversation_id: int, title: str, now: datetime) -> Row | None:
        return await self._one(_rename, conversation_id, new_title=title, now=now)

    async def delete(self, conversation_id: int) -> Row | None:
        return await self._one(_delete, conversation_id)

    async def delete_empty(self, conversation_id: int) -> None:
        """Delete a conversation in which nothing was ever said."""
        await self._one(_delete_empty, conversation_id)

    async def lease(self, conversation_id: int, turn_id: UUID, seconds: int) -> Row | None:
        """Take the conversation for a turn; None where another one has it, or where it is gone."""
        return await self._one(_lease, conversation_id, this_turn=turn_id, lease_seconds=seconds)

    async def release(self, conversation_id: int, turn_id: UUID) -> None:
        await self._one(_release, conversation_id, this_turn=turn_id)

    async def append(self, conversation_id: int, item: NewItem, now: datetime) -> bool:
        """Store an item at the end; False where it is stored already, or the conversation is gone."""
        row = await self._one(
            _append,
            conversation_id,
            item_id=item.id,
            kind=item.kind,
            item=item.stored_in(conversation_id),
            item_at=item.created_at,
            now=now,
        )
        return row is not None

    async def latest_items(self, conversation_id: int, limit: int) -> list[Row]:
        """The last `limit` messages with the tool calls between them, oldest first."""
        return await self._executor.fetch_all(
            _latest, owner=self._owner, conversation_id=conversation_id, page_size=limit
        )

    async def items_behind(self, conversation_id: int, position: int, limit: int) -> list[Row]:
        """The next messages, with the tool calls before each, oldest first."""
        return await self._executor.fetch_all(
            _items_behind,
            owner=self._owner,
            conversation_id=conversation_id,
            last_position=position,
            page_size=limit,
        )

    async def record_turn(self, turn: dict[str, Any]) -> None:
        await self._executor.fetch_one(_record_turn, user_id=self._owner, **turn)

    async def _one(self, query: Query, conversation_id: int, **values: Any) -> Row | None:
        return await self._executor.fetch_one(
            query, owner=self._owner, conversation_id=conversation_id, **values
        )


def _with_count() -> Select[Any]:
    messages = select(func.count()).where(
        _item.c.user_id == _conversation.c.user_id, _item.c.conversation_id == _conversation.c.id, _is_message
    )
    return select(_conversation, messages.scalar_subquery().label("message_count"))


_newest_first = (_conversation.c.updated_at.desc(), _conversation.c.id.desc())
_page_size = bindparam("page_size", type_=Integer)
_now = bindparam("now", type_=_zoned)

_create = Query(
    insert(_conversation)
    .values(
        user_id=_owner, title=bindparam("title", type_=Text), details={}, created_at=_now, updated_at=_now
    )
    .returning(_conversation.c.id)
)
_get = Query(_with_count().where(_this_one))
_search_base = (
    _with_count().where(_conversation.c.user_id == _owner).order_by(*_newest_first).limit(_page_size)
)
_search = Query(_search_base)
_search_behind = Query(
    _search_base.where(
        tuple_(_conversation.c.updated_at, _conversation.c.id)
        < tuple_(bindparam("last_at", type_=_zoned), bindparam("last_id", type_=BigInteger))
    )
)
_rename = Query(
    update(_conversation)
    .where(_this_one)
    .values(title=bindparam("new_title", type_=Text), updated_at=_now)
    .returning(_conversation.c.id)
)
_counted = select(func.count()).where(_its_items, _is_message).scalar_subquery()
_delete = Query(
    delete(_conversation).where(_this_one).returning(_conversation.c.id, _counted.label("message_count"))
)
_delete_empty = Query(
    delete(_conversation).where(_this_one, ~exists().where(_its_items)).returning(_conversation.c.id)
)
_turn_id = bindparam("this_turn", type_=Uuid)
# Leases are told by the database's clock, the one clock that all instances share.
_lease = Query(
    update(_conversation)
    .where(
        _this_one,
        or_(_conversation.c.turn_id.is_(None), _conversation.c.turn_expires_at < func.clock_timestamp()),
    )
    .values(
        turn_id=_turn_id,
        turn_expires_at=func.clock_timestamp()
        + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("lease_seconds", type_=Integer)),
    )
    .returning(_conversation.c.title, _conversation.c.details)
)
_release = Query(
    update(_conversation)
    .where(_this_one, _conversation.c.turn_id == _turn_id)
    .values(turn_id=None, turn_expires_at=None)
    .returning(_conversation.c.id)
)
_touched = (
    update(_conversation)
    .where(_this_one)
    .values(updated_at=_now)
    .returning(_conversation.c.id)
    .cte("touched")
)
_append = Query(
    insert(_item)
    .from_select(
        ["user_id", "conversation_id", "id", "kind", "item", "created_at"],
        select(
            _owner,
            _touched.c.id,
            bindparam("item_id", type_=Text),
            bindparam("kind", type_=Text),
            bindparam("item", type_=_item.c.item.type),
            bindparam("item_at", type_=_zoned),
        ),
    )
    .on_conflict_do_nothing()
    .returning(_item.c.id)
)
_latest_messages = (
    select(_item.c.position)
    .where(_its_items, _is_message)
    .order_by(_item.c.position.desc())
    .limit(_page_size)
    .subquery()
)
_latest = Query(
    select(_item)
    .where(_its_items, _item.c.position >= select(func.min(_latest_messages.c.position)).scalar_subquery())
    .order_by(_item.c.position)
)
_behind = _its_items & (_item.c.position > bindparam("last_position", type_=BigInteger))
_last_message = (
    select(_item.c.position)
    .where(_behind, _is_message)
    .order_by(_item.c.position)
    .limit(_page_size)
    .subquery()
)
_items_behind = Query(
    select(_item)
    .where(_behind, _item.c.position <= select(func.max(_last_message.c.position)).scalar_subquery())
    .order_by(_item.c.position)
)
_record_turn = Query(
    insert(_turn)
    .values({column.name: bindparam(column.name, type_=column.type) for column in _turn.columns})
    .returning(_turn.c.id)
)
