"""What can go wrong with conversations."""

from src.core.errors import DomainError, ErrorKind


class ConversationNotFound(DomainError):
    """The caller has no such conversation."""

    kind = ErrorKind.NOT_FOUND
    code = "conversation_not_found"

    def __init__(self, conversation_id: int) -> None:
        super().__init__(f"No conversation {conversation_id}.")


class ConversationBusy(DomainError):
    """Another turn of the conversation is still under way."""

    kind = ErrorKind.CONFLICT
    code = "conversation_busy"

    def __init__(self) -> None:
        super().__init__("This conversation is still answering; try again when it is done.", retry_after=5)


class ConversationClosed(DomainError):
    """The conversation takes no more messages."""

    kind = ErrorKind.CONFLICT
    code = "conversation_closed"

    def __init__(self, status: str, reason: str | None) -> None:
        super().__init__(f"This conversation is {status}. {reason or 'Begin another one.'}")
