"""The address of the ChatKit protocol, and of the files sent along with its messages."""

from typing import Any

from fastapi import APIRouter, Request, Response

from src.chat.schemas import AttachmentRead, ChatResponse
from src.chat.sse import EVENT_SCHEMA, EVENT_STREAM
from src.chatkit.dependencies import AttachmentId, AttachmentsDep, DoorDep, ShownAttachmentsDep
from src.chatkit.schemas import ChatKitRequest
from src.chatkit.uploads import handed_out, uploaded_file
from src.core.dependencies import NowDep
from src.core.http_errors import failures
from src.core.routing import StrictRoute

router = APIRouter(prefix="/api/chatkit", tags=["chat"], route_class=StrictRoute)

_SIGNED_IN: dict[str, Any] = {"security": [{"bearer": []}]}
_FILE = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
}
_TAKES_FILE = _SIGNED_IN | {
    "requestBody": {
        "required": True,
        "description": "At most 10 MiB, of the announced type. Of a form, its first file counts.",
        "content": {"application/octet-stream": _FILE, "image/*": _FILE, "multipart/form-data": _FORM},
    }
}


@router.post(
    "",
    operation_id="chatkit",
    response_model=None,
    responses=failures(400, 401, 403, 404, 409, 500, 501, 502, 503)
    | {
        200: {
            "description": "Requests that lead to an answer (`threads.create`, `threads.add_user_message`, "
            "`threads.add_client_tool_output`, `threads.add_structured_input`, `threads.retry_after_item`, "
            "`threads.custom_action`) get ChatKit's events; the others its JSON. `messages` are answered as "
            "`/api/{user_id}/chat` does, as JSON or events.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                EVENT_STREAM: {"itemSchema": EVENT_SCHEMA},
            },
        }
    },
    openapi_extra=_SIGNED_IN,
)
async def chatkit(asked: ChatKitRequest, door: DoorDep, request: Request) -> Response | ChatResponse:
    """The ChatKit protocol, as `openai-chatkit` and its frontends speak it: a thread is a conversation.

    A credential that only reads may ask for `threads.list`, `threads.get_by_id` and `items.list`.
    """
    return await door.answer(asked, request)


@router.put(
    "/attachments/{attachment_id}",
    operation_id="upload_attachment",
    responses=failures(400, 401, 403, 404, 409, 413, 500, 503),
    openapi_extra=_TAKES_FILE,
)
async def upload_attachment(
    attachment_id: AttachmentId, attachments: AttachmentsDep, now: NowDep, request: Request
) -> AttachmentRead:
    """Send the file that `attachments.create` announced: as the body itself, or in a form."""
    row = await attachments.upload(attachment_id, await uploaded_file(request), now)
    return AttachmentRead.model_validate(dict(row))


@router.post(
    "/attachments/{attachment_id}",
    operation_id="post_attachment",
    responses=failures(400, 401, 403, 404, 409, 413, 500, 503),
    openapi_extra=_TAKES_FILE,
)
async def post_attachment(
    attachment_id: AttachmentId, attachments: AttachmentsDep, now: NowDep, request: Request
) -> AttachmentRead:
    """The same by `POST`, for clients whose forms know no other way."""
    return await upload_attachment(attachment_id, attachments, now, request)


@router.get(
    "/attachments/{attachment_id}",
    operation_id="get_attachment",
    response_class=Response,
    responses=failures(400, 401, 404, 500, 503)
    | {
        200: {
            "description": "The file, as what it was sent.",
            "content": {"*/*": _FILE},
        }
    },
    openapi_extra=_SIGNED_IN,
)
async def get_attachment(attachment_id: AttachmentId, attachments: ShownAttachmentsDep) -> Response:
    """A file that was sent along with a message, for its owner alone, or for ten minutes by its link.

    The link is the picture's `preview_url`: what shows a picture in a page sends no header for it.
    """
    return handed_out(await attachments.read(attachment_id))
