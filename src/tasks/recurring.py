"""How occurrences follow one another: always inside the transaction that finishes or changes a task."""

from typing import Any

from src.core.database import Executor, Row
from src.history.operation import ChangeKind, Operation
from src.recurrence.successor import Successor
from src.tasks.due import due_columns
from src.tasks.errors import TaskNotFound
from src.tasks.pattern import Pattern, is_repeating, pattern_of, wall_of
from src.tasks.repository import TaskRepository
from src.tasks.schemas import TaskStatus
from src.tasks.series_repository import SeriesRepository

_COPIED = ("title", "description", "priority", "category", "tags", "tag_keys")
_FINISHED = {
    TaskStatus.COMPLETED: ChangeKind.COMPLETED,
    TaskStatus.SKIPPED: ChangeKind.SKIPPED,
}


class RecurringTasks:
    """Moves tasks along their series. Whoever calls it has locked the task."""

    def __init__(self, transaction: Executor, operation: Operation) -> None:
        self._tasks = TaskRepository(transaction, operation)
        self._series = SeriesRepository(transaction, operation)
        self._now = operation.now

    async def finish(self, task: Row, status: TaskStatus) -> tuple[Row, Row | None]:
        """Complete or skip a task; the finished row, and the occurrence that follows it."""
        completed_at = self._now if status is TaskStatus.COMPLETED else None
        values = {"status": status.value, "completed_at": completed_at}
        finished = await self._written(task["id"], values, _FINISHED[status])
        return finished, await self.follow(task)

    async def follow(self, task: Row) -> Row | None:
        """The occurrence behind a finished one: found where it was made before, else made now."""
        series_id: int | None = task["series_id"]
        if series_id is None:
            return None
        series = await self._series.lock(series_id)
        is_newest = series is not None and task["occurrence"] >= series["last_occurrence"]
        if series is None or series["stopped_at"] is not None or not is_newest:
            return await self.followed_by(task)
        return await self._advance(task, pattern_of(task))

    async def followed_by(self, task: Row) -> Row | None:
        """The occurrence that was already made behind this one."""
        if task["series_id"] is None:
            return None
        return await self._tasks.next_of_series(task["series_id"], after=task["occurrence"])

    async def _advance(self, task: Row, pattern: Pattern) -> Row | None:
        series_id: int = task["series_id"]
        number: int = task["occurrence"]
        successor = pattern.after(number, task["scheduled_wall"], self._now)
        await self._series.record_missed(series_id, number + 1, [wall_of(slot) for slot in successor.missed])
        await self._series.advance(series_id, max(successor.number, number))
        if successor.due is None:
            return None
        return await self._tasks.insert(_copy(task) | _placed(pattern, successor, series_id))

    async def reopen(self, task: Row) -> Row:
        """Make a finished task pending again; the next occurrence goes where nobody touched it yet."""
        series_id: int | None = task["series_id"]
        if series_id is not None and await self._series.lock(series_id) is not None:
            await self._take_back(series_id, task["occurrence"])
        values = {"status": TaskStatus.PENDING.value, "completed_at": None}
        return await self._written(task["id"], values, ChangeKind.REOPENED)

    async def _take_back(self, series_id: int, number: int) -> None:
        upcoming = await self._tasks.next_of_series(series_id, after=number)
        if upcoming is not None:
            if upcoming["status"] != TaskStatus.PENDING or upcoming["version"] != 1:
                return
            await self._tasks.delete(upcoming["id"])
        await self._series.forget_missed(series_id, number)
        await self._series.advance(series_id, number)

    async def begin(self, pattern: Pattern) -> dict[str, Any]:
        """A new series, as the columns of its first occurrence."""
        series_id = await self._series.insert(pattern)
        return {"series_id": series_id, "occurrence": 1, "scheduled_wall": wall_of(pattern.start)}

    async def delete_all(self, task: Row) -> None:
        """End a task's series and delete what is still to be done of it; what was done stays."""
        await self._series.stop(task["series_id"])
        for pending in await self._tasks.pending_of_series(task["series_id"]):
            await self._tasks.delete(pending["id"])
        await self._tasks.delete(task["id"])

    async def stop(self, task: Row) -> Row:
        """End a task's series; what was done stays."""
        if not is_repeating(task):
            return task
        await self._series.stop(task["series_id"])
        return await self._written(task["id"], {}, ChangeKind.STOPPED)

    async def _written(self, task_id: int, values: dict[str, Any], kind: ChangeKind) -> Row:
        row = await self._tasks.update(task_id, values, kind)
        if row is None:
            raise TaskNotFound(task_id)
        return row


def _copy(task: Row) -> dict[str, Any]:
    return {name: task[name] for name in _COPIED}


def _placed(pattern: Pattern, successor: Successor, series_id: int) -> dict[str, Any]:
    assert successor.due is not None  # noqa: S101 - the caller made sure.
    return {
        "series_id": series_id,
        "occurrence": successor.number,
        "scheduled_wall": wall_of(successor.due),
        **due_columns(pattern.due(successor.due)),
    }
