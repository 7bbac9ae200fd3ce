"""Conversations as clients read and write them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from src.core.schemas import Instant, RequestModel

ConversationId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ChatRequest(RequestModel):
    """A message, in a conversation or beginning one."""

    message: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")] = Field(
        examples=["Add a task to call mom tomorrow"]
    )
    conversation_id: ConversationId | None = None


class ToolCall(BaseModel):
    """What the assistant did: a tool, its arguments and what came of it."""

    tool: str
    arguments: dict[str, Any]
    result: Any


class ChatResponse(BaseModel):
    """A whole answer."""

    conversation_id: int
    message: str
    response: str
    role: Literal["assistant"] = "assistant"
    tool_calls: list[ToolCall]
    created_at: Instant


class MessageRead(BaseModel):
    """A stored message; the assistant's carry the tool calls that led to them."""

    id: str
    role: Literal["user", "assistant"]
    content: str
    tool_calls: list[ToolCall] = []
    created_at: Instant


class ConversationSummary(BaseModel):
    """A conversation without its messages."""

    id: int
    title: str | None
    message_count: int
    created_at: Instant
    updated_at: Instant


class ConversationRead(ConversationSummary):
    """A conversation with its messages, oldest first."""

    messages: list[MessageRead]


class ConversationUpdate(RequestModel):
    """A new title."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        examples=["Plans for the week"]
    )


class ConversationDeleted(BaseModel):
    """What was deleted."""

    success: bool = True
    deleted_conversation_id: int
    deleted_message_count: int
    message: str


class AttachmentRead(BaseModel):
    """A file sent along with messages, without its bytes."""

    id: str
    name: str
    mime_type: str
    size: int
    created_at: Instant
    uploaded_at: Instant | None
