"""What can go wrong with personal access tokens."""

from src.core.errors import DomainError, ErrorKind, Forbidden


class PersonalTokenNotFound(DomainError):
    """The caller has no such token."""

    kind = ErrorKind.NOT_FOUND
    code = "personal_token_not_found"

    def __init__(self, token_id: int) -> None:
        super().__init__(f"No personal access token {token_id}.")


class PersonalTokenNotAllowed(Forbidden):
    """Somebody whom the user let in would let others in."""

    code = "personal_token_not_allowed"

    def __init__(self) -> None:
        super().__init__("A personal or OAuth access token makes no further tokens; sign in yourself.")


class TooManyPersonalTokens(DomainError):
    """The caller has as many as anybody may."""

    kind = ErrorKind.CONFLICT
    code = "too_many_personal_tokens"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} personal access tokens, which is the most; revoke one first.")
