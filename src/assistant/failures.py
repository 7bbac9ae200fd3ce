"""Tells what a provider's client raised in the service's own words; the provider's text stays in the log."""

import math
import re
from collections.abc import Mapping

from agents.exceptions import ModelBehaviorError
from openai import APIConnectionError, APIError, APIStatusError

from src.assistant.errors import (
    ModelMisbehaved,
    ModelOutOfQuota,
    ModelRefusedKey,
    ModelRefusedRequest,
    ModelTimedOut,
    ModelUnavailable,
    ModelUnknown,
)

_SPENT = frozenset({"insufficient_quota"})
_MISMADE_CALL = frozenset({"tool_use_failed"})
"""Groq refuses what its own model wrote, as a bad request; the next attempt writes something else."""
_BAD_KEY = "API_KEY_INVALID"
"""Gemini tells a wrong key as a bad request."""
_KINDS: dict[int, type[ModelUnavailable]] = {
    400: ModelRefusedRequest,
    401: ModelRefusedKey,
    402: ModelOutOfQuota,
    403: ModelRefusedKey,
    404: ModelUnknown,
    413: ModelRefusedRequest,
    422: ModelRefusedRequest,
    429: ModelOutOfQuota,
}
_SENTENCES: dict[type[ModelUnavailable], str] = {
    ModelMisbehaved: "The model at {provider} gave an answer that cannot be used.",
    ModelOutOfQuota: "{provider} takes no more requests for now.",
    ModelRefusedKey: "{provider} refused the key of this service.",
    ModelRefusedRequest: "{provider} did not accept the request.",
    ModelUnknown: "{provider} has no model called {model}.",
}
_LONGEST_HINT = 24 * 60 * 60
_RETRY_DELAY = re.compile(r"'retryDelay': '(\d+(?:\.\d+)?)s'")


def failure_of(error: Exception, *, provider: str, model: str) -> ModelUnavailable:
    """The failure that an exception of a model's client stands for."""
    if isinstance(error, ModelUnavailable):
        return error
    if isinstance(error, TimeoutError):
        return ModelTimedOut(f"The model at {provider} did not answer in time.")
    if isinstance(error, APIConnectionError):
        return ModelUnavailable(f"The model at {provider} cannot be reached.")
    if isinstance(error, APIError):
        return _failure_of_answer(error, provider, model)
    if isinstance(error, ModelBehaviorError):
        return ModelMisbehaved(f"The model at {provider} gave an answer that cannot be used.")
    return ModelUnavailable(f"The model at {provider} failed.")


def _failure_of_answer(error: APIError, provider: str, model: str) -> ModelUnavailable:
    status = _status_of(error)
    kind = _kind_of(error, status, provider)
    if kind is ModelUnavailable:
        told = "" if status is None else f" with status {status}"
        return ModelUnavailable(f"The model at {provider} failed{told}.")
    sentence = _SENTENCES[kind].format(provider=provider, model=model)
    return kind(sentence, retry_after=_hint_of(error) if kind is ModelOutOfQuota else None)


def _kind_of(error: APIError, status: int | None, provider: str) -> type[ModelUnavailable]:
    if error.code in _MISMADE_CALL:
        return ModelMisbehaved
    if _BAD_KEY in str(error.body):
        return ModelRefusedKey
    if status == 403 and provider == "openrouter":
        return (
            ModelRefusedRequest  # A model there may have its input moderated, and says so with this status.
        )
    return _KINDS.get(status or 0, ModelUnavailable)


def _status_of(error: APIError) -> int | None:
    """The HTTP status, or the one that an error in the middle of a stream names."""
    if isinstance(error, APIStatusError):
        return error.status_code
    body = error.body if isinstance(error.body, dict) else {}
    named = [body.get("status_code"), body.get("code")]
    return next((code for code in named if isinstance(code, int) and 400 <= code <= 599), None)


def is_worth_another_try(error: Exception, failure: ModelUnavailable) -> bool:
    """Whether the same provider may answer a moment later; a spent quota does not come back so soon."""
    is_spent = isinstance(error, APIError) and (error.code in _SPENT or _status_of(error) == 402)
    return failure.is_transient and not is_spent


def _hint_of(error: APIError) -> int | None:
    """When to come back: in a header, or in the body as Gemini says it."""
    if isinstance(error, APIStatusError):
        hint = retry_after_seconds(error.response.headers)
        if hint is not None:
            return hint
    delay = _RETRY_DELAY.search(str(error.body))
    return retry_after_seconds({"retry-after": delay[1]}) if delay else None


def retry_after_seconds(headers: Mapping[str, str]) -> int | None:
    """Whole seconds of a `Retry-After` header (RFC 9110, 10.2.3); its date form is not read."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return math.ceil(seconds) if 0 <= seconds <= _LONGEST_HINT else None
