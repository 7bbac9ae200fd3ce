"""An earlier conversation as the input of a run."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

import orjson
from agents.items import TResponseInputItem

from src.assistant.events import AssistantSaid, HistoryItem, ToolUsed, UserSaid
from src.assistant.repairs import new_call_id
from src.assistant.sent_files import content_of


def input_items(history: Iterable[HistoryItem]) -> list[TResponseInputItem]:
    """The conversation in the form a model takes; every tool call has an id of its own."""
    return cast(list[TResponseInputItem], list(_items(history)))


def _items(history: Iterable[HistoryItem]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for item in history:
        match item:
            case UserSaid():
                yield {"role": "user", "content": content_of(item)}
            case AssistantSaid(text):
                # Parts of type output_text are refused by the Chat Completions converter.
                yield {"role": "assistant", "content": text}
            case ToolUsed():
                call_id = item.call_id if item.call_id and item.call_id not in seen else new_call_id()
                seen.add(call_id)
                yield from _call_and_output(item, call_id)


def _call_and_output(used: ToolUsed, call_id: str) -> Iterator[dict[str, Any]]:
    arguments = orjson.dumps(used.arguments).decode()
    yield {"type": "function_call", "call_id": call_id, "name": used.tool, "arguments": arguments}
    yield {"type": "function_call_output", "call_id": call_id, "output": _output(used)}


def _output(used: ToolUsed) -> str:
    return used.result if isinstance(used.result, str) else orjson.dumps(used.result).decode()
