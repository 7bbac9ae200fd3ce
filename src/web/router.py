"""The first page: JSON for programs, a page for people."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from src.core.dependencies import DatabaseDep, NowDep
from src.core.health import health_of

router = APIRouter(include_in_schema=False)
_HOME = Path(__file__).parent / "home.html"
# Hugging Face shows the page inside its own; nobody else may.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
}


@router.head("/")
@router.get("/")
async def home(request: Request, database: DatabaseDep, now: NowDep) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return FileResponse(_HOME, media_type="text/html", headers=_PAGE_HEADERS)
    return JSONResponse(health_of(database, now).model_dump(mode="json"))
