"""What clients of MCP may know before they sign in."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.routing import Route

from mcp_server.door import MCPDoor
from mcp_server.profiles import TOOLS
from mcp_server.resource import METADATA, metadata_of
from src.auth.oauth_tokens import MCP_PATH
from src.core.dependencies import SettingsDep
from src.core.health import VERSION
from src.core.routing import StrictRoute

router = APIRouter(tags=["mcp"], route_class=StrictRoute)


class ServerInfo(BaseModel):
    """The MCP server of this service."""

    name: str = "todo"
    version: str = VERSION
    protocol: str = "MCP"
    transport: str = "streamable-http"
    endpoint: str = MCP_PATH
    available_tools: tuple[str, ...] = TOOLS
    tool_count: int = len(TOOLS)


@router.get(f"{MCP_PATH}/info", operation_id="mcp_info")
async def info() -> ServerInfo:
    """What the MCP endpoint offers; it needs no credential, the endpoint does."""
    return ServerInfo()


@router.get(METADATA, include_in_schema=False)
@router.get(f"{METADATA}/mcp", include_in_schema=False)
@router.get(f"{METADATA}{MCP_PATH}/mcp", include_in_schema=False)
@router.get(f"{METADATA}{MCP_PATH}", operation_id="mcp_resource_metadata")
async def protected_resource(settings: SettingsDep) -> dict[str, Any]:
    """Where MCP clients get access tokens for this service (RFC 9728)."""
    return metadata_of(settings)


def endpoints(door: MCPDoor) -> list[Route]:
    """The routes of the endpoint itself; a path of its own for clients that append `/mcp`."""
    return [Route(path, door, methods=["POST"]) for path in (MCP_PATH, f"{MCP_PATH}/mcp")]
