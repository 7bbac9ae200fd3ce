"""What a conversation stores: items of the shape that ChatKit keeps, and what a model reads in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from src.assistant.events import ToolUsed

USER_MESSAGE = "user_message"
ASSISTANT_MESSAGE = "assistant_message"
HIDDEN_CONTEXT = "hidden_context_item"
STRUCTURED_INPUT = "structured_input"
CLIENT_TOOL_CALL = "client_tool_call"
CLOSED = ("locked", "closed")
"""The states of a conversation that takes no more messages; ChatKit keeps them with the thread."""
_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item that is not stored yet."""

    id: str
    kind: str
    body: dict[str, Any]
    created_at: datetime

    def stored_in(self, conversation_id: int) -> dict[str, Any]:
        """The whole item, as ChatKit would serialise it."""
        created_at = self.created_at.isoformat()
        place = {
            "id": self.id,
            "thread_id": str(conversation_id),
            "created_at": created_at,
            "type": self.kind,
        }
        return place | self.body


def message_id() -> str:
    return f"msg_{uuid4().hex}"


def title_of(message: str) -> str:
    """A conversation's title: the beginning of what was said first, on one line."""
    title = " ".join(message.split())
    return title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rstrip() + "…"


def user_message(text: str, now: datetime) -> NewItem:
    body: dict[str, Any] = {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "quoted_text": None,
        "inference_options": {},
    }
    return NewItem(message_id(), USER_MESSAGE, body, now)


def assistant_message(text: str, now: datetime, *, item_id: str) -> NewItem:
    body = {"content": [{"type": "output_text", "text": text, "annotations": []}]}
    return NewItem(item_id, ASSISTANT_MESSAGE, body, now)


def tool_call(used: ToolUsed, now: datetime) -> NewItem:
    tool = {
        "call_id": used.call_id,
        "name": used.tool,
        "arguments": used.arguments,
        "result": used.result,
        "is_error": used.is_error,
    }
    return NewItem(f"tool_{uuid4().hex}", HIDDEN_CONTEXT, {"content": {"tool": tool}}, now)


def text_of(item: dict[str, Any]) -> str:
    return "".join(part.get("text", "") for part in item["content"] if isinstance(part, dict))


def tool_of(item: dict[str, Any]) -> ToolUsed | None:
    content = item.get("content")
    if not isinstance(content, dict) or "tool" not in content:
        return None
    tool = content["tool"]
    return ToolUsed(tool["call_id"], tool["name"], tool["arguments"], tool["result"], tool["is_error"])
