"""What tools answer beside the schemas of the services."""

import orjson
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel

from src.tasks.schemas import TagRead, TaskRead


class TaskResult(BaseModel):
    """One task."""

    task: TaskRead


class TagList(BaseModel):
    """Tags in use."""

    tags: list[TagRead]


def result_of(content: bytes) -> CallToolResult:
    """What is JSON already, as text and as an object; the SDK holds it against the tool's schema."""
    return CallToolResult(
        content=[TextContent(type="text", text=content.decode())], structured_content=orjson.loads(content)
    )
