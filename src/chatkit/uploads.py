"""The bytes of an uploaded file, and the answer that hands them out again."""

from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from src.chat.attachments import StoredFile
from src.chat.file_types import IMAGE_TYPES
from src.core.errors import InvalidInput

_FORM = "multipart/form-data"
# What somebody uploaded is shown, and nothing in it is run or loaded, wherever it is opened.
_HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


async def uploaded_file(request: Request) -> bytes:
    """The file: the whole body, or the first file of a form.

    Raises:
        InvalidInput: the form holds no file.
    """
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        return await request.body()
    async with request.form(max_files=1, max_fields=10) as form:
        for value in form.values():
            if isinstance(value, UploadFile):
                return await value.read()
    raise InvalidInput("body", "This form holds no file.")


def handed_out(file: StoredFile) -> Response:
    """The file for its owner: images are shown, everything else is text or saved."""
    is_image = file.mime_type in IMAGE_TYPES
    disposition = "inline" if is_image else "attachment"
    headers = {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": _HARMLESS,
        "Cache-Control": "private, no-store",
    }
    return Response(file.content, headers=headers, media_type=file.mime_type if is_image else "text/plain")
