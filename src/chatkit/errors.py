"""What can go wrong in ChatKit's protocol beyond what can go wrong in any conversation."""

from src.core.errors import DomainError, ErrorKind


class ThreadNotFound(DomainError):
    """The caller has no such thread."""

    kind = ErrorKind.NOT_FOUND
    code = "thread_not_found"

    def __init__(self, thread_id: str) -> None:
        super().__init__(f"No thread {thread_id}.")


class ItemNotFound(DomainError):
    """The thread has no such item."""

    kind = ErrorKind.NOT_FOUND
    code = "item_not_found"

    def __init__(self, item_id: str) -> None:
        super().__init__(f"No item {item_id} in this thread.")


class NotWaiting(DomainError):
    """Nothing in the thread waits for what was sent."""

    kind = ErrorKind.CONFLICT
    code = "nothing_waits"


class NotPossible(DomainError):
    """A request of the protocol that this service cannot serve."""

    kind = ErrorKind.NOT_IMPLEMENTED
    code = "not_possible"
