"""What tools answer beside the schemas of the services."""

from typing import Any

import orjson
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp.types import CallToolResult, InputRequiredResult, TextContent
from pydantic import BaseModel

from src.tasks.schemas import TagRead, TaskRead


class TaskResult(BaseModel):
    """One task."""

    task: TaskRead


class TagList(BaseModel):
    """Tags in use."""

    tags: list[TagRead]


def result_of(content: bytes | str) -> CallToolResult:
    """What is JSON already, as text and as an object."""
    text = content if isinstance(content, str) else content.decode()
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=orjson.loads(content)
    )


class ResultSchema(FuncMetadata):
    """Makes JSON of a result once, and without spaces: a model pays for each.

    The SDK makes it twice, and checks what is JSON already by making objects of it. Nothing here needs that:
    models are checked when they are made, and what PostgreSQL makes is held against the schema by the tests.
    """

    def convert_result(self, result: Any) -> CallToolResult | InputRequiredResult:
        if isinstance(result, CallToolResult):
            return result
        is_model = isinstance(result, BaseModel)
        return result_of(result.model_dump_json(by_alias=True) if is_model else orjson.dumps(result))
