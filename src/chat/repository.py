"""The statements over conversations: every one starts from the rows of one user."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    Select,
    Text,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from src.chat import models
from src.chat.items import ASSISTANT_MESSAGE, USER_MESSAGE
from src.core.database import Executor, Query, Row
from src.core.tables import metadata

_conversation = metadata.tables[str(models.Conversation.__tablename__)]
_item = metadata.tables[str(models.ConversationItem.__tablename__)]

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

    async def items_behind(self, conversation_id: int, position: int, limit: int) -> list[Row]:
        """The next messages, with the tool calls before each, oldest first."""
        return await self._executor.fetch_all(
            _items_behind,
            owner=self._owner,
            conversation_id=conversation_id,
            last_position=position,
            page_size=limit,
        )

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
