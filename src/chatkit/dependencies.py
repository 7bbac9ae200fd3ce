"""What the routes of ChatKit ask for."""

from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Path, Query, Request
from pydantic import AnyUrl, ValidationError

from src.auth.context import Caller
from src.auth.dependencies import ZONE_HEADER, AuthenticatedDep, ReaderDep, get_reader
from src.auth.identity import Scope
from src.chat.attachments import AttachmentService
from src.chat.dependencies import AnsweringDep, AssistantDep
from src.chatkit.context import ChatKitContext
from src.chatkit.door import ChatKitDoor
from src.chatkit.links import LONGEST_TICKET, FileLinks, link_key, owner_in
from src.chatkit.loading import LoadedChatKit
from src.core.clock import Clock
from src.core.config import Settings
from src.core.dependencies import DatabaseDep, NowDep, SettingsDep
from src.core.errors import InvalidInput
from src.core.rate_limit import RequestLimit

AttachmentId = Annotated[str, Path(max_length=100, description="The attachment's id.", examples=["atc_1"])]


async def get_door(
    request: Request,
    caller: ReaderDep,
    answering: AnsweringDep,
    assistant: AssistantDep,
    settings: SettingsDep,
    now: NowDep,
) -> ChatKitDoor:
    links = FileLinks(_base_url(request, settings), _link_key(request), caller.user_id, _token_now(request))
    context = ChatKitContext(caller, now, assistant, links)
    return ChatKitDoor(context, cast(LoadedChatKit, request.app.state.chatkit), answering)


async def get_attachments(caller: AuthenticatedDep, database: DatabaseDep) -> AttachmentService:
    return AttachmentService(database, caller)


async def get_shown_attachments(
    request: Request,
    attachment_id: AttachmentId,
    database: DatabaseDep,
    ticket: Annotated[
        str | None,
        Query(max_length=LONGEST_TICKET, description="Of a `preview_url`, which needs no other credential."),
    ] = None,
) -> AttachmentService:
    """The files of whoever signed in, or of whoever's link this is; a header is never passed over."""
    owner = None
    if ticket is not None and "authorization" not in request.headers:
        owner = owner_in(ticket, attachment_id, _link_key(request), _token_now(request))
    if owner is None:
        return AttachmentService(database, await get_reader(request, request.headers.get(ZONE_HEADER)))
    cast(RequestLimit, request.app.state.user_requests).take(owner)
    return AttachmentService(database, Caller(owner, scopes=frozenset({Scope.READ})))


def _base_url(request: Request, settings: Settings) -> str:
    """Where clients reach this service: where nothing is configured, by the name that they call it."""
    url = settings.public_url or str(request.base_url)
    try:
        AnyUrl(url)
    except ValidationError as error:
        raise InvalidInput("Host", "This names no host.") from error
    return url.rstrip("/")


def _link_key(request: Request) -> bytes:
    return link_key(request.app.state.cursor_key)


def _token_now(request: Request) -> datetime:
    """Links live by the clock of tokens: a frozen one is for reading dates."""
    return cast(Clock, request.app.state.token_clock)()


DoorDep = Annotated[ChatKitDoor, Depends(get_door)]
AttachmentsDep = Annotated[AttachmentService, Depends(get_attachments)]
ShownAttachmentsDep = Annotated[AttachmentService, Depends(get_shown_attachments)]
