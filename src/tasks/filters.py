"""How a list of tasks is narrowed, ordered and paged."""

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from src.core.errors import InvalidInput
from src.core.schemas import RequestModel
from src.tasks.schemas import AnyCasePriority, Category, DueText, Tag, tag_key


class TaskSort(StrEnum):
    """What a list is ordered by."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    DUE_DATE = "due_date"
    PRIORITY = "priority"
    TITLE = "title"
    STATUS = "status"
    RELEVANCE = "relevance"


class SortDirection(StrEnum):
    """Which end comes first."""

    ASCENDING = "asc"
    DESCENDING = "desc"


class DueWindow(StrEnum):
    """A stretch of days around today, in the user's zone."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    THIS_WEEK = "this_week"
    OVERDUE = "overdue"
    UPCOMING = "upcoming"
    NONE = "none"


class StatusFilter(StrEnum):
    """Which states a list shows."""

    ALL = "all"
    PENDING = "pending"
    COMPLETED = "completed"
    SKIPPED = "skipped"


def _folded(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _split(value: Any) -> Any:
    """`a,b` and `a` repeated with `b` both mean two."""
    if value is None:
        return None
    parts = [value] if isinstance(value, str) else value
    return [piece.strip() for part in parts for piece in str(part).split(",") if piece.strip()]


Folded = BeforeValidator(_folded)
Split = BeforeValidator(_split)


class TaskFilter(RequestModel):
    """Which tasks, in which order, and how many at once."""

    status: Annotated[StatusFilter, Folded] = StatusFilter.ALL
    completed: bool | None = Field(
        default=None, description="Short for `status=completed` or `status=pending`."
    )
    priority: Annotated[list[AnyCasePriority] | None, Split] = Field(
        default=None, description="One or several: repeated, or parted by commas."
    )
    category: Category | None = None
    tags: Annotated[list[Tag] | None, Split] = Field(
        default=None, description="One or several: repeated, or parted by commas."
    )
    tags_match: Annotated[Literal["all", "any"], Folded] = "any"
    search: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = Field(
        default=None,
        description="Words, or their beginnings, in title, description, tags and category. First come titles "
        "that say these very words, then titles that say others of their kind, then the rest; of each the "
        "newest first. Where nothing says them, titles that resemble them are found.",
    )
    due: Annotated[DueWindow | None, Folded] = None
    due_after: DueText | None = Field(default=None, description="Due on this day, at this instant, or later.")
    due_before: DueText | None = Field(
        default=None, description="Due on this day, at this instant, or earlier."
    )
    recurring: bool | None = Field(default=None, description="Only occurrences of a series, or only others.")
    series_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    created_after: DueText | None = None
    updated_after: DueText | None = None
    completed_after: DueText | None = Field(
        default=None, description="Completed on this day, at this instant, or later."
    )
    completed_before: DueText | None = Field(
        default=None, description="Completed on this day, at this instant, or earlier."
    )
    include_total: bool = Field(default=False, description="Count all that match, which costs a little.")
    sort_by: Annotated[TaskSort | None, Folded] = Field(
        default=None, description="created_at where nothing is searched for, else relevance."
    )
    sort_direction: Annotated[SortDirection | None, Folded] = Field(
        default=None,
        description="Newest, soonest, most important or first in the alphabet comes first by default.",
    )
    order: Annotated[SortDirection | None, Folded] = Field(
        default=None, description="The same as sort_direction."
    )
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=1000)] | None = None

    @cached_property
    def sort(self) -> TaskSort:
        return self.sort_by or (TaskSort.RELEVANCE if self.search else TaskSort.CREATED_AT)

    @cached_property
    def direction(self) -> SortDirection:
        chosen = self.sort_direction or self.order
        if chosen is not None:
            return chosen
        ascends = self.sort in (TaskSort.DUE_DATE, TaskSort.TITLE, TaskSort.STATUS)
        return SortDirection.ASCENDING if ascends else SortDirection.DESCENDING

    @cached_property
    def order_name(self) -> str:
        """What cursors call the order by."""
        return f"{self.sort}:{self.direction}"

    @cached_property
    def names_days(self) -> bool:
        """Whether it speaks of days, which somebody's calendar must tell."""
        dues = (self.due, self.due_after, self.due_before)
        others = (self.created_after, self.updated_after, self.completed_after, self.completed_before)
        return any(each is not None for each in (*dues, *others))

    @cached_property
    def values(self) -> dict[str, Any]:
        """The bind values of the conditions that nobody's calendar changes; they are shared."""
        status = self._status()
        given = {
            "status": status.value if status else None,
            "priorities": [priority.value for priority in self.priority or []] or None,
            "category": self.category.lower() if self.category else None,
            f"{self.tags_match}_tags": [tag_key(tag) for tag in self.tags or []] or None,
            "recurring": self.recurring or None,
            "not_recurring": self.recurring is False or None,
            "series_id": self.series_id,
        }
        return {name: value for name, value in given.items() if value is not None} | self._words()

    def _status(self) -> StatusFilter | None:
        if self.completed is not None:
            status = StatusFilter.COMPLETED if self.completed else StatusFilter.PENDING
            if self.status not in (StatusFilter.ALL, status):
                raise InvalidInput(
                    "completed", f"status={self.status} contradicts completed={self.completed}."
                )
            return status
        if self.status is not StatusFilter.ALL:
            return self.status
        return StatusFilter.PENDING if self.due in (DueWindow.OVERDUE, DueWindow.UPCOMING) else None

    def _words(self) -> dict[str, str]:
        """All the words, each by its beginning, and the whole for stems and typos."""
        if not self.search:
            if self.sort is TaskSort.RELEVANCE:
                raise InvalidInput("sort_by", "Only a search has relevance; give search, or sort by another.")
            return {}
        prefixes = " & ".join(f"{word}:*" for word in re.findall(r"\w+", self.search))
        return {"search": self.search, "prefixes": prefixes}


class TagFilter(RequestModel):
    """Which tags, and how many."""

    search: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
