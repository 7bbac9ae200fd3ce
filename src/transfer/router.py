"""The routes of moving in and out."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from src.core.http_errors import failures
from src.idempotency.routing import PatientIdempotentRoute
from src.transfer.dependencies import ExportsDep, ImportsDep
from src.transfer.records import ExportDocument
from src.transfer.responses import AcceptEncoding, file_response
from src.transfer.schemas import ExportRequest, ImportRequest, ImportResult

# Patient: a file that waits for its turn, or takes long to read, holds no connection meanwhile.
router = APIRouter(
    prefix="/api/{user_id}",
    tags=["transfer"],
    route_class=PatientIdempotentRoute,
    responses=failures(401, 403, 422, 500, 503),
)
_FILE: dict[str, Any] = {
    "model": ExportDocument,
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        "text/calendar": {"schema": {"type": "string"}},
        "text/markdown": {"schema": {"type": "string"}},
    },
    "description": "The file, with its name in `Content-Disposition`.",
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file, at most 10 MiB.",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ExportDocument"}},
            "text/csv": {"schema": {"type": "string"}},
            "text/calendar": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


@router.get("/export", operation_id="export_tasks", response_class=StreamingResponse, responses={200: _FILE})
async def export_tasks(
    wanted: Annotated[ExportRequest, Query()], exports: ExportsDep, accept_encoding: AcceptEncoding = ""
) -> StreamingResponse:
    """Everything there is about the caller's tasks, as a file, from one snapshot."""
    file = await exports.write(wanted)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return file_response(file.spool, file.media_type, accept_encoding, headers)


@router.post("/import", operation_id="import_tasks", openapi_extra=_BODY)
async def import_tasks(
    wanted: Annotated[ImportRequest, Query()], imports: ImportsDep, request: Request
) -> ImportResult:
    """Read a file of tasks, whole or not at all; what came with the same file before is not there twice."""
    return await imports.run(await request.body(), request.headers.get("content-type", ""), wanted)
