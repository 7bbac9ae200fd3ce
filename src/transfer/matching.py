"""Which tasks and series of a file are here already, and what differs in them; pure."""

from dataclasses import dataclass, field
from typing import Any

from src.core.database import Row
from src.history.operation import ChangeKind
from src.tasks.schemas import TaskStatus
from src.transfer.drafts import Draft, DraftTask
from src.transfer.uids import OriginKind, row_id_in, uid_of

_COMPARED = (
    *("title", "description", "status", "priority", "category", "tags", "tag_keys"),
    *("due_on", "due_at", "due_timezone", "completed_at"),
)
_KINDS = {
    TaskStatus.PENDING: ChangeKind.REOPENED,
    TaskStatus.COMPLETED: ChangeKind.COMPLETED,
    TaskStatus.SKIPPED: ChangeKind.SKIPPED,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What is here of all that a file names."""

    owner: str
    task_origins: dict[str, Row]
    series_origins: dict[str, Row]
    tasks: dict[int, Row]
    series: dict[int, Row]
    logged: frozenset[int]

    def task_id(self, task: DraftTask) -> int | None:
        """The id under which a task was here before, deleted or not; None for a new one."""
        origin = self.task_origins.get(task.key)
        if origin is not None:
            return int(origin["row_id"])
        row_id = row_id_in(task.key)
        if row_id is None:
            return None
        row = self.tasks.get(row_id)
        created_at = row["created_at"] if row is not None else task.columns["created_at"]
        is_ours = uid_of(self.owner, OriginKind.TASK, row_id, created_at) == task.key
        # A name is easily made up for an id that no row ever had; the log knows those that had one.
        return row_id if is_ours and (row is not None or row_id in self.logged) else None

    def series_id(self, key: str) -> int | None:
        """The id of a series that is here."""
        origin = self.series_origins.get(key)
        row_id = int(origin["row_id"]) if origin is not None else row_id_in(key)
        row = self.series.get(row_id) if row_id is not None else None
        if row is None or row_id is None:
            return None
        is_ours = uid_of(self.owner, OriginKind.SERIES, row_id, row["created_at"]) == key
        return row_id if origin is not None or is_ours else None


@dataclass(slots=True)
class Plan:
    """What an import will do; a task with an id takes the place it had here before."""

    new: list[tuple[DraftTask, int | None]] = field(default_factory=list)
    changed: list[tuple[DraftTask, Row, dict[str, Any]]] = field(default_factory=list)
    said_anew: list[tuple[DraftTask, int]] = field(default_factory=list)
    """Tasks that are as the file has them now, though it says so in another way than before."""
    unchanged: int = 0


def plan_of(draft: Draft, stored: Stored) -> Plan:
    """What is to be done with each task of a file; one that is there twice counts once."""
    plan = Plan()
    seen: set[str] = set()
    for task in draft.tasks:
        if task.key in seen:
            draft.refuse(task.place, "An item with this UID came before it in the file.")
            continue
        seen.add(task.key)
        _place(plan, draft, stored, task)
    return plan


def _place(plan: Plan, draft: Draft, stored: Stored, task: DraftTask) -> None:
    row_id = stored.task_id(task)
    row = stored.tasks.get(row_id) if row_id is not None else None
    origin = stored.task_origins.get(task.key)
    if row_id is None or row is None:
        plan.new.append((task, row_id))
    elif origin is not None and origin["fingerprint"] == task.said:
        plan.unchanged += 1
    elif not (differences := _differences(task, row)):
        plan.unchanged += 1
        if origin is not None:
            plan.said_anew.append((task, row_id))
    elif origin is None and task.columns["updated_at"] <= row["updated_at"]:
        plan.unchanged += 1
        draft.leave_out("A task was changed here since the file was written, and was left as it is.")
    else:
        plan.changed.append((task, row, differences))


def _differences(task: DraftTask, row: Row) -> dict[str, Any]:
    return {name: task.columns[name] for name in _COMPARED if task.columns[name] != row[name]}


def kind_of_change(differences: dict[str, Any]) -> ChangeKind:
    """What the change log calls it."""
    return _KINDS[TaskStatus(differences["status"])] if "status" in differences else ChangeKind.UPDATED
