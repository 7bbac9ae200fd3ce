"""What the rooms count, and where Prometheus reads it; without `METRICS_TOKEN` nothing is counted."""

import asyncio
import hmac

from fastapi import APIRouter, Request, Response

from src.core.current_request import current_request
from src.core.dependencies import SettingsDep
from src.core.errors import DomainError, ErrorKind
from src.core.routing import StrictRoute

router = APIRouter(route_class=StrictRoute)


class MetricsTokenRefused(DomainError):
    """Whoever asks for the metrics does not know their token."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_token"


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, settings: SettingsDep) -> Response:
    """The metrics for Prometheus, behind a token of its own."""
    _require_token(request.headers.get("authorization", ""), settings)
    told = request.app.state.observation.metrics.told
    body, content_type = await asyncio.to_thread(told, request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": content_type})


def _require_token(authorization: str, settings: SettingsDep) -> None:
    scheme, _, given = authorization.partition(" ")
    assert settings.metrics_token is not None  # noqa: S101 - the route is only there with it.
    wanted = settings.metrics_token.get_secret_value()
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted.encode()):
        raise MetricsTokenRefused("The metrics are behind METRICS_TOKEN: send it as a bearer token.")


def limit_refused(name: str) -> None:
    """Count a request that a limit refused, by the limit's name, which is one of few."""
    request = current_request.get()
    if request is not None and request.metrics is not None:
        request.metrics.limit_refused(name)


def turn_ended(outcome: str, provider: str | None, tokens_in: int, tokens_out: int) -> None:
    """Count a chat turn, and the tokens it took."""
    request = current_request.get()
    if request is not None and request.metrics is not None:
        request.metrics.turn_ended(outcome, provider, tokens_in, tokens_out)


def tool_called(tool: str, outcome: str) -> None:
    """Count a call of one of the tools there are."""
    request = current_request.get()
    if request is not None and request.metrics is not None:
        request.metrics.tool_called(tool, outcome)
