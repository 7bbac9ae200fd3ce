"""Files sent along with messages: announced, uploaded, read, deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from src.auth.context import Caller
from src.chat.attachment_repository import AttachmentRepository
from src.chat.errors import AttachmentInUse, AttachmentNotFound, TooManyUnusedFiles
from src.chat.file_types import IMAGE_TYPES, LARGEST_FILE, is_text_type, media_type, sniffed_type
from src.core.database import Executor, Row
from src.core.errors import InvalidInput

UNUSED_BYTES = 10 * LARGEST_FILE
"""How much a user may keep here that is part of no message."""
_UNUSED_FOR = timedelta(days=1)
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file with its bytes."""

    name: str
    mime_type: str
    content: bytes


class AttachmentService:
    """One caller's attachments."""

    def __init__(self, executor: Executor, caller: Caller) -> None:
        self._repository = AttachmentRepository(executor, caller.user_id)

    async def create(self, name: str, mime_type: str, size: int, now: datetime) -> Row:
        """Announce a file; what was announced a day ago and never sent is forgotten on this occasion."""
        _check(name, media_type(mime_type), size)
        await self._repository.delete_unused(now - _UNUSED_FOR)
        if await self._repository.unused_bytes() + size > UNUSED_BYTES:
            raise TooManyUnusedFiles(UNUSED_BYTES)
        attachment_id = f"atc_{uuid4().hex}"
        await self._repository.create(attachment_id, name, media_type(mime_type), size, now)
        return await self._found(attachment_id)

    async def upload(self, attachment_id: str, content: bytes, now: datetime) -> Row:
        """Take the bytes of a file that was announced, if they are what was announced.

        Raises:
            AttachmentNotFound: nothing was announced under that id.
            AttachmentInUse: it is part of a message already, and stays as it is.
            InvalidInput: it is empty, larger than announced or of another type.
        """
        row = await self._found(attachment_id)
        mime_type = _type_of(content, row["mime_type"])
        if len(content) > row["size"]:  # What a user may keep was counted when it was announced.
            raise InvalidInput("body", f"The file was announced with {row['size']} bytes, and has more.")
        if not await self._repository.upload(attachment_id, mime_type, content, now):
            raise AttachmentInUse
        return await self._found(attachment_id)

    async def read(self, attachment_id: str) -> StoredFile:
        row = await self._found(attachment_id)
        content = await self._repository.content(attachment_id)
        if content is None:
            raise AttachmentNotFound(attachment_id)
        return StoredFile(row["name"], row["mime_type"], content)

    async def delete(self, attachment_id: str) -> None:
        if not await self._repository.delete(attachment_id):
            raise AttachmentNotFound(attachment_id)

    async def ready_for(self, attachment_ids: list[str], conversation_id: int | None) -> list[Row]:
        """The attachments of a message that is about to be stored in a conversation.

        Raises:
            AttachmentNotFound: there is none of that id.
            AttachmentInUse: it is part of another conversation.
            InvalidInput: it was announced and never uploaded.
        """
        if not attachment_ids:
            return []
        rows = {row["id"]: row for row in await self._repository.get_all(attachment_ids)}
        for attachment_id in attachment_ids:
            if attachment_id not in rows:
                raise AttachmentNotFound(attachment_id)
            row = rows[attachment_id]
            if row["conversation_id"] not in (None, conversation_id):
                raise AttachmentInUse
            if row["uploaded_at"] is None:
                raise InvalidInput("attachments", f"{row['name']} was not uploaded yet.")
        return [rows[attachment_id] for attachment_id in attachment_ids]

    async def _found(self, attachment_id: str) -> Row:
        row = await self._repository.get(attachment_id)
        if row is None:
            raise AttachmentNotFound(attachment_id)
        return row


def _check(name: str, mime_type: str, size: int) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise InvalidInput("name", f"A file's name has 1 to {_LONGEST_NAME} characters.")
    if mime_type not in IMAGE_TYPES and not is_text_type(mime_type):
        raise InvalidInput("mime_type", "Images (PNG, JPEG, WebP, GIF) and text files can be sent along.")
    if not 0 < size <= LARGEST_FILE:
        raise InvalidInput("size", "A file has at least one byte and 10 MiB at the most.")


def _type_of(content: bytes, announced: str) -> str:
    if not 0 < len(content) <= LARGEST_FILE:
        raise InvalidInput("body", "A file has at least one byte and 10 MiB at the most.")
    found = sniffed_type(content)
    if is_text_type(announced) and found == "text/plain":
        return announced
    if announced in IMAGE_TYPES and found in IMAGE_TYPES:
        return found
    raise InvalidInput("body", f"These bytes are no file of the type {announced}.")
