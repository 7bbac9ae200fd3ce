"""What a Space shows while its settings cannot be used: a page that says so; a crash would say nothing."""

import logging
from collections.abc import Sequence

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from src.core.clock import system_clock
from src.core.errors import ErrorKind
from src.core.health import SERVICE_NAME, VERSION
from src.core.http_errors import problem, problem_response
from src.core.logs import AccessLog, configure_logging
from src.core.middleware import RequestLayer
from src.web.page import PAGE_HEADERS, home_page

log = logging.getLogger(__name__)


def unusable_app(problems: Sequence[str]) -> FastAPI:
    """An application that lives, says what to set, and refuses everything else."""
    configure_logging("INFO")
    for sentence in problems:
        log.error("%s", sentence)
    notice = " ".join(problems)

    async def home(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(home_page(*problems), headers=PAGE_HEADERS)
        return await health(request)

    async def health(_request: Request) -> Response:
        timestamp = system_clock().isoformat().replace("+00:00", "Z")
        return JSONResponse(
            {
                "status": "misconfigured",
                "service": SERVICE_NAME,
                "version": VERSION,
                "database": "unknown",
                "timestamp": timestamp,
                "notice": notice,
            }
        )

    async def refused(request: Request) -> Response:
        request_id = request.scope["request_id"]
        return problem_response(
            problem(ErrorKind.UNAVAILABLE, "misconfigured", notice, request_id=request_id, retry_after=60)
        )

    methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    app = FastAPI(
        openapi_url=None,
        routes=[
            Route("/", home),
            Route("/health", health),
            Route("/api/health", health),
            Route("/{path:path}", refused, methods=methods),
        ],
    )
    app.add_middleware(RequestLayer, observers=[AccessLog()])
    return app
