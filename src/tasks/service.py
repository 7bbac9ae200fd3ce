"""What can be done with one user's tasks: the one path of every door."""

from collections.abc import Callable
from typing import Any

from src.core.database import Executor, Row
from src.core.errors import InvalidInput
from src.core.pagination import Page
from src.history.operation import ChangeKind, Operation
from src.preferences.schemas import Preferences
from src.tasks.dates import read_due
from src.tasks.errors import TaskNotFound
from src.tasks.filters import TaskFilter
from src.tasks.query import conditions_of, cursor_after, position_of
from src.tasks.reading import TaskReader
from src.tasks.repository import TaskRepository
from src.tasks.schemas import (
    Completion,
    Priority,
    TaskCreate,
    TaskRead,
    TaskReplace,
    TaskStatus,
    TaskUpdate,
    tag_key,
)


class TaskService:
    """One caller's tasks in one operation: no method takes a user, so none can forget to."""

    def __init__(
        self, executor: Executor, operation: Operation, preferences: Preferences, *, cursor_key: bytes
    ) -> None:
        self._executor = executor
        self._operation = operation
        self._preferences = preferences
        self._cursor_key = cursor_key + operation.caller.user_id.encode()
        self._repository = TaskRepository(executor, operation)
        self._read: Callable[[Row], TaskRead] = TaskReader(preferences, operation.now).read

    async def create(self, task: TaskCreate) -> TaskRead:
        return self._read(await self._repository.insert(self._all_values(task)))

    async def get(self, task_id: int) -> TaskRead:
        return self._found(await self._repository.get(task_id), task_id)

    async def search(self, chosen: TaskFilter) -> Page[TaskRead]:
        rows = await self._repository.search(
            conditions_of(chosen, self._preferences, self._operation.now),
            chosen.sort_by,
            chosen.direction,
            after=position_of(chosen, self._cursor_key),
            limit=chosen.limit + 1,
        )
        shown = rows[: chosen.limit]
        has_more = len(rows) > chosen.limit
        next_cursor = cursor_after(shown[-1], chosen, self._cursor_key) if has_more else None
        return Page(items=[self._read(row) for row in shown], next_cursor=next_cursor)

    async def replace(self, task_id: int, task: TaskReplace) -> TaskRead:
        return await self._change(task_id, self._all_values(task), task.completed)

    async def update(self, task_id: int, change: TaskUpdate) -> TaskRead:
        given = change.given()
        is_completed = given.pop("completed", None)
        return await self._change(task_id, self._values(given), is_completed)

    async def complete(self, task_id: int) -> Completion:
        """Complete a task; completing it again changes nothing."""
        return Completion(completed_task=await self.set_completed(task_id, is_completed=True))

    async def set_completed(self, task_id: int, *, is_completed: bool | None) -> TaskRead:
        """Complete or reopen a task, or turn it over where `is_completed` is None."""
        async with self._executor.transaction() as transaction:
            repository = TaskRepository(transaction, self._operation)
            row = await repository.lock(task_id)
            if row is None:
                raise TaskNotFound(task_id)
            was_completed = row["status"] == TaskStatus.COMPLETED
            target = not was_completed if is_completed is None else is_completed
            if target == was_completed:
                return self._read(row)
            kind = ChangeKind.COMPLETED if target else ChangeKind.REOPENED
            return self._found(await repository.update(task_id, self._state(target), kind), task_id)

    async def delete(self, task_id: int) -> TaskRead:
        return self._found(await self._repository.delete(task_id), task_id)

    async def _change(self, task_id: int, values: dict[str, Any], is_completed: bool | None) -> TaskRead:
        async with self._executor.transaction() as transaction:
            service = TaskService(
                transaction, self._operation, self._preferences, cursor_key=self._cursor_key
            )
            task: TaskRead | None = None
            if values:
                row = await service._repository.update(task_id, values)
                task = self._found(row, task_id)
            if is_completed is not None:
                task = await service.set_completed(task_id, is_completed=is_completed)
            return task or await service.get(task_id)

    def _found(self, row: Row | None, task_id: int) -> TaskRead:
        if row is None:
            raise TaskNotFound(task_id)
        return self._read(row)

    def _state(self, is_completed: bool) -> dict[str, Any]:
        if is_completed:
            return {"status": TaskStatus.COMPLETED.value, "completed_at": self._operation.now}
        return {"status": TaskStatus.PENDING.value, "completed_at": None}

    def _all_values(self, task: TaskCreate | TaskReplace) -> dict[str, Any]:
        fields = task.model_dump(exclude={"completed", "due_string"})
        if task.due_string is not None:
            fields["due_string"] = task.due_string
            if task.due_date is None:
                del fields["due_date"]
        return self._values(fields)

    def _values(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The columns that the given fields of a task fill."""
        plain = ("title", "description", "category")
        values: dict[str, Any] = {name: fields[name] for name in plain if name in fields}
        if "title" in fields and fields["title"] is None:
            raise InvalidInput("title", "A task keeps a title; it cannot be cleared.")
        if "priority" in fields:
            values["priority"] = (fields["priority"] or Priority.NONE).value
        if "tags" in fields:
            tags = fields["tags"] or []
            values |= {"tags": tags, "tag_keys": [tag_key(tag) for tag in tags]}
        return values | self._due_values(fields)

    def _due_values(self, fields: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("due_date", "due_string") if name in fields]
        if len(named) == 2:
            raise InvalidInput("due_string", "Give either due_date or due_string.")
        if not named:
            return {}
        text = fields[named[0]]
        if text is None:
            return {"due_on": None, "due_at": None, "due_timezone": None}
        due = read_due(text, self._preferences, self._operation.now, field=named[0])
        return {"due_on": due.on, "due_at": due.at, "due_timezone": due.timezone}
