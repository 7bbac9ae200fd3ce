"""What can be asked of recurring work: the series there are, and the dates to come."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from src.core.database import Executor, Row
from src.core.pagination import Page, decode_cursor, encode_cursor
from src.core.zones import zone_named
from src.history.operation import Operation
from src.preferences.schemas import Preferences
from src.recurrence.sentence import describe
from src.tasks.dates import read_due
from src.tasks.errors import NotRecurring, TaskNotFound
from src.tasks.pattern import Pattern, is_repeating, pattern_of, wall_of
from src.tasks.plan import Plan, Planner
from src.tasks.reading import due_text, read_or_none
from src.tasks.recurrence_schemas import (
    OccurrenceDate,
    Occurrences,
    Preview,
    PreviewRequest,
    read_pattern,
)
from src.tasks.repository import TaskRepository
from src.tasks.schemas import SeriesRead
from src.tasks.series_repository import SeriesRepository


class SeriesService:
    """One caller's series, in one operation."""

    def __init__(
        self, executor: Executor, operation: Operation, preferences: Preferences, *, cursor_key: bytes
    ) -> None:
        self._tasks = TaskRepository(executor, operation)
        self._series = SeriesRepository(executor, operation)
        self._operation = operation
        self._preferences = preferences
        self._cursor_key = cursor_key + operation.caller.user_id.encode()

    async def search(self, *, limit: int, cursor: str | None) -> Page[SeriesRead]:
        """The series, newest first."""
        after = decode_cursor(self._cursor_key, "series", cursor)[0] if cursor else None
        rows = await self._series.search(after, limit + 1)
        shown = rows[:limit]
        items = [await self._read(row) for row in shown]
        last = [shown[-1]["series_id"]] if len(rows) > limit else None
        return Page(
            items=items, next_cursor=encode_cursor(self._cursor_key, "series", last) if last else None
        )

    async def _read(self, row: Row) -> SeriesRead:
        upcoming = await self._tasks.get(row["next_task_id"]) if row["next_task_id"] else None
        pattern = pattern_of(row)
        return SeriesRead(
            id=row["series_id"],
            is_active=row["series_stopped_at"] is None and upcoming is not None,
            recurrence=read_pattern(pattern),
            text=describe(pattern.rule, pattern.start),
            next_task=read_or_none(upcoming),
            completed=row["completed"],
            skipped=row["skipped"],
            missed=row["missed"],
            created_at=row["created_at"],
            stopped_at=row["series_stopped_at"],
        )

    async def occurrences(self, task_id: int, count: int) -> Occurrences:
        """The dates that follow a task's own, if each is done when it is due."""
        task = await self._tasks.get(task_id)
        if task is None:
            raise TaskNotFound(task_id)
        if not is_repeating(task):
            raise NotRecurring(task_id)
        pattern = pattern_of(task)
        following = _chain(pattern, task["occurrence"], task["scheduled_wall"])
        dates = [self._dated(pattern, number, slot) for number, slot in islice(following, count)]
        return Occurrences(
            task_id=task_id, series_id=task["series_id"], recurrence=read_pattern(pattern), occurrences=dates
        )

    def preview(self, request: PreviewRequest) -> Preview:
        """What a rule would give; nothing is stored."""
        preferences = self._preferences
        if request.timezone:
            zone = zone_named(request.timezone)
            preferences = Preferences(zone, preferences.week_start, preferences.date_order)
        planner = Planner(preferences, self._operation.now)
        said = request.text if request.text is not None else request.rule_fields()
        rule, first = planner.rule(said)
        start = (
            read_due(request.start, preferences, self._operation.now, field="start")
            if request.start
            else first
        )
        pattern = planner.pattern(Plan({}, start, sets_recurrence=True, rule=rule))
        pattern = Pattern(pattern.rule, preferences.zone, pattern.first())
        following = _chain(pattern, 1, wall_of(pattern.start))
        slots = [pattern.start, *(slot for _, slot in islice(following, request.count - 1))]
        shown = read_pattern(pattern)
        return Preview(
            text=shown.text,
            rule=shown.rule,
            recurrence=shown,
            dates=[pattern.due(slot).value for slot in slots],
        )

    def _dated(self, pattern: Pattern, number: int, slot: date) -> OccurrenceDate:
        due = pattern.due(slot)
        said = due_text(due.on, due.at, self._preferences.zone, self._operation.now)
        return OccurrenceDate(number=number, due_date=due.value, due_text=said)


def _chain(pattern: Pattern, number: int, scheduled: datetime) -> Iterator[tuple[int, date]]:
    """The occurrences that follow one, if each is finished exactly when it is due."""
    while True:
        successor = pattern.on_time(number, scheduled)
        if successor.due is None:
            return
        number, scheduled = successor.number, wall_of(successor.due)
        yield number, successor.due
