"""What a tool is made of: a function over the services, and the hints that clients show."""

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from mcp_types import ToolAnnotations
from pydantic import Field

from mcp_server.identity import ToolContext

ToolMaker: TypeAlias = Callable[[ToolContext], Callable[..., Any]]
ToolDefinition: TypeAlias = tuple[ToolMaker, ToolAnnotations]

LONGEST_ID = 18
"""Digits of a task's id, written as a text, that certainly fit a row's key."""

TaskId = Annotated[int, Field(ge=1, le=2**63 - 1, description="Id of the task, from an earlier answer.")]


def hints(*, reads: bool = False, destroys: bool = False, idempotent: bool = False) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=reads,
        destructive_hint=destroys,
        # Of what only reads it says nothing (MCP, ToolAnnotations).
        idempotent_hint=None if reads else idempotent,
        open_world_hint=False,
    )
