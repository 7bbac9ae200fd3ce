"""Errors as tool answers: sentences that a model can act on."""

from pydantic import ValidationError

from src.core.errors import DomainError
from src.core.schemas import field_error


def sentence_of(error: BaseException | None) -> str | None:
    """What a model is told of a failure, or None where the failure is ours and nothing may be told."""
    if isinstance(error, DomainError):
        named = [f"{each.field}: {each.message}" for each in error.errors]
        is_said = any(each.message == error.message for each in error.errors)
        return f"{'; '.join(named if is_said else [error.message, *named])} ({error.code})"
    if isinstance(error, ValidationError):
        fields = [field_error(detail) for detail in error.errors(include_url=False)]
        return "; ".join(f"{field.field}: {field.message}" for field in fields) + " (invalid_input)"
    return None
