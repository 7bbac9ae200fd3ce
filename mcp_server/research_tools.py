"""The pair of tools that ChatGPT's connectors and deep research look for: search, then fetch."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, Field

from mcp_server.definitions import LONGEST_ID, ToolDefinition, hints
from mcp_server.identity import ToolContext
from src.core.errors import InvalidInput
from src.tasks.filters import TaskFilter
from src.tasks.schemas import TaskRead

_MOST_RESULTS = 20
_FACTS = {"status", "priority", "due_date", "due_text", "category", "created_at", "completed_at"}


class SearchResult(BaseModel):
    """A task that was found, and where it can be looked at."""

    id: str
    title: str
    url: str


class SearchResults(BaseModel):
    """What was found, the best match first."""

    results: list[SearchResult]


class Document(SearchResult):
    """A task as a text."""

    text: str
    metadata: dict[str, str]


def make_search(context: ToolContext) -> Callable[..., Any]:
    async def search(
        query: Annotated[str, Field(description="Words of title, description, tags or category.")],
    ) -> SearchResults:
        """Search the user's tasks, done ones too; returns ids for fetch."""
        chosen = TaskFilter.of(search=query, limit=_MOST_RESULTS)
        page = await (await context.tasks()).search(chosen)
        return SearchResults(results=[_result(context, task) for task in page.items])

    return search


def make_fetch(context: ToolContext) -> Callable[..., Any]:
    async def fetch(id: Annotated[str, Field(description="An id from search.")]) -> Document:  # noqa: A002 - OpenAI's name for it.
        """Read one task that search found, whole."""
        if not (id.isascii() and id.isdigit() and len(id) <= LONGEST_ID):
            raise InvalidInput("id", "This is no id from search.")
        task = (await (await context.tasks()).get(int(id))).read()
        return Document(**dict(_result(context, task)), text=_text(task), metadata=_metadata(task))

    return fetch


def _result(context: ToolContext, task: TaskRead) -> SearchResult:
    return SearchResult(id=str(task.id), title=task.title, url=f"{context.public_url}/api/me/tasks/{task.id}")


def _text(task: TaskRead) -> str:
    facts = [f"{name}: {value}" for name, value in _metadata(task).items()]
    return "\n".join([task.title, *([task.description] if task.description else []), "", *facts])


def _metadata(task: TaskRead) -> dict[str, str]:
    told = task.model_dump(mode="json", include=_FACTS)
    told["tags"] = ", ".join(task.tags)
    told["repeats"] = task.recurrence.text if task.recurrence else None
    return {name: str(value) for name, value in told.items() if value}


RESEARCH_TOOLS: tuple[ToolDefinition, ...] = (
    (make_search, hints(reads=True)),
    (make_fetch, hints(reads=True)),
)
