"""Mends what OpenAI-compatible providers get wrong, so that a run survives it."""

import json
import secrets
import string
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, cast

from agents.items import TResponseInputItem
from agents.models.fake_id import FAKE_RESPONSES_ID
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputItem

_UNCHECKED = "skip_thought_signature_validator"
_ALPHABET = string.ascii_letters + string.digits
_CALL_ID_LENGTH = 9
"""Mistral takes call ids of exactly nine letters and digits; everybody else takes them too."""


def new_call_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CALL_ID_LENGTH))


def with_fresh_ids(output: Iterable[ResponseOutputItem]) -> list[ResponseOutputItem]:
    """The output of one response with call ids that no other response used.

    Gemini leaves them empty and others repeat them from response to response, while a run takes a repeated
    call id for a replay of the first call. Chat Completions models call every item `__fake_id__`.
    """
    return [_with_fresh_ids(item) for item in output]


def _with_fresh_ids(item: ResponseOutputItem) -> ResponseOutputItem:
    update = {}
    if isinstance(item, ResponseFunctionToolCall):
        update["call_id"] = new_call_id()
    if getattr(item, "id", None) == FAKE_RESPONSES_ID:
        update["id"] = f"item_{new_call_id()}"
    return item.model_copy(update=update) if update else item


async def with_distinct_calls(
    chunks: AsyncIterator[ChatCompletionChunk],
) -> AsyncIterator[ChatCompletionChunk]:
    """Number parallel tool calls apart where a provider sends several whole calls as number 0 (Gemini)."""
    numbering = _CallNumbering()
    async for chunk in chunks:
        for choice in chunk.choices:
            for call in (choice.delta and choice.delta.tool_calls) or ():
                call.index = numbering.number(call)
        yield chunk


@dataclass(slots=True)
class _OpenCall:
    number: int
    call_id: str
    arguments: str = ""


class _CallNumbering:
    def __init__(self) -> None:
        self._open: dict[int, _OpenCall] = {}
        self._last = -1

    def number(self, delta: ChoiceDeltaToolCall) -> int:
        index = delta.index or 0
        call = self._open.get(index)
        if call is None or _starts_another(call, delta):
            self._last = max(self._last + 1, index)
            call = self._open[index] = _OpenCall(self._last, delta.id or "")
        call.arguments += (delta.function and delta.function.arguments) or ""
        return call.number


def _starts_another(call: _OpenCall, delta: ChoiceDeltaToolCall) -> bool:
    """A tool's name starts another call when it brings another id, or follows a whole set of arguments."""
    if not (delta.function and delta.function.name):
        return False
    has_other_id = bool(delta.id and call.call_id and delta.id != call.call_id)
    return has_other_id or (bool(call.arguments) and parsed_arguments(call.arguments) is not None)


def with_plain_calls(items: Iterable[TResponseInputItem]) -> list[TResponseInputItem]:
    """The input with every tool call in the form that all providers take.

    Some refuse a conversation over unreadable arguments, or over a tool's result that comes in parts.
    """
    return [_with_plain_call(item) for item in items]


def _with_plain_call(item: TResponseInputItem) -> TResponseInputItem:
    changed: dict[str, Any] = {}
    if item.get("type") == "function_call" and parsed_arguments(item.get("arguments")) is None:
        changed["arguments"] = "{}"
    if item.get("type") == "function_call_output" and not isinstance(item.get("output"), str):
        changed["output"] = plain_text(item.get("output"))
    return cast(TResponseInputItem, {**item, **changed}) if changed else item


def with_signed_calls(items: Iterable[TResponseInputItem]) -> list[TResponseInputItem]:
    """The input with a thought signature on the first call of every step, as Gemini 3 demands.

    It refuses a call it did not sign itself: one that another provider made earlier in the turn, or one out
    of the stored conversation. For those Google documents a signature that is not checked. Its own calls keep
    theirs, and of parallel ones only the first has one.
    """
    signed: list[TResponseInputItem] = []
    is_first = True
    for item in items:
        is_call = item.get("type") == "function_call"
        signed.append(_signed(item) if is_call and is_first else item)
        is_first = not is_call
    return signed


def _signed(item: TResponseInputItem) -> TResponseInputItem:
    known = cast(dict[str, Any], item).get("provider_data") or {}
    return cast(TResponseInputItem, {**item, "provider_data": {"thought_signature": _UNCHECKED} | known})


def plain_text(output: Any) -> str:
    """What a tool gave back as text, out of the parts the SDK wraps it in."""
    if isinstance(output, list):
        return "\n".join(plain_text(part) for part in output)
    return str(output.get("text", "")) if isinstance(output, dict) else str(output)


def parsed_arguments(arguments: object) -> dict[str, Any] | None:
    """The JSON object a model gave as arguments, empty where it said nothing; None where it is no object."""
    if not arguments:
        return {}
    try:
        parsed = json.loads(str(arguments))
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
