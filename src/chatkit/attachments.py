"""Attachments as ChatKit knows them: two steps, an announcement that is answered with where to upload."""

from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
)

from chatkit.store import AttachmentStore
from src.chat.attachments import AttachmentService
from src.chat.file_types import IMAGE_TYPES
from src.chatkit.context import ChatKitContext
from src.chatkit.links import FileLinks
from src.core.database import Database, Row


class UploadedFiles(AttachmentStore[ChatKitContext]):
    """Files live in the database, beside what is known of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create_attachment(self, input: AttachmentCreateParams, context: ChatKitContext) -> Attachment:  # noqa: A002 - the name is the interface's.
        service = AttachmentService(self._database, context.caller)
        row = await service.create(input.name, input.mime_type, input.size, context.now)
        return attachment_of(row, context.links)

    async def delete_attachment(self, attachment_id: str, context: ChatKitContext) -> None:
        await AttachmentService(self._database, context.caller).delete(attachment_id)


def attachment_of(row: Row, links: FileLinks) -> Attachment:
    """An attachment as it is told to clients; until its bytes are there, with where to send them."""
    upload = None
    if row["uploaded_at"] is None:
        upload = AttachmentUploadDescriptor(
            url=links.address(row["id"]), method="PUT", headers={"Content-Type": row["mime_type"]}
        )
    thread_id = None if row["conversation_id"] is None else str(row["conversation_id"])
    if row["mime_type"] in IMAGE_TYPES:
        return ImageAttachment(
            id=row["id"],
            name=row["name"],
            mime_type=row["mime_type"],
            upload_descriptor=upload,
            thread_id=thread_id,
            preview_url=links.preview(row["id"]),
        )
    return FileAttachment(
        id=row["id"],
        name=row["name"],
        mime_type=row["mime_type"],
        upload_descriptor=upload,
        thread_id=thread_id,
    )
