"""Many changes in one request."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from src.core.schemas import RequestModel
from src.tasks.schemas import Completion, Deletion, DeletionScope, TaskCreate, TaskRead, TaskUpdate

TaskId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class CreateOperation(RequestModel):
    """Create a task."""

    op: Literal["create"]
    task: TaskCreate


class UpdateOperation(RequestModel):
    """Change some fields of a task."""

    op: Literal["update"]
    task_id: TaskId
    changes: TaskUpdate


class CompleteOperation(RequestModel):
    """Complete a task."""

    op: Literal["complete"]
    task_id: TaskId


class DeleteOperation(RequestModel):
    """Delete a task."""

    op: Literal["delete"]
    task_id: TaskId
    scope: DeletionScope = DeletionScope.TASK


Operation = Annotated[
    CreateOperation | UpdateOperation | CompleteOperation | DeleteOperation, Field(discriminator="op")
]


class Batch(RequestModel):
    """Changes, in the order in which they are made."""

    operations: Annotated[list[Operation], Field(min_length=1, max_length=100)] = Field(
        examples=[[{"op": "create", "task": {"title": "Call mom"}}, {"op": "complete", "task_id": 42}]]
    )

    def task_ids(self) -> set[int]:
        """The tasks that are there already and shall be changed."""
        return {each.task_id for each in self.operations if not isinstance(each, CreateOperation)}


class OperationResult(BaseModel):
    """What one change gave: the one of these that fits its kind."""

    op: Literal["create", "update", "complete", "delete"]
    task: TaskRead | None = None
    completion: Completion | None = None
    deletion: Deletion | None = None


class BatchResult(BaseModel):
    """What each change gave, in their order."""

    results: list[OperationResult]
