"""The routes of chat and conversations."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from src.auth.dependencies import CallerDep
from src.chat.dependencies import AnsweringDep, ConversationsDep
from src.chat.schemas import (
    ChatRequest,
    ChatResponse,
    ConversationDeleted,
    ConversationRead,
    ConversationSummary,
    ConversationUpdate,
    MessageRead,
)
from src.chat.sse import EVENT_SCHEMA, EVENT_STREAM
from src.core.dependencies import NowDep
from src.core.http_errors import failures
from src.core.pagination import Page, PageRequest
from src.core.routing import StrictRoute
from src.idempotency.routing import PatientIdempotentRoute

chat_router = APIRouter(prefix="/api/{user_id}/chat", tags=["chat"], route_class=PatientIdempotentRoute)
conversations_router = APIRouter(
    prefix="/api/{user_id}/conversations",
    tags=["conversations"],
    route_class=StrictRoute,
    responses=failures(400, 401, 403, 500, 503),
)

ConversationId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The conversation's id.", examples=[7])]
_NOT_FOUND: dict[str, Any] = {"responses": failures(404)}


@chat_router.post(
    "",
    operation_id="chat",
    response_model=ChatResponse,
    responses=failures(400, 401, 403, 404, 409, 500, 502, 503)
    | {
        200: {
            "description": "The answer; as events while it is made where `text/event-stream` is accepted. "
            "Each `data:` is JSON with a `type` (`text_delta`, `tool_call`, `tool_result`, "
            "`confirmation_needed`, `error`), "
            "and the last one, without a `type`, is the whole answer.",
            "content": {EVENT_STREAM: {"itemSchema": EVENT_SCHEMA}},
        }
    },
)
async def chat(
    message: ChatRequest, caller: CallerDep, answering: AnsweringDep, request: Request
) -> Response | ChatResponse:
    """Say something to the assistant, which acts with the same tools as MCP clients."""
    return await answering.answer(caller, message, request)


@conversations_router.get("", operation_id="list_conversations")
async def list_conversations(
    page: Annotated[PageRequest, Query()], conversations: ConversationsDep
) -> Page[ConversationSummary]:
    """The caller's conversations, the one spoken in last first."""
    return await conversations.search(page)


@conversations_router.get("/{conversation_id}", operation_id="get_conversation", **_NOT_FOUND)
async def get_conversation(
    conversation_id: ConversationId, conversations: ConversationsDep
) -> ConversationRead:
    """One conversation with its messages."""
    return await conversations.get(conversation_id)


@conversations_router.get("/{conversation_id}/messages", operation_id="list_messages", **_NOT_FOUND)
async def list_messages(
    conversation_id: ConversationId, page: Annotated[PageRequest, Query()], conversations: ConversationsDep
) -> Page[MessageRead]:
    """A page of a conversation's messages, oldest first."""
    return await conversations.messages(conversation_id, page)


@conversations_router.patch("/{conversation_id}", operation_id="rename_conversation", **_NOT_FOUND)
async def rename_conversation(
    conversation_id: ConversationId, change: ConversationUpdate, conversations: ConversationsDep, now: NowDep
) -> ConversationSummary:
    """Give a conversation another title."""
    return await conversations.rename(conversation_id, change.title, now)


@conversations_router.delete("/{conversation_id}", operation_id="delete_conversation", **_NOT_FOUND)
async def delete_conversation(
    conversation_id: ConversationId, conversations: ConversationsDep
) -> ConversationDeleted:
    """Delete a conversation with all its messages; the tasks stay."""
    return await conversations.delete(conversation_id)
