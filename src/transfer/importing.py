"""Makes of a draft what is stored: in one transaction, in few statements."""

import asyncio
from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from src.core.database import Executor, Row
from src.history.operation import ChangeKind, Operation
from src.preferences.repository import PreferencesRepository
from src.tasks.recurring import RecurringTasks
from src.tasks.schemas import TaskStatus
from src.transfer.drafts import Draft, DraftChange, DraftTask, fingerprint
from src.transfer.images import image_of
from src.transfer.import_repository import ImportRepository, parts
from src.transfer.matching import Plan, Stored, kind_of_change, plan_of
from src.transfer.uids import OriginKind, row_id_in


class Importer:
    """One import of one caller, inside its transaction."""

    def __init__(self, transaction: Executor, operation: Operation, draft: Draft) -> None:
        self._transaction = transaction
        self._operation = operation
        self._owner = operation.caller.user_id
        self._repository = ImportRepository(transaction, operation)
        self._draft = draft
        self._stored: Stored
        self._series_ids: dict[str, int] = {}

    async def plan(self) -> Plan:
        """Compare the file with what is here; nothing is written."""
        await self._repository.take_turn()
        self._stored = await self._find()
        plan = await asyncio.to_thread(plan_of, self._draft, self._stored)
        await self._refuse_taken_places(plan)
        return plan

    async def apply(self, plan: Plan) -> None:
        """Write what was planned."""
        await self._write_settings()
        await self._repository.count_tags(_counted_tags(plan))
        await self._write_series(plan)
        ids = await self._write_new(plan)
        await self._write_changed(plan)
        said = [(task, row["id"]) for task, row, _ in plan.changed] + plan.said_anew + ids
        await self._repository.remember(
            OriginKind.TASK,
            [{"uid": task.key, "row_id": row_id, "said": task.said.hex()} for task, row_id in said],
        )

    async def _find(self) -> Stored:
        keys, series_keys = [task.key for task in self._draft.tasks], list(self._draft.series)
        origins = {row["uid"]: row for row in await self._repository.origins(OriginKind.TASK, keys)}
        series_origins = {
            row["uid"]: row for row in await self._repository.origins(OriginKind.SERIES, series_keys)
        }
        ids = _ids_of(keys, origins)
        tasks = {row["id"]: row for row in await self._repository.lock_tasks(ids)}
        series = await self._repository.lock_series(_ids_of(series_keys, series_origins))
        gone = [row_id for row_id in ids if row_id not in tasks]
        return Stored(
            owner=self._owner,
            task_origins=origins,
            series_origins=series_origins,
            tasks=tasks,
            series={row["id"]: row for row in series},
            logged=frozenset(row["task_id"] for row in await self._repository.logged(gone)),
        )

    async def _refuse_taken_places(self, plan: Plan) -> None:
        """An occurrence of a series can be here once."""
        here = {key: self._stored.series_id(key) for key in self._draft.series}
        known = [series_id for series_id in here.values() if series_id is not None]
        taken: set[tuple[Any, int]] = {
            (row["series_id"], row["occurrence"]) for row in await self._repository.occurrences(known)
        }
        kept = []
        for task, row_id in plan.new:
            if task.series_key is not None:
                place = (here[task.series_key] or task.series_key, task.columns["occurrence"])
                if place in taken:
                    message = f"Occurrence {place[1]} of its series is here already, or twice in the file."
                    self._draft.refuse(task.place, message)
                    continue
                taken.add(place)
            kept.append((task, row_id))
        plan.new = kept

    async def _write_settings(self) -> None:
        """The file's settings, where the user has none yet."""
        repository = PreferencesRepository(self._transaction, self._owner)
        if self._draft.settings is None or await repository.get() is not None:
            return
        await repository.save(self._draft.settings.given(), self._operation.now)

    async def _write_series(self, plan: Plan) -> None:
        wanted = list(self._draft.series)
        if not self._draft.is_state:
            wanted = [task.series_key for task, _ in plan.new if task.series_key is not None]
        new = [key for key in wanted if self._stored.series_id(key) is None]
        ids = await self._repository.new_ids(OriginKind.SERIES, len(new))
        self._series_ids = {key: found for key in wanted if (found := self._stored.series_id(key))}
        self._series_ids |= dict(zip(new, ids, strict=True))
        rows = [{"id": self._series_ids[key], **self._draft.series[key].columns} for key in new]
        await self._repository.insert_series(rows)
        await self._repository.advance_series(self._advanced(set(wanted) - set(new)))
        await self._repository.insert_missed(
            [
                {"series_id": self._series_ids[key], **missed}
                for key in wanted
                for missed in self._draft.series[key].missed
            ]
        )
        await self._repository.remember(
            OriginKind.SERIES,
            [{"uid": key, "row_id": self._series_ids[key], "said": fingerprint(key).hex()} for key in new],
        )

    def _advanced(self, keys: set[str]) -> list[dict[str, Any]]:
        """The series that went on since, in the account that the file was written in."""
        rows = []
        for key in keys:
            said, row = self._draft.series[key].columns, self._stored.series[self._series_ids[key]]
            is_newly_stopped = said["stopped_at"] is not None and row["stopped_at"] is None
            if said["last_occurrence"] > row["last_occurrence"] or is_newly_stopped:
                names = ("last_occurrence", "stopped_at")
                advanced = {name: said[name] for name in names}
                rows.append(advanced | {"id": row["id"], "updated_at": self._operation.now})
        return rows if self._draft.is_state else []

    async def _write_new(self, plan: Plan) -> list[tuple[DraftTask, int]]:
        unplaced = sum(row_id is None for _, row_id in plan.new)
        fresh = iter(await self._repository.new_ids(OriginKind.TASK, unplaced))
        placed = [(task, next(fresh) if row_id is None else row_id) for task, row_id in plan.new]
        brought = {
            task.file_id: row_id
            for (task, row_id), (_, known) in zip(placed, plan.new, strict=True)
            if known is None and task.file_id is not None
        }
        await self._write_history(brought)
        await self._repository.insert_tasks(
            [
                {**task.columns, "id": row_id, "series_id": self._series_ids.get(task.series_key or "")}
                for task, row_id in placed
            ]
        )
        return placed

    async def _write_history(self, ids: dict[int, int]) -> None:
        """The change log of the tasks that are new here, and of those that are only in the log any more."""
        ids = ids | await self._ids_of_deleted()
        wanted = [change for change in self._draft.changes if change.file_task_id in ids]
        for part in parts(wanted):  # Images are made part by part, so that others get their turn between.
            rows = [self._change_row(change, ids[change.file_task_id]) for change in part]
            await self._repository.insert_changes(rows)

    async def _ids_of_deleted(self) -> dict[int, int]:
        """New ids for tasks that were deleted before the file was written, unless their story is here."""
        in_file = {task.file_id for task in self._draft.tasks}
        first: dict[int, UUID] = {}
        last: dict[int, DraftChange] = {}
        for change in self._draft.changes:
            if change.file_task_id not in in_file:
                first.setdefault(change.file_task_id, change.operation_id)
                last[change.file_task_id] = change
        rows = await self._repository.known_operations(list(set(first.values())))
        known = {row["operation_id"] for row in rows}
        for file_id in [each for each, change in last.items() if change.kind is not ChangeKind.DELETED]:
            del last[file_id]
            self._draft.leave_out("The history of a task that is not in the file was left out.")
        wanted = [file_id for file_id in last if first[file_id] not in known]
        return dict(zip(wanted, await self._repository.new_ids(OriginKind.TASK, len(wanted)), strict=True))

    def _change_row(self, change: DraftChange, task_id: int) -> dict[str, Any]:
        return {
            "task_id": task_id,
            "operation_id": change.operation_id,
            "kind": change.kind.value,
            "actor_kind": change.actor_kind,
            "actor_name": change.actor_name,
            "occurred_at": change.occurred_at,
            "before": self._image(change.before, task_id),
            "after": self._image(change.after, task_id),
        }

    def _image(self, columns: dict[str, Any] | None, task_id: int) -> dict[str, Any] | None:
        if columns is None:
            return None
        key = self._draft.series_key_of.get(columns["series_id"] or 0, "")
        return image_of(columns, self._owner, task_id, self._series_ids.get(key))

    async def _write_changed(self, plan: Plan) -> None:
        """Changes of one sort in one statement; occurrences are finished one by one, as everywhere else."""
        alike: dict[tuple[ChangeKind, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        moved: dict[int, TaskStatus] = {}
        for _, row, differences in plan.changed:
            changed = differences
            if "status" in differences and row["series_id"] is not None and not self._draft.is_state:
                moved[row["id"]] = TaskStatus(differences["status"])
                changed = _without(differences, "status", "completed_at")
            if changed:
                kind = kind_of_change(changed)
                alike[kind, tuple(sorted(changed))].append({"id": row["id"], **changed})
        for (kind, _), rows in alike.items():
            await self._repository.update_tasks(kind, rows)
        await self._move(moved)

    async def _move(self, moved: dict[int, TaskStatus]) -> None:
        recurring = RecurringTasks(self._transaction, self._operation)
        for row in await self._repository.lock_tasks(list(moved)):
            status = moved[row["id"]]
            if status is TaskStatus.PENDING:
                await recurring.reopen(row)
            else:
                await recurring.finish(row, status)


def _counted_tags(plan: Plan) -> list[dict[str, Any]]:
    """The tags of new tasks with how many carry each; those of changed ones are counted as they change."""
    new = [task.columns for task, _ in plan.new]
    names = {
        key: name
        for columns in (*(task.columns for task, _, _ in plan.changed), *new)
        for key, name in zip(columns["tag_keys"], columns["tags"], strict=True)
    }
    numbers = Counter(key for columns in new for key in columns["tag_keys"])
    return [{"tag_key": key, "name": name, "usage_count": numbers[key]} for key, name in names.items()]


def _ids_of(keys: list[str], origins: dict[str, Row]) -> list[int]:
    """The ids that rows of these names may have."""
    found = {int(origins[key]["row_id"]) if key in origins else row_id_in(key) for key in keys}
    return sorted(row_id for row_id in found if row_id is not None)


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
