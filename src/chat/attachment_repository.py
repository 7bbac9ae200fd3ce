"""The statements over attachments: every one starts from the rows of one user."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, LargeBinary, Text, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from src.chat import models
from src.core.database import Executor, Query, Row
from src.core.tables import metadata

_attachment = metadata.tables[str(models.Attachment.__tablename__)]
_content = metadata.tables[str(models.AttachmentContent.__tablename__)]

_owner = bindparam("owner", type_=Text)
_id = bindparam("attachment_id", type_=Text)
_this_one = (_attachment.c.user_id == _owner) & (_attachment.c.id == _id)


class AttachmentRepository:
    """One user's attachments."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def create(self, attachment_id: str, name: str, mime_type: str, size: int, now: datetime) -> None:
        await self._one(_create, attachment_id, name=name, mime_type=mime_type, size=size, now=now)

    async def get_all(self, attachment_ids: list[str]) -> list[Row]:
        """Those of them that the user has, in no order."""
        return await self._executor.fetch_all(_get_all, owner=self._owner, wanted=attachment_ids)

    async def get(self, attachment_id: str) -> Row | None:
        return await self._one(_get, attachment_id)

    async def upload(self, attachment_id: str, mime_type: str, content: bytes, now: datetime) -> bool:
        """Store the bytes; False where a message carries the attachment already, or where it is gone."""
        row = await self._one(
            _upload, attachment_id, new_type=mime_type, new_size=len(content), new_content=content, now=now
        )
        return row is not None

    async def attach(self, attachment_id: str, conversation_id: int) -> None:
        await self._one(_attach, attachment_id, its_conversation=conversation_id)

    async def content(self, attachment_id: str) -> bytes | None:
        row = await self._one(_content_of, attachment_id)
        return None if row is None else bytes(row["content"])

    async def delete(self, attachment_id: str) -> bool:
        return await self._one(_delete, attachment_id) is not None

    async def unused_bytes(self) -> int:
        """How much is kept, or announced, that no message carries."""
        row = await self._executor.fetch_one(_unused_bytes, owner=self._owner)
        return int(row["total"]) if row else 0

    async def delete_unused(self, before: datetime) -> None:
        """Delete what was announced before an instant and never became part of a message."""
        await self._executor.fetch_all(_delete_unused, owner=self._owner, before=before)

    async def _one(self, query: Query, attachment_id: str, **values: Any) -> Row | None:
        return await self._executor.fetch_one(query, owner=self._owner, attachment_id=attachment_id, **values)


_now = bindparam("now", type_=DateTime(timezone=True))
_is_unused = (_attachment.c.user_id == _owner) & _attachment.c.conversation_id.is_(None)

_create = Query(
    insert(_attachment)
    .values(
        user_id=_owner,
        id=_id,
        name=bindparam("name", type_=Text),
        mime_type=bindparam("mime_type", type_=Text),
        size=bindparam("size", type_=BigInteger),
        created_at=_now,
    )
    .on_conflict_do_nothing()
    .returning(_attachment.c.id)
)
_get = Query(select(_attachment).where(_this_one))
_get_all = Query(
    select(_attachment).where(
        _attachment.c.user_id == _owner,
        _attachment.c.id == func.any(bindparam("wanted", type_=ARRAY(Text))),
    )
)
_uploaded = (
    update(_attachment)
    .where(_this_one, _attachment.c.conversation_id.is_(None))
    .values(
        mime_type=bindparam("new_type", type_=Text),
        size=bindparam("new_size", type_=BigInteger),
        uploaded_at=_now,
    )
    .returning(_attachment.c.id)
    .cte("uploaded")
)
_inserted = insert(_content).from_select(
    ["user_id", "attachment_id", "content"],
    select(_owner, _uploaded.c.id, bindparam("new_content", type_=LargeBinary)),
)
_upload = Query(
    _inserted.on_conflict_do_update(
        index_elements=[_content.c.user_id, _content.c.attachment_id],
        set_={"content": _inserted.excluded.content},
    ).returning(_content.c.attachment_id)
)
_attach = Query(
    update(_attachment)
    .where(_this_one)
    .values(conversation_id=bindparam("its_conversation", type_=BigInteger))
    .returning(_attachment.c.id)
)
_content_of = Query(
    select(_content.c.content).where(_content.c.user_id == _owner, _content.c.attachment_id == _id)
)
_delete = Query(delete(_attachment).where(_this_one).returning(_attachment.c.id))
_unused_bytes = Query(select(func.coalesce(func.sum(_attachment.c.size), 0).label("total")).where(_is_unused))
_delete_unused = Query(
    delete(_attachment)
    .where(_is_unused, _attachment.c.created_at < bindparam("before", type_=DateTime(timezone=True)))
    .returning(_attachment.c.id)
)
