"""Whether the service lives, and whether it is ready."""

from datetime import datetime
from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from src.core.config import Settings
from src.core.database import Database
from src.core.dependencies import DatabaseDep, NowDep, SettingsDep
from src.core.http_errors import failures
from src.core.routing import StrictRoute
from src.core.schemas import Instant

SERVICE_NAME = "todo-ai"
VERSION = version(SERVICE_NAME)

router = APIRouter(tags=["health"], route_class=StrictRoute)


class Health(BaseModel):
    """The state of the service."""

    status: Literal["ok"] = "ok"
    service: str = SERVICE_NAME
    version: str = VERSION
    database: Literal["connected", "disconnected", "unknown"]
    timestamp: Instant
    notice: str | None = Field(None, exclude_if=lambda notice: notice is None)


DEMONSTRATION = (
    "This is a demonstration: its database is part of it and is lost when it sleeps or restarts. "
    "Set DATABASE_URL and BETTER_AUTH_SECRET in the Space's settings to keep what you store."
)


def health_of(database: Database, now: datetime, settings: Settings) -> Health:
    """The last known state: a probe that asks would keep a serverless database awake."""
    known = {True: "connected", False: "disconnected", None: "unknown"}[database.is_reachable]
    notice = DEMONSTRATION if settings.is_demonstration else None
    return Health.model_validate({"database": known, "timestamp": now, "notice": notice})


@router.head("/health", include_in_schema=False)
@router.head("/api/health", include_in_schema=False)
@router.get("/health", operation_id="health")
@router.get("/api/health", operation_id="api_health")
async def health(database: DatabaseDep, now: NowDep, settings: SettingsDep) -> Health:
    """Answers while the process lives; `database` is its last known state."""
    return health_of(database, now, settings)


@router.get("/health/ready", operation_id="ready", responses=failures(503))
async def ready(database: DatabaseDep, now: NowDep, settings: SettingsDep) -> Health:
    """Asks the database, and fails where it does not answer."""
    await database.ping()
    return health_of(database, now, settings)
