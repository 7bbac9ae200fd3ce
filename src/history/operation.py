"""One action of somebody: what all the changes it makes have in common."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from src.auth.context import Caller


class ChangeKind(StrEnum):
    """What happened to a task."""

    CREATED = "created"
    UPDATED = "updated"
    COMPLETED = "completed"
    REOPENED = "reopened"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    DELETED = "deleted"


@dataclass(frozen=True)
class Operation:
    """An action at an instant, by a caller; its id is shared by every change it makes."""

    caller: Caller
    now: datetime

    @cached_property
    def id(self) -> UUID:
        return uuid4()

    def log_values(self, kind: ChangeKind) -> dict[str, Any]:
        """The bind values of a change-log row."""
        actor = self.caller.actor
        return {
            "operation_id": self.id,
            "change_kind": kind.value,
            "actor_kind": actor.kind.value,
            "actor_name": actor.name,
            "occurred_at": self.now,
        }
