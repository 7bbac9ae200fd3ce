"""What can go wrong with tasks."""

from src.core.errors import DomainError, ErrorKind, FieldError


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


class TaskChanged(DomainError):
    """The task is no longer the version that the caller read."""

    kind = ErrorKind.PRECONDITION_FAILED
    code = "task_changed"

    def __init__(self, task_id: int, version: int) -> None:
        super().__init__(f"Task {task_id} has changed since; it is at version {version} now.")


class BatchFailed(DomainError):
    """One change of a batch failed, so none was made; its kind and code are those of the failure."""

    def __init__(self, index: int, error: DomainError) -> None:
        inner = [FieldError(f"operations.{index}.{each.field}", each.message) for each in error.errors] or [
            FieldError(f"operations.{index}", error.message)
        ]
        super().__init__(f"Operation {index} failed, and nothing was changed: {error.message}", errors=inner)
        self.kind = error.kind
        self.code = error.code
