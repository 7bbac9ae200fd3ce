"""What can be done with one user's conversations."""

from collections.abc import Iterable
from datetime import datetime

from src.auth.context import Caller
from src.chat.errors import ConversationNotFound
from src.chat.items import ASSISTANT_MESSAGE, USER_MESSAGE, text_of, tool_of
from src.chat.repository import ConversationRepository
from src.chat.schemas import (
    ConversationDeleted,
    ConversationRead,
    ConversationSummary,
    MessageRead,
    ToolCall,
)
from src.core.database import Executor, Row
from src.core.pagination import Page, PageRequest, decode_cursor, encode_cursor, instant_from_cursor

_ALL = 1_000_000


class ConversationService:
    """One caller's conversations."""

    def __init__(self, executor: Executor, caller: Caller, *, cursor_key: bytes) -> None:
        self._repository = ConversationRepository(executor, caller.user_id)
        self._cursor_key = cursor_key + caller.user_id.encode()

    async def search(self, page: PageRequest) -> Page[ConversationSummary]:
        """The conversations, the one spoken in last first."""
        rows = await self._repository.search(self._behind(page.cursor), page.limit + 1)
        shown, next_cursor = rows[: page.limit], None
        if len(rows) > page.limit:
            position = [shown[-1]["updated_at"], shown[-1]["id"]]
            next_cursor = encode_cursor(self._cursor_key, "conversations", position)
        return Page(items=[_summary(row) for row in shown], next_cursor=next_cursor)

    async def get(self, conversation_id: int) -> ConversationRead:
        row = await self._found(conversation_id)
        items = await self._repository.items_behind(conversation_id, 0, _ALL)
        return ConversationRead(**_summary(row).model_dump(), messages=messages_of(items))

    async def messages(self, conversation_id: int, page: PageRequest) -> Page[MessageRead]:
        """The messages, oldest first."""
        await self._found(conversation_id)
        order = f"messages:{conversation_id}"
        position = decode_cursor(self._cursor_key, order, page.cursor)[0] if page.cursor else 0
        items = await self._repository.items_behind(conversation_id, position, page.limit + 1)
        ends = [index for index, row in enumerate(items) if row["kind"] in (USER_MESSAGE, ASSISTANT_MESSAGE)]
        if len(ends) <= page.limit:
            return Page(items=messages_of(items))
        shown = items[: ends[page.limit - 1] + 1]
        next_cursor = encode_cursor(self._cursor_key, order, [shown[-1]["position"]])
        return Page(items=messages_of(shown), next_cursor=next_cursor)

    async def rename(self, conversation_id: int, title: str, now: datetime) -> ConversationSummary:
        if await self._repository.rename(conversation_id, title, now) is None:
            raise ConversationNotFound(conversation_id)
        return _summary(await self._found(conversation_id))

    async def delete(self, conversation_id: int) -> ConversationDeleted:
        row = await self._repository.delete(conversation_id)
        if row is None:
            raise ConversationNotFound(conversation_id)
        count = row["message_count"]
        return ConversationDeleted(
            deleted_conversation_id=conversation_id,
            deleted_message_count=count,
            message=f"Deleted the conversation and its {count} messages.",
        )

    async def _found(self, conversation_id: int) -> Row:
        row = await self._repository.get(conversation_id)
        if row is None:
            raise ConversationNotFound(conversation_id)
        return row

    def _behind(self, cursor: str | None) -> tuple[datetime, int] | None:
        if cursor is None:
            return None
        last_at, last_id = decode_cursor(self._cursor_key, "conversations", cursor)
        return instant_from_cursor(last_at), last_id


def _summary(row: Row) -> ConversationSummary:
    return ConversationSummary.model_validate(dict(row))


def messages_of(items: Iterable[Row]) -> list[MessageRead]:
    """The messages among stored items; tool calls belong to the answer that follows them."""
    messages: list[MessageRead] = []
    pending: list[ToolCall] = []
    for row in items:
        if (used := tool_of(row["item"])) is not None:
            pending.append(ToolCall(tool=used.tool, arguments=used.arguments, result=used.result))
        if row["kind"] == USER_MESSAGE:
            pending = []
            messages.append(_message(row, "user", []))
        elif row["kind"] == ASSISTANT_MESSAGE:
            messages.append(_message(row, "assistant", pending))
            pending = []
    return messages


def _message(row: Row, role: str, tool_calls: list[ToolCall]) -> MessageRead:
    return MessageRead.model_validate(
        {
            "id": row["id"],
            "role": role,
            "content": text_of(row["item"]),
            "tool_calls": tool_calls,
            "created_at": row["created_at"],
        }
    )
