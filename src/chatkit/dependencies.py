"""What the routes of ChatKit ask for."""

from typing import Annotated, cast

from fastapi import Depends, Request

from src.auth.dependencies import AuthenticatedDep, ReaderDep
from src.chat.attachments import AttachmentService
from src.chat.dependencies import AnsweringDep, AssistantDep
from src.chatkit.context import ChatKitContext
from src.chatkit.door import ChatKitDoor
from src.chatkit.loading import LoadedChatKit
from src.core.dependencies import DatabaseDep, NowDep, SettingsDep


async def get_door(
    request: Request,
    caller: ReaderDep,
    answering: AnsweringDep,
    assistant: AssistantDep,
    settings: SettingsDep,
    now: NowDep,
) -> ChatKitDoor:
    base_url = settings.public_url or str(request.base_url)
    context = ChatKitContext(caller, now, assistant, base_url.rstrip("/"))
    return ChatKitDoor(context, cast(LoadedChatKit, request.app.state.chatkit), answering)


async def get_attachments(caller: AuthenticatedDep, database: DatabaseDep) -> AttachmentService:
    return AttachmentService(database, caller)


DoorDep = Annotated[ChatKitDoor, Depends(get_door)]
AttachmentsDep = Annotated[AttachmentService, Depends(get_attachments)]
