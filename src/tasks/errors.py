"""What can go wrong with tasks."""

from src.core.errors import DomainError, ErrorKind


class TaskNotFound(DomainError):
    """The caller has no such task."""

    kind = ErrorKind.NOT_FOUND
    code = "task_not_found"

    def __init__(self, task_id: int) -> None:
        super().__init__(f"No task {task_id}.")
