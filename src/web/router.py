"""The first page: JSON for programs, a page for people."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from src.core.dependencies import DatabaseDep, NowDep, SettingsDep
from src.core.health import health_of
from src.core.routing import PlannedRoute
from src.web.page import PAGE_HEADERS, home_page

# Not strict: whoever shows the page adds parameters of their own.
router = APIRouter(include_in_schema=False, route_class=PlannedRoute)


@router.head("/")
@router.get("/")
async def home(request: Request, database: DatabaseDep, now: NowDep, settings: SettingsDep) -> Response:
    health = health_of(database, now, settings)
    if "text/html" in request.headers.get("accept", ""):
        notices = [health.notice] if health.notice else []
        return HTMLResponse(home_page(*notices), headers=PAGE_HEADERS)
    return JSONResponse(health.model_dump(mode="json"))
