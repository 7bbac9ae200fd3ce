"""The routes of moving in and out."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import StreamingResponse

from src.core.http_errors import failures
from src.core.routing import StrictRoute
from src.transfer.dependencies import ExportsDep
from src.transfer.records import ExportDocument
from src.transfer.schemas import ExportRequest

router = APIRouter(
    prefix="/api/{user_id}",
    tags=["transfer"],
    route_class=StrictRoute,
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


@router.get("/export", operation_id="export_tasks", response_class=StreamingResponse, responses={200: _FILE})
async def export_tasks(
    wanted: Annotated[ExportRequest, Query()],
    exports: ExportsDep,
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> StreamingResponse:
    """Everything there is about the caller's tasks, as a file, from one snapshot."""
    file = await exports.write(wanted)
    is_gzip = "gzip" in accept_encoding
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Vary": "Accept-Encoding"}
    return StreamingResponse(
        file.spool.compressed() if is_gzip else file.spool.plain(),
        media_type=file.media_type,
        headers=headers | ({"Content-Encoding": "gzip"} if is_gzip else {}),
    )
