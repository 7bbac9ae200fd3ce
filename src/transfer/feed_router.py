"""The routes of a private calendar feed."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, status
from starlette.responses import Response, StreamingResponse

from src.auth.dependencies import IdentityDep
from src.core.dependencies import DatabaseDep, NowDep
from src.core.http_errors import failures
from src.core.routing import StrictRoute
from src.transfer.dependencies import BaseUrlDep, FeedDep, TurnsDep
from src.transfer.responses import AcceptEncoding, file_response
from src.transfer.schemas import FeedCreated, FeedRead

# No idempotency keys here: an answer kept for a retry would be the token, kept in clear.
feed_router = APIRouter(
    prefix="/api/{user_id}/feed",
    tags=["feed"],
    route_class=StrictRoute,
    responses=failures(401, 403, 422, 500, 503),
)
calendar_router = APIRouter(
    prefix="/api/feed", tags=["feed"], route_class=StrictRoute, responses=failures(404, 422, 500, 503)
)
_CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "The calendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "You have it already."},
}
FeedToken = Annotated[str, Path(min_length=1, max_length=100, description="The token of the address.")]


@feed_router.get("", operation_id="get_feed")
async def get_feed(feed: FeedDep) -> FeedRead:
    """Whether there is a calendar address; the address itself was shown when it was made."""
    return await feed.get()


@feed_router.post("", operation_id="create_feed", status_code=status.HTTP_201_CREATED)
async def create_feed(feed: FeedDep, identity: IdentityDep, base_url: BaseUrlDep) -> FeedCreated:
    """Make the calendar address, shown this once; an older one ends at once."""
    return await feed.create(identity, base_url)


@feed_router.delete("", operation_id="delete_feed", status_code=status.HTTP_204_NO_CONTENT)
async def delete_feed(feed: FeedDep) -> None:
    """Revoke the calendar address at once."""
    await feed.delete()


@calendar_router.get(
    "/{token}.ics", operation_id="read_feed", response_class=StreamingResponse, responses=_CALENDAR
)
async def read_calendar(
    token: FeedToken,
    database: DatabaseDep,
    now: NowDep,
    turns: TurnsDep,
    if_none_match: Annotated[str | None, Header()] = None,
    accept_encoding: AcceptEncoding = "",
) -> Response:
    """A calendar to subscribe to: what is to be done, and what was finished in the last 30 days."""
    from src.transfer.feed_service import read_feed  # noqa: PLC0415 - as in `dependencies`, loaded when needed.

    feed = await read_feed(database, token, now, known=if_none_match, turns=turns)
    headers = {"ETag": feed.etag, "Cache-Control": "private, no-cache"}
    if feed.spool is None:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return file_response(feed.spool, "text/calendar; charset=utf-8", accept_encoding, headers)
