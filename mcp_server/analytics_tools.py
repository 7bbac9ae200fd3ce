"""The tool over figures."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from mcp_server.definitions import ToolDefinition, hints
from mcp_server.identity import ToolContext
from src.analytics.summary import AnalyticsSummary

FirstDay = Annotated[str | None, Field(description="ISO date or words: 'last monday'. Omit for all time.")]
LastDay = Annotated[str | None, Field(description="ISO date or words: 'yesterday'. Omit for today.")]


def make_get_analytics(context: ToolContext) -> Callable[..., Any]:
    # The answer names its figures; their schema in the tool list would cost a model more than the answer.
    async def get_analytics(start_date: FirstDay = None, end_date: LastDay = None) -> dict[str, Any]:
        """How the user is doing: done, open, overdue, rates in percent, streaks, habits, the next 14 days."""
        figures = await (await context.analytics()).get_spoken(start_date, end_date)
        return AnalyticsSummary.of(figures).model_dump(mode="json")

    return get_analytics


ANALYTICS_TOOLS: tuple[ToolDefinition, ...] = ((make_get_analytics, hints(reads=True)),)
