"""What can go wrong, in the service's own words; transports turn it into their answers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum


class ErrorKind(StrEnum):
    """The families of failure that a client can tell apart."""

    INVALID = "ValidationError"
    UNAUTHENTICATED = "Unauthorized"
    FORBIDDEN = "Forbidden"
    NOT_FOUND = "NotFound"
    CONFLICT = "Conflict"
    PRECONDITION_FAILED = "PreconditionFailed"
    TOO_LARGE = "PayloadTooLarge"
    RATE_LIMITED = "RateLimitExceeded"
    MODEL_UNAVAILABLE = "ModelUnavailable"
    UNAVAILABLE = "ServiceUnavailable"
    NOT_IMPLEMENTED = "NotImplemented"
    INTERNAL = "InternalServerError"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of the input and what is wrong with it."""

    field: str
    message: str


class DomainError(Exception):
    """A failure with a sentence for people, a kind for transports and a stable code for programs."""

    kind: ErrorKind
    code: str

    def __init__(
        self, message: str, *, retry_after: int | None = None, errors: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        self.errors = tuple(errors)


class InvalidInput(DomainError):
    """Something in the input cannot be used."""

    kind = ErrorKind.INVALID
    code = "invalid_input"

    def __init__(self, field: str, message: str, *more: FieldError) -> None:
        super().__init__(message, errors=[FieldError(field, message), *more])


@contextmanager
def named_by(field: str) -> Iterator[None]:
    """Let what cannot be used name the field that it came in by: readers of text do not know it."""
    try:
        yield
    except DomainError as error:
        if error.kind is ErrorKind.INVALID:
            error.errors = (FieldError(field, error.message),)
        raise


class Forbidden(DomainError):
    """The caller is known, and this is not theirs."""

    kind = ErrorKind.FORBIDDEN
    code = "forbidden"


class ServiceUnavailable(DomainError):
    """Something this service stands on is away for now."""

    kind = ErrorKind.UNAVAILABLE
    code = "service_unavailable"


class DatabaseUnavailable(ServiceUnavailable):
    """PostgreSQL does not answer."""

    code = "database_unavailable"
