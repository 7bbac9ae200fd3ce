"""The statements of ChatKit's Store over conversations: every one starts from the rows of one user."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from src.chat import models
from src.chat.items import HIDDEN_CONTEXT, USER_MESSAGE, NewItem
from src.core.database import Executor, Query, Row
from src.core.tables import metadata

_thread = metadata.tables[str(models.Conversation.__tablename__)]
_item = metadata.tables[str(models.ConversationItem.__tablename__)]
_feedback = metadata.tables[str(models.ItemFeedback.__tablename__)]

_zoned = DateTime(timezone=True)
_owner = bindparam("owner", type_=Text)
_id = bindparam("thread_id", type_=BigInteger)
_item_id = bindparam("item_id", type_=Text)
_now = bindparam("now", type_=_zoned)
_page_size = bindparam("page_size", type_=Integer)
_this_thread = (_thread.c.user_id == _owner) & (_thread.c.id == _id)
_its_items = (_item.c.user_id == _owner) & (_item.c.conversation_id == _id)
_this_item = _its_items & (_item.c.id == _item_id)


class ThreadRepository:
    """One user's conversations as threads."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def get(self, thread_id: int) -> Row | None:
        return await self._executor.fetch_one(_get, owner=self._owner, thread_id=thread_id)

    async def save(self, thread_id: int, title: str | None, details: dict[str, Any], now: datetime) -> None:
        """Change a thread that is there; without a title it keeps the one it has."""
        await self._executor.fetch_one(
            _save, owner=self._owner, thread_id=thread_id, new_title=title, new_details=details, now=now
        )

    async def page(self, after: int | None, limit: int, *, is_descending: bool) -> list[Row]:
        """Threads in the order they were begun."""
        last = after if after is not None else (2**63 - 1 if is_descending else 0)
        query = _page_down if is_descending else _page_up
        return await self._executor.fetch_all(query, owner=self._owner, last_id=last, page_size=limit)

    async def items(self, thread_id: int, after: str | None, limit: int, *, is_descending: bool) -> list[Row]:
        """Items that a client may see, in the order they were stored: no page is short of what is hidden."""
        query = _ITEMS[is_descending, after is not None]
        return await self._executor.fetch_all(
            query, owner=self._owner, thread_id=thread_id, item_id=after, page_size=limit
        )

    async def item(self, thread_id: int, item_id: str) -> Row | None:
        return await self._executor.fetch_one(
            _get_item, owner=self._owner, thread_id=thread_id, item_id=item_id
        )

    async def lock_item(self, thread_id: int, item_id: str) -> Row | None:
        """The item, kept from others who would lock it until the transaction ends."""
        return await self._executor.fetch_one(
            _lock_item, owner=self._owner, thread_id=thread_id, item_id=item_id
        )

    async def is_overtaken(self, thread_id: int, item_id: str) -> bool:
        """Whether the user has said something since the item."""
        row = await self._executor.fetch_one(
            _said_since, owner=self._owner, thread_id=thread_id, item_id=item_id
        )
        return row is not None

    async def put(self, thread_id: int, item: NewItem, now: datetime) -> None:
        """Store an item as `put_item` does."""
        body = item.stored_in(thread_id)
        await self.put_item(thread_id, item.id, item.kind, body, item.created_at, now)

    async def put_item(
        self,
        thread_id: int,
        item_id: str,
        kind: str,
        item: dict[str, Any],
        created_at: datetime,
        now: datetime,
    ) -> None:
        """Store an item at the end, or in the place it has already."""
        await self._executor.fetch_one(
            _put_item,
            owner=self._owner,
            thread_id=thread_id,
            item_id=item_id,
            kind=kind,
            item=item,
            item_at=created_at,
            now=now,
        )

    async def delete_item(self, thread_id: int, item_id: str) -> None:
        await self._executor.fetch_one(_delete_item, owner=self._owner, thread_id=thread_id, item_id=item_id)

    async def delete_items_behind(self, thread_id: int, item_id: str) -> None:
        await self._executor.fetch_all(
            _delete_behind, owner=self._owner, thread_id=thread_id, item_id=item_id
        )

    async def give_feedback(self, thread_id: int, item_ids: list[str], kind: str, now: datetime) -> set[str]:
        """Keep what the user thinks of some items, and tell which of them there are."""
        rows = await self._executor.fetch_all(
            _give_feedback,
            owner=self._owner,
            thread_id=thread_id,
            item_ids=item_ids,
            feedback_kind=kind,
            now=now,
        )
        return {row["item_id"] for row in rows}


