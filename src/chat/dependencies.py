"""What the chat routes ask for."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request

from src.auth.dependencies import CallerDep
from src.chat.answering import Answering, wants_stream
from src.chat.service import ConversationService
from src.chat.turns import Assistant, ChatTurns
from src.core.dependencies import DatabaseDep, SettingsDep


async def get_conversations(
    request: Request, caller: CallerDep, database: DatabaseDep
) -> ConversationService:
    return ConversationService(database, caller, cursor_key=request.app.state.cursor_key)


async def get_turns(request: Request) -> ChatTurns:
    return cast(ChatTurns, request.app.state.turns)


async def get_assistant(request: Request) -> Assistant:
    """How to come by the assistant, which loads behind the start of the service."""
    return cast(Assistant, request.app.state.assistant)


async def get_answering(
    request: Request,
    turns: Annotated[ChatTurns, Depends(get_turns)],
    assistant: Annotated[Assistant, Depends(get_assistant)],
    settings: SettingsDep,
    stream: Annotated[bool | None, Query(description="Events while the answer is made.")] = None,
) -> Answering:
    streams = wants_stream(request, stream, settings.chat_stream_by_default)
    return Answering(turns, assistant, streams=streams)


ConversationsDep = Annotated[ConversationService, Depends(get_conversations)]
TurnsDep = Annotated[ChatTurns, Depends(get_turns)]
AssistantDep = Annotated[Assistant, Depends(get_assistant)]
AnsweringDep = Annotated[Answering, Depends(get_answering)]
