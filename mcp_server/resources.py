"""What clients may read without calling a tool: today, a tag, one task, and the page that shows a list."""

from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import orjson
from mcp.server.apps import Apps
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.resources import FunctionResource, ResourceSecurity

from mcp_server.agenda import tagged, today_of
from mcp_server.definitions import LONGEST_ID
from mcp_server.errors import sentence_of
from mcp_server.identity import ToolContext
from src.core.errors import DomainError, ErrorKind

P = ParamSpec("P")

JSON = "application/json"
TAG_TEMPLATE = "tasks://tag/{tag}"
TASK_LIST_PAGE = "ui://todo/task-list.html"
_NO_PATH = ResourceSecurity(exempt_params={"tag"})
_PAGE = Path(__file__).with_name("task_list.html")


def add_resources(server: MCPServer[Any], context: ToolContext) -> None:
    """Give a server the resources over its caller's tasks."""

    async def today() -> str:
        """What is overdue and what is due today, in the user's time zone."""
        return _json((await today_of(context)).as_json())

    async def task(id: str) -> str:  # noqa: A002 - named by the template.
        """One task by its id."""
        if not (id.isascii() and id.isdigit() and len(id) <= LONGEST_ID):
            raise ResourceNotFoundError(f"No task {id[:32]}. (task_not_found)")
        return (await (await context.tasks()).get(int(id))).json

    async def tag(tag: str) -> str:
        """The pending tasks that carry a tag, the soonest first."""
        return _json((await tagged(context, tag)).as_json())

    server.add_resource(
        FunctionResource.from_function(
            _told(today), uri="tasks://today", name="today", title="Today", mime_type=JSON
        )
    )
    server.resource(TAG_TEMPLATE, name="tag", title="Tasks with a tag", mime_type=JSON, security=_NO_PATH)(
        _told(tag)
    )
    server.resource("tasks://{id}", name="task", title="A task", mime_type=JSON)(_told(task))


def task_list_page() -> Apps:
    """The page in which hosts with MCP Apps show a list of tasks; it loads nothing from anywhere."""
    apps = Apps()
    apps.add_html_resource(
        TASK_LIST_PAGE,
        _PAGE.read_text(),
        name="task_list",
        title="Task list",
        description="Shows what list_tasks found.",
        prefers_border=True,
    )
    return apps


def _json(told: Any) -> str:
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _told(read: Callable[P, Awaitable[str]]) -> Callable[P, Awaitable[str]]:
    """Tell a failure as MCP does: a sentence where it is one of ours, nothing of it elsewhere."""

    @wraps(read)
    async def told(*given: P.args, **named: P.kwargs) -> str:
        try:
            return await read(*given, **named)
        except DomainError as error:
            kind = ResourceNotFoundError if error.kind is ErrorKind.NOT_FOUND else ResourceError
            raise kind(sentence_of(error)) from error

    return told
