"""Why no model gave an answer."""

from typing import ClassVar

from src.core.errors import DomainError, ErrorKind


class ModelUnavailable(DomainError):
    """No model gave an answer."""

    kind = ErrorKind.MODEL_UNAVAILABLE
    code = "model_unavailable"
    is_transient: ClassVar[bool] = True
    """Whether the same model may well answer when it is asked again at once."""


class ModelTimedOut(ModelUnavailable):
    """The model went silent for longer than it may."""

    code = "model_timeout"
    is_transient = False


class ModelOutOfQuota(ModelUnavailable):
    """The provider takes no more requests for now."""

    code = "model_quota"


class ModelRefusedKey(ModelUnavailable):
    """The provider does not accept the key."""

    code = "model_refused_key"
    is_transient = False


class ModelUnknown(ModelUnavailable):
    """The provider has no model of that name."""

    code = "model_unknown"
    is_transient = False


class ModelRefusedRequest(ModelUnavailable):
    """The provider understands the request and does not take it."""

    code = "model_refused_request"
    is_transient = False


class ModelMisbehaved(ModelUnavailable):
    """The model's answer cannot be used."""

    code = "model_misbehaved"


class ModelTurnsExceeded(ModelUnavailable):
    """The model kept calling tools and never came to an answer."""

    code = "model_turns_exceeded"
    is_transient = False


def no_model_answered(failures: list[ModelUnavailable]) -> ModelUnavailable:
    """What to tell after every provider failed: the one failure, or all of them in one sentence."""
    if len(failures) == 1:
        return failures[0]
    waits = [failure.retry_after for failure in failures if failure.retry_after is not None]
    sentences = " ".join(failure.message for failure in failures)
    return ModelUnavailable(f"No model could answer. {sentences}", retry_after=min(waits, default=None))