_is_shown = (_item.c.kind != HIDDEN_CONTEXT) & (_item.c.kind != "sdk_hidden_context")
_columns = (_thread.c.id, _thread.c.title, _thread.c.details, _thread.c.created_at)
_get = Query(select(*_columns).where(_this_thread))
_save = Query(
    update(_thread)
    .where(_this_thread)
    .values(
        title=func.coalesce(bindparam("new_title", type_=Text), _thread.c.title),
        details=bindparam("new_details", type_=_thread.c.details.type),
        updated_at=func.greatest(_thread.c.updated_at, _now),
    )
    .returning(_thread.c.id)
)
_last_id = bindparam("last_id", type_=BigInteger)
_mine = select(*_columns).where(_thread.c.user_id == _owner).limit(_page_size)
_page_down = Query(_mine.where(_thread.c.id < _last_id).order_by(_thread.c.id.desc()))
_page_up = Query(_mine.where(_thread.c.id > _last_id).order_by(_thread.c.id))

_of_thread = select(_item).where(_its_items, _is_shown).limit(_page_size)
_last = select(_item.c.position).where(_this_item).scalar_subquery()
_newest_first = _of_thread.order_by(_item.c.position.desc())
_oldest_first = _of_thread.order_by(_item.c.position)
_ITEMS = {
    (True, False): Query(_newest_first),
    (False, False): Query(_oldest_first),
    (True, True): Query(_newest_first.where(_item.c.position < _last)),
    (False, True): Query(_oldest_first.where(_item.c.position > _last)),
}
_get_item = Query(select(_item).where(_this_item))
_lock_item = Query(select(_item).where(_this_item).with_for_update())
_said_since = Query(
    select(_item.c.id).where(_its_items, _item.c.kind == USER_MESSAGE, _item.c.position > _last).limit(1)
)
_touched = (
    update(_thread)
    .where(_this_thread)
    .values(updated_at=func.greatest(_thread.c.updated_at, _now))
    .returning(_thread.c.id)
    .cte("touched")
)
_inserted = insert(_item).from_select(
    ["user_id", "conversation_id", "id", "kind", "item", "created_at"],
    select(
        _owner,
        _touched.c.id,
        _item_id,
        bindparam("kind", type_=Text),
        bindparam("item", type_=_item.c.item.type),
        bindparam("item_at", type_=_zoned),
    ),
)
_put_item = Query(
    _inserted.on_conflict_do_update(
        index_elements=[_item.c.user_id, _item.c.conversation_id, _item.c.id],
        set_={"kind": _inserted.excluded.kind, "item": _inserted.excluded.item},
    ).returning(_item.c.id)
)
_delete_item = Query(delete(_item).where(_this_item).returning(_item.c.id))
_delete_behind = Query(delete(_item).where(_its_items, _item.c.position > _last).returning(_item.c.id))
_told = insert(_feedback).from_select(
    ["user_id", "conversation_id", "item_id", "kind", "given_at"],
    select(_owner, _item.c.conversation_id, _item.c.id, bindparam("feedback_kind", type_=Text), _now).where(
        _its_items, _item.c.id == func.any(bindparam("item_ids", type_=ARRAY(Text)))
    ),
)
_give_feedback = Query(
    _told.on_conflict_do_update(
        index_elements=[_feedback.c.user_id, _feedback.c.conversation_id, _feedback.c.item_id],
        set_={"kind": _told.excluded.kind, "given_at": _told.excluded.given_at},
    ).returning(_feedback.c.item_id)
)
