"""Tells what a provider's client raised in the service's own words; the provider's text stays in the log."""

import math
from collections.abc import Mapping

from agents.exceptions import ModelBehaviorError
from httpx2 import ConnectTimeout
from openai import APIConnectionError, APIStatusError, APITimeoutError

from src.assistant.errors import (
    ModelMisbehaved,
    ModelOutOfQuota,
    ModelRefusedKey,
    ModelRefusedRequest,
    ModelTimedOut,
    ModelUnavailable,
    ModelUnknown,
)

SPENT_QUOTA = "insufficient_quota"
_LONGEST_HINT = 24 * 60 * 60


def failure_of(error: Exception, *, provider: str, model: str) -> ModelUnavailable:
    """The failure that an exception of a model's client stands for."""
    if isinstance(error, ModelUnavailable):
        return error
    # The aiohttp client tells every lost connection as a timeout of connecting.
    is_unreachable = isinstance(error, APIConnectionError) and isinstance(error.__cause__, ConnectTimeout)
    if isinstance(error, TimeoutError | APITimeoutError) and not is_unreachable:
        return ModelTimedOut(f"The model at {provider} did not answer in time.")
    if isinstance(error, APIStatusError):
        return _failure_of_status(error, provider, model)
    if isinstance(error, APIConnectionError):
        return ModelUnavailable(f"The model at {provider} cannot be reached.")
    if isinstance(error, ModelBehaviorError):
        return ModelMisbehaved(f"The model at {provider} gave an answer that cannot be used.")
    return ModelUnavailable(f"The model at {provider} failed.")


def _failure_of_status(error: APIStatusError, provider: str, model: str) -> ModelUnavailable:
    match error.status_code:
        case 401 | 403:
            return ModelRefusedKey(f"{provider} refused the key of this service.")
        case 402 | 429:
            hint = retry_after_seconds(error.response.headers)
            return ModelOutOfQuota(f"{provider} takes no more requests for now.", retry_after=hint)
        case 404:
            return ModelUnknown(f"{provider} has no model called {model}.")
        case 400 | 413 | 422:
            return ModelRefusedRequest(f"{provider} did not accept the request.")
        case status:
            return ModelUnavailable(f"The model at {provider} failed with status {status}.")


def is_worth_another_try(error: Exception, failure: ModelUnavailable) -> bool:
    """Whether the same provider may answer a moment later; a spent quota does not come back so soon."""
    return failure.is_transient and getattr(error, "code", None) != SPENT_QUOTA


def retry_after_seconds(headers: Mapping[str, str]) -> int | None:
    """Whole seconds of a `Retry-After` header (RFC 9110, 10.2.3); its date form is not read."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return math.ceil(seconds) if 0 <= seconds <= _LONGEST_HINT else None
