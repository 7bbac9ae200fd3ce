"""What can go wrong with tasks."""

from src.core.errors import DomainError, ErrorKind


class TaskNotFound(DomainError):
    """The caller has no such task."""

    kind = ErrorKind.NOT_FOUND
    code = "task_not_found"

    def __init__(self, task_id: int) -> None:
        super().__init__(f"No task {task_id}.")


class NotRecurring(DomainError):
    """The task does not repeat."""

    kind = ErrorKind.CONFLICT
    code = "not_recurring"

    def __init__(self, task_id: int) -> None:
        super().__init__(f"Task {task_id} does not repeat.")


class AlreadyFinished(DomainError):
    """The task was completed, so it cannot be skipped."""

    kind = ErrorKind.CONFLICT
    code = "already_completed"

    def __init__(self, task_id: int) -> None:
        super().__init__(f"Task {task_id} is completed; reopen it before you skip it.")
