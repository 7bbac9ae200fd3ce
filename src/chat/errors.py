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


class TooManyTurns(DomainError):
    """As many of a user's turns are under way as may be."""

    kind = ErrorKind.RATE_LIMITED
    code = "too_many_turns"

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} of your messages are still being answered; wait for one.", retry_after=5)


class TokenBudgetExceeded(DomainError):
    """Models took all the tokens that a user's day has."""

    kind = ErrorKind.RATE_LIMITED
    code = "token_budget_exceeded"

    def __init__(self, daily: int, retry_after: int) -> None:
        super().__init__(
            f"The {daily} tokens of your day are used up; it begins anew at your midnight.",
            retry_after=retry_after,
        )


class AttachmentNotFound(DomainError):
    """The caller has no such attachment."""

    kind = ErrorKind.NOT_FOUND
    code = "attachment_not_found"

    def __init__(self, attachment_id: str) -> None:
        super().__init__(f"No attachment {attachment_id}.")


class AttachmentInUse(DomainError):
    """The attachment is part of a message."""

    kind = ErrorKind.CONFLICT
    code = "attachment_in_use"

    def __init__(self) -> None:
        super().__init__("This attachment is part of a message already.")


class TooManyUnusedFiles(DomainError):
    """More files wait to be sent than are kept for a user."""

    kind = ErrorKind.TOO_LARGE
    code = "too_many_unused_files"

    def __init__(self, limit: int) -> None:
        mebibytes = limit // 1024 // 1024
        super().__init__(f"Files that no message carries may have {mebibytes} MiB together; delete some.")
