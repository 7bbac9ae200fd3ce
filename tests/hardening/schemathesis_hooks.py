"""What schemathesis cannot know of this service."""

import itertools
from typing import Any

import schemathesis

_numbers = itertools.count(1)
_ROOM_FOR_NUMBER = 245


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
) -> None:
    """Use no idempotency key twice: the second answer would be a conflict, whatever else was wrong."""
    del context, kwargs
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key) < _ROOM_FOR_NUMBER:
        case.headers["Idempotency-Key"] = f"{key}{next(_numbers)}"
