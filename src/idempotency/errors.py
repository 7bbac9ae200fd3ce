"""What can go wrong with idempotency keys."""

from src.core.errors import DomainError, ErrorKind, InvalidInput


class KeyReused(DomainError):
    """The key came with another request before."""

    kind = ErrorKind.CONFLICT
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request; take a new one.")


class StillRunning(DomainError):
    """The request that came with the key first is still running."""

    kind = ErrorKind.CONFLICT
    code = "idempotency_key_in_use"

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still running.", retry_after=5)


class InvalidKey(InvalidInput):
    """The key is not one."""

    code = "invalid_idempotency_key"

    def __init__(self) -> None:
        super().__init__("Idempotency-Key", "An Idempotency-Key has 1 to 255 printable characters.")
