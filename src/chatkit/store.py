"""ChatKit's Store over the conversations of one user at a time."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from chatkit.types import Attachment, ImageAttachment, Page, ThreadItem, ThreadMetadata, WidgetItem
from pydantic import BaseModel, TypeAdapter

from chatkit.store import Store, StoreItemType
from src.chat.attachment_repository import AttachmentRepository
from src.chat.errors import AttachmentNotFound
from src.chat.repository import ConversationRepository
from src.chatkit.attachments import attachment_of
from src.chatkit.context import ChatKitContext
from src.chatkit.errors import ItemNotFound, ThreadNotFound
from src.chatkit.repository import ThreadRepository
from src.chatkit.schemas import conversation_id_of
from src.core.database import Database, Row

LARGEST_PAGE = 100
_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
_THREAD: TypeAdapter[ThreadMetadata] = TypeAdapter(ThreadMetadata)
_PREFIXES: dict[StoreItemType, str] = {
    "message": "msg",
    "tool_call": "call",
    "task": "task",
    "workflow": "flow",
    "sdk_hidden_context": "note",
}
RecordT = TypeVar("RecordT", bound=BaseModel)


class ConversationStore(Store[ChatKitContext]):
    """Threads are conversations: every statement is scoped by the user of the request."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def generate_thread_id(self, context: ChatKitContext) -> str:
        """The conversation was begun when the turn was opened."""
        return str(context.held_turn.conversation_id)

    def generate_item_id(
        self,
        item_type: StoreItemType,
        thread: ThreadMetadata,  # noqa: ARG002 - the base class hands it over.
        context: ChatKitContext,  # noqa: ARG002 - as above.
    ) -> str:
        return f"{_PREFIXES.get(item_type, item_type)}_{uuid4().hex}"

    async def load_thread(self, thread_id: str, context: ChatKitContext) -> ThreadMetadata:
        row = await self._threads(context).get(conversation_id_of(thread_id))
        if row is None:
            raise ThreadNotFound(thread_id)
        return _thread(row)

    async def save_thread(self, thread: ThreadMetadata, context: ChatKitContext) -> None:
        """Change a thread; one that was deleted meanwhile does not come back."""
        details = thread.model_dump(mode="json", include={"status", "allowed_image_domains", "metadata"})
        await self._threads(context).save(conversation_id_of(thread.id), thread.title, details, context.now)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: ChatKitContext
    ) -> Page[ThreadMetadata]:
        limit = _clamped(limit)
        last = None if after is None else conversation_id_of(after)
        rows = await self._threads(context).page(last, limit + 1, is_descending=order == "desc")
        return _page([_thread(row) for row in rows[:limit]], has_more=len(rows) > limit)

    async def delete_thread(self, thread_id: str, context: ChatKitContext) -> None:
        conversations = ConversationRepository(self._database, context.caller.user_id)
        if await conversations.delete(conversation_id_of(thread_id)) is None:
            raise ThreadNotFound(thread_id)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: ChatKitContext
    ) -> Page[ThreadItem]:
        threads, number, limit = self._threads(context), conversation_id_of(thread_id), _clamped(limit)
        rows = await threads.items(number, after, limit + 1, is_descending=order == "desc")
        if not rows:
            await self._must_be_there(threads, thread_id, after)
        items = [_read(row["item"], context) for row in rows[:limit]]
        return _page(items, has_more=len(rows) > limit)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: ChatKitContext) -> None:
        """Store an item at the end; the same item again stays where it is."""
        if context.turn is not None and context.turn.answer is not None and item.id == context.turn.answer.id:
            return  # The turn stored its answer as it ended, for readers who stay and for those who left.
        item.created_at = _aware(item.created_at, context)
        body = _without_links(item.model_dump(mode="json", by_alias=True))
        await self._threads(context).put_item(
            conversation_id_of(thread_id), item.id, item.type, body, item.created_at, context.now
        )

    async def save_item(self, thread_id: str, item: ThreadItem, context: ChatKitContext) -> None:
        if isinstance(item, WidgetItem):
            return  # Stored with what its button did; here it could overwrite what the next press left.
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: ChatKitContext) -> ThreadItem:
        row = await self._threads(context).item(conversation_id_of(thread_id), item_id)
        if row is None:
            raise ItemNotFound(item_id)
        return _read(row["item"], context)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: ChatKitContext) -> None:
        await self._threads(context).delete_item(conversation_id_of(thread_id), item_id)

    async def save_attachment(self, attachment: Attachment, context: ChatKitContext) -> None:
        """Part of a thread from now on; it was announced when it was created."""
        if attachment.thread_id is not None:
            repository = AttachmentRepository(self._database, context.caller.user_id)
            await repository.attach(attachment.id, conversation_id_of(attachment.thread_id))

    async def load_attachment(self, attachment_id: str, context: ChatKitContext) -> Attachment:
        row = await AttachmentRepository(self._database, context.caller.user_id).get(attachment_id)
        if row is None:
            raise AttachmentNotFound(attachment_id)
        return attachment_of(row, context.links)

    async def delete_attachment(self, attachment_id: str, context: ChatKitContext) -> None:
        """Nothing is left to delete: the store of the files deleted the whole of it."""

    def _threads(self, context: ChatKitContext) -> ThreadRepository:
        return ThreadRepository(self._database, context.caller.user_id)

    async def _must_be_there(self, threads: ThreadRepository, thread_id: str, after: str | None) -> None:
        """An empty page is one thing, a page of nothing another."""
        number = conversation_id_of(thread_id)
        if await threads.get(number) is None:
            raise ThreadNotFound(thread_id)
        if after is not None and await threads.item(number, after) is None:
            raise ItemNotFound(after)


def _thread(row: Row) -> ThreadMetadata:
    known: dict[str, Any] = {name: value for name, value in row["details"].items() if value is not None}
    return _THREAD.validate_python(
        known | {"id": str(row["id"]), "title": row["title"], "created_at": row["created_at"]}
    )


def _read(stored: dict[str, Any], context: ChatKitContext) -> ThreadItem:
    item = _ITEM.validate_python(stored)
    for attachment in getattr(item, "attachments", ()):
        if isinstance(attachment, ImageAttachment):
            # Links live for minutes, and the service may be reached by another name by now.
            attachment.preview_url = context.links.preview(attachment.id)
    return item


def _without_links(body: dict[str, Any]) -> dict[str, Any]:
    """Nothing that opens a file is kept in what is stored, exported or backed up."""
    for attachment in body.get("attachments", ()):
        if "preview_url" in attachment:
            attachment["preview_url"] = attachment["preview_url"].partition("?")[0]
    return body


def _clamped(limit: int) -> int:
    return max(1, min(limit, LARGEST_PAGE))


def _page(records: list[RecordT], *, has_more: bool) -> Page[RecordT]:
    last = records[-1].id if has_more else None  # type: ignore[attr-defined] # threads and items have one.
    return Page(data=records, has_more=has_more, after=last)


def _aware(instant: datetime, context: ChatKitContext) -> datetime:
    """What ChatKit makes itself bears this machine's wall time, without a zone."""
    return context.now if instant.tzinfo is None else instant
