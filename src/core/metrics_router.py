"""Where Prometheus reads the metrics; without `METRICS_TOKEN` there is no such address."""

import asyncio
import hmac

from fastapi import APIRouter, Request, Response

from src.core.config import Settings
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


def _require_token(authorization: str, settings: Settings) -> None:
    scheme, _, given = authorization.partition(" ")
    assert settings.metrics_token is not None  # noqa: S101 - the route is only there with it.
    wanted = settings.metrics_token.get_secret_value()
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted.encode()):
        raise MetricsTokenRefused("The metrics are behind METRICS_TOKEN: send it as a bearer token.")
