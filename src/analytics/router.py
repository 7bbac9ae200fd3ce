"""The routes of figures and pictures."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from src.analytics.dependencies import AnalyticsDep
from src.analytics.pictures import picture_response
from src.analytics.schemas import AnalyticsQuery, AnalyticsRead, AnalyticsRequest, Year
from src.core.http_errors import failures
from src.core.routing import StrictRoute

router = APIRouter(
    prefix="/api/{user_id}/tasks/analytics",
    tags=["analytics"],
    route_class=StrictRoute,
    responses=failures(401, 403, 422, 500, 503),
)

_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "An SVG document.", "content": {"image/svg+xml": {"schema": {"type": "string"}}}},
    304: {"description": "The copy named in If-None-Match is still right."},
}
IfNoneMatch = Annotated[str | None, Header(description="The ETag of the copy at hand.")]


@router.get("", operation_id="get_analytics")
async def get_analytics(asked: Annotated[AnalyticsQuery, Query()], analytics: AnalyticsDep) -> AnalyticsRead:
    """How it goes: what was done, what is open, habits, and what is to come, in the caller's zone."""
    return await analytics.get(asked)


@router.get("/heatmap.svg", operation_id="draw_heatmap", response_class=Response, responses=_PICTURE)
async def draw_heatmap(
    analytics: AnalyticsDep,
    year: Annotated[Year | None, Query(description="This year where missing.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A year of completed tasks at a glance, a square a day, light and dark."""
    return picture_response(await analytics.draw_heatmap(year), if_none_match)


@router.get("/chart.svg", operation_id="draw_burnup", response_class=Response, responses=_PICTURE)
async def draw_burnup(
    asked: Annotated[AnalyticsRequest, Query()], analytics: AnalyticsDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Tasks created against tasks completed since the first day (90 days back where it is missing)."""
    return picture_response(await analytics.draw_burnup(asked), if_none_match)
