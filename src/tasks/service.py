"""What can be done with one user's tasks: the one path of every door."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Self

from src.core.database import Executor, Row
from src.core.errors import DomainError
from src.core.pagination import page_json
from src.core.reruns import again_on_conflict
from src.history.operation import Operation
from src.preferences.schemas import UTC_CALENDAR
from src.preferences.service import PreferencesService
from src.tasks.batch_schemas import (
    Batch,
    BatchResult,
    CompleteOperation,
    CreateOperation,
    DeleteOperation,
    OperationResult,
    UpdateOperation,
)
from src.tasks.batch_schemas import Operation as BatchOperation
from src.tasks.errors import AlreadyFinished, BatchFailed, NotRecurring, TaskChanged, TaskNotFound
from src.tasks.filters import TagFilter, TaskFilter
from src.tasks.pattern import is_repeating, pattern_of
from src.tasks.plan import DATED_FIELDS, Plan, Planner, all_fields
from src.tasks.query import conditions_of, cursor_after, escaped, position_of
from src.tasks.quick_add_schemas import QuickAdded, QuickAddRequest, UnderstoodRead
from src.tasks.reading import FinishedTask, StoredTask, draft_of, read_or_none
from src.tasks.recurring import RecurringTasks
from src.tasks.repository import TaskRepository
from src.tasks.schemas import (
    Deletion,
    DeletionScope,
    TagRead,
    TaskCreate,
    TaskPage,
    TaskRead,
    TaskReplace,
    TaskStatus,
    TaskUpdate,
)


class TaskService:
    """One caller's tasks in one operation: no method takes a user, so none can forget to."""

    def __init__(
        self,
        executor: Executor,
        operation: Operation,
        preferences: PreferencesService,
        *,
        cursor_key: bytes,
    ) -> None:
        self._executor = executor
        self._wanted_versions: frozenset[str] | None = None
        self._operation = operation
        self._preferences = preferences
        self._cursor_key = cursor_key + operation.caller.user_id.encode()
        self._repository = TaskRepository(executor, operation)

    def guarded(self, versions: frozenset[str] | None) -> Self:
        """The same service, which refuses to change a task that is at none of these versions."""
        guarded = copy(self)
        guarded._wanted_versions = versions
        return guarded

    async def create(self, task: TaskCreate) -> StoredTask:
        fields = all_fields(task)
        return await self._create((await self._planner(fields)).plan(fields))

    async def quick_add(self, request: QuickAddRequest) -> QuickAdded:
        """Create the task that a line of text describes, or only show it."""
        planner = await self._planner()
        plan, said = planner.quick(request.text)
        understood = [UnderstoodRead.of(piece) for piece in said.understood]
        if not request.dry_run:
            return QuickAdded(task=(await self._create(plan)).read(), understood=understood)
        pattern = planner.pattern(plan) if plan.rule else None
        zone = (await self._preferences.in_force()).zone
        draft = draft_of(plan.columns, pattern, zone, self._operation.now)
        return QuickAdded(task=draft, understood=understood)

    @again_on_conflict
    async def _create(self, plan: Plan) -> StoredTask:
        if plan.rule is None:
            return StoredTask.of(await self._repository.insert(plan.columns))
        pattern = (await self._planner()).pattern(plan)
        async with self._executor.transaction() as transaction:
            first = await RecurringTasks(transaction, self._operation).begin(pattern)
            repository = TaskRepository(transaction, self._operation)
            return StoredTask.of(await repository.insert(plan.columns | pattern.due_columns() | first))

    async def get(self, task_id: int) -> StoredTask:
        return self._found(await self._repository.show(task_id), task_id)

    async def get_all(self, task_ids: Sequence[int]) -> list[TaskRead]:
        """Those of the tasks that are there, in the order they are named."""
        rows = await self._repository.get_all(task_ids)
        found = {row["id"]: StoredTask.of(row).read() for row in rows}
        return [found[task_id] for task_id in dict.fromkeys(task_ids) if task_id in found]

    async def search(self, chosen: TaskFilter) -> TaskPage:
        return TaskPage.model_validate_json(await self.search_json(chosen))

    async def search_json(self, chosen: TaskFilter) -> bytes:
        """A page of tasks as the JSON of `TaskPage`, which PostgreSQL has made all but whole."""
        conditions = await self._conditions(chosen)
        rows = await self._repository.search(
            conditions,
            chosen.sort,
            chosen.direction,
            after=position_of(chosen, self._cursor_key),
            limit=chosen.limit + 1,
        )
        shown = rows[: chosen.limit]
        has_more = len(rows) > chosen.limit
        next_cursor = cursor_after(shown[-1], chosen, self._cursor_key) if has_more else None
        total = await self._repository.count(conditions) if chosen.include_total else None
        return page_json([row["task"] for row in shown], next_cursor, total)

    async def _conditions(self, chosen: TaskFilter) -> Mapping[str, Any]:
        preferences = await self._preferences.in_force() if chosen.names_days else UTC_CALENDAR
        return conditions_of(chosen, preferences, self._operation.now)

    async def _planner(self, fields: dict[str, Any] | None = None) -> Planner:
        """Who reads what was written; where no field names a day, nobody's calendar is asked for."""
        names_days = fields is None or any(fields.get(name) is not None for name in DATED_FIELDS)
        preferences = await self._preferences.in_force() if names_days else UTC_CALENDAR
        return Planner(preferences, self._operation.now)

    async def tags(self, chosen: TagFilter) -> list[TagRead]:
        """The tags in use, the most used first."""
        pattern = f"%{escaped(chosen.search)}%" if chosen.search else None
        rows = await self._repository.tags(pattern, chosen.limit)
        return [TagRead.model_validate(dict(row)) for row in rows]

    async def replace(self, task_id: int, task: TaskReplace) -> StoredTask:
        return await self._change(task_id, all_fields(task), is_completed=task.completed)

    async def update(self, task_id: int, change: TaskUpdate) -> StoredTask:
        fields = change.given()
        is_completed = fields.pop("completed", None)
        return await self._change(task_id, fields, is_completed=is_completed)

    @again_on_conflict
    async def complete(self, task_id: int) -> FinishedTask:
        """Complete a task; completing it again changes nothing and names the same next occurrence."""
        async with self._executor.transaction() as transaction:
            recurring = RecurringTasks(transaction, self._operation)
            task = await self._lock(transaction, task_id)
            if task["status"] == TaskStatus.COMPLETED:
                finished, upcoming = task, await recurring.followed_by(task)
            else:
                finished, upcoming = await recurring.finish(task, TaskStatus.COMPLETED)
        return FinishedTask.of(finished, upcoming)

    @again_on_conflict
    async def skip(self, task_id: int) -> FinishedTask:
        """Let an occurrence pass undone; skipping it again changes nothing."""
        async with self._executor.transaction() as transaction:
            recurring = RecurringTasks(transaction, self._operation)
            task = await self._lock(transaction, task_id)
            if task["status"] == TaskStatus.SKIPPED:
                finished, upcoming = task, await recurring.followed_by(task)
            else:
                _refuse_to_skip(task)
                finished, upcoming = await recurring.finish(task, TaskStatus.SKIPPED)
        return FinishedTask.of(finished, upcoming)

    @again_on_conflict
    async def stop_recurrence(self, task_id: int) -> StoredTask:
        async with self._executor.transaction() as transaction:
            task = await self._lock(transaction, task_id)
            return StoredTask.of(await RecurringTasks(transaction, self._operation).stop(task))

    @again_on_conflict
    async def set_completed(self, task_id: int, *, is_completed: bool | None) -> StoredTask:
        """Complete or reopen a task, or turn it over where `is_completed` is None."""
        async with self._executor.transaction() as transaction:
            task = await self._lock(transaction, task_id)
            return StoredTask.of(await self._turned(transaction, task, is_completed))

    @again_on_conflict
    async def delete(self, task_id: int, scope: DeletionScope = DeletionScope.TASK) -> Deletion:
        """Delete a task; of a series, this occurrence, which the next one follows, or all that is left."""
        async with self._executor.transaction() as transaction:
            recurring = RecurringTasks(transaction, self._operation)
            task = await self._lock(transaction, task_id)
            upcoming = None
            if scope is DeletionScope.SERIES:
                if task["series_id"] is None:
                    raise NotRecurring(task_id)
                await recurring.delete_all(task)
            else:
                upcoming = await recurring.follow(task) if task["status"] == TaskStatus.PENDING else None
                await TaskRepository(transaction, self._operation).delete(task_id)
        return Deletion(
            deleted_task_id=task_id,
            title=task["title"],
            next_occurrence=read_or_none(upcoming),
        )

    @again_on_conflict
    async def batch(self, batch: Batch) -> BatchResult:
        """Make every change, or none."""
        async with self._executor.transaction() as transaction:
            await TaskRepository(transaction, self._operation).lock_all(batch.task_ids())
            tasks = TaskService(transaction, self._operation, self._preferences, cursor_key=self._cursor_key)
            results = [await tasks.perform(index, each) for index, each in enumerate(batch.operations)]
        return BatchResult(results=results)

    async def perform(self, index: int, change: BatchOperation) -> OperationResult:
        """One change of a batch.

        Raises:
            BatchFailed: it cannot be made; the error says which of the batch it is.
        """
        try:
            match change:
                case CreateOperation():
                    return OperationResult(op=change.op, task=(await self.create(change.task)).read())
                case UpdateOperation():
                    task = await self.update(change.task_id, change.changes)
                    return OperationResult(op=change.op, task=task.read())
                case CompleteOperation():
                    finished = await self.complete(change.task_id)
                    return OperationResult(op=change.op, completion=finished.completion())
                case DeleteOperation():
                    deletion = await self.delete(change.task_id, change.scope)
                    return OperationResult(op=change.op, deletion=deletion)
        except DomainError as error:
            raise BatchFailed(index, error) from error

    @again_on_conflict
    async def _change(self, task_id: int, fields: dict[str, Any], *, is_completed: bool | None) -> StoredTask:
        plan = (await self._planner(fields)).plan(fields)
        is_plain = is_completed is None and not plan.sets_recurrence and self._wanted_versions is None
        if is_plain and plan.columns:
            return self._found(await self._repository.rewrite(task_id, plan.columns), task_id)
        async with self._executor.transaction() as transaction:
            task = await self._lock(transaction, task_id)
            task, columns = await self._recurrence(transaction, task, plan)
            if plan.columns or columns:
                repository = TaskRepository(transaction, self._operation)
                task = await repository.update(task_id, plan.columns | columns) or task
            if is_completed is not None:
                task = await self._turned(transaction, task, is_completed)
            return StoredTask.of(task)

    async def _recurrence(self, transaction: Executor, task: Row, plan: Plan) -> tuple[Row, dict[str, Any]]:
        """Stop the old series and begin the new one, unless the rule is the one in force."""
        if not plan.sets_recurrence or (is_repeating(task) and plan.rule == pattern_of(task).rule):
            return task, {}
        recurring = RecurringTasks(transaction, self._operation)
        task = await recurring.stop(task)
        if plan.rule is None:
            return task, {}
        pattern = (await self._planner()).pattern(plan, task)
        return task, await recurring.begin(pattern) | pattern.due_columns()

    async def _turned(self, transaction: Executor, task: Row, is_completed: bool | None) -> Row:
        was_completed = task["status"] == TaskStatus.COMPLETED
        target = not was_completed if is_completed is None else is_completed
        recurring = RecurringTasks(transaction, self._operation)
        if target and not was_completed:
            return (await recurring.finish(task, TaskStatus.COMPLETED))[0]
        if not target and task["status"] != TaskStatus.PENDING:
            return await recurring.reopen(task)
        return task

    async def _lock(self, transaction: Executor, task_id: int) -> Row:
        task = await TaskRepository(transaction, self._operation).lock(task_id)
        if task is None:
            raise TaskNotFound(task_id)
        if self._wanted_versions is not None and str(task["version"]) not in self._wanted_versions:
            raise TaskChanged(task_id, task["version"])
        return task

    def _found(self, row: Row | None, task_id: int) -> StoredTask:
        if row is None:
            raise TaskNotFound(task_id)
        return StoredTask.of(row)


def _refuse_to_skip(task: Row) -> None:
    if not is_repeating(task):
        raise NotRecurring(task["id"])
    if task["status"] == TaskStatus.COMPLETED:
        raise AlreadyFinished(task["id"])
