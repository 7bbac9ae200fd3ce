"""The texts that the service compiles for the requests of the bench.

They are its private names: what the service no longer runs must not be found here either, so a change there
stops the bench rather than making it compare two things.
"""

from typing import Any

from src.core.database import Query
from src.tasks import repository, series_repository
from src.tasks.filters import SortDirection, TaskSort
from src.tasks.search import search_query

UNDATED: dict[str, Any] = {
    "description": None,
    "category": None,
    "priority": "Medium",
    "due_on": None,
    "due_at": None,
    "due_timezone": None,
    "status": "pending",
    "version": 1,
}
COPIED = ("title", "tags", "tag_keys")
_WRITTEN = frozenset(UNDATED) | {"title", "tags", "tag_keys", "user_id", "created_at", "updated_at"}

GET = repository._show
CREATE = repository._insert(_WRITTEN)
UPDATE = repository._rewrite(frozenset({"title", "priority"}))
LOCK = repository._lock
FINISH = repository._update(frozenset({"status", "completed_at"}))
LOCK_SERIES = series_repository._lock
ADVANCE = series_repository._advance
FOLLOW = repository._insert(_WRITTEN | {"series_id", "occurrence", "scheduled_wall"})

_LIST = search_query(frozenset(), TaskSort.CREATED_AT, SortDirection.DESCENDING, is_later_page=False)
_FILTERED = search_query(
    frozenset({"status", "priorities"}), TaskSort.DUE_DATE, SortDirection.ASCENDING, is_later_page=False
)
_SEARCH = search_query(
    frozenset({"search", "prefixes"}), TaskSort.RELEVANCE, SortDirection.DESCENDING, is_later_page=False
)


def list_query(asked: dict[str, str]) -> tuple[Query, dict[str, Any]]:
    """The statement of one of the bench's three lists, and what its conditions bind."""
    if "search" in asked:
        return _SEARCH, {"search": asked["search"], "prefixes": f"{asked['search']}:*"}
    if "priority" in asked:
        return _FILTERED, {"status": asked["status"], "priorities": [asked["priority"]]}
    return _LIST, {}
