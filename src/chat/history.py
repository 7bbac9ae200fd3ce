"""What a model is given of a conversation: what was said and done, and the files that came with it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import dropwhile
from typing import Any

from src.assistant.events import AssistantSaid, HistoryItem, SentFile, ToolUsed, UserSaid
from src.chat.attachment_repository import AttachmentRepository
from src.chat.items import (
    ASSISTANT_MESSAGE,
    CLIENT_TOOL_CALL,
    STRUCTURED_INPUT,
    USER_MESSAGE,
    text_of,
    tool_of,
)
from src.core.database import Executor, Row

SHOWN_FILES = 5
SHOWN_BYTES = 12 * 1024 * 1024
"""How much of a conversation's files is shown at once, the newest first: providers bound a request's size."""
LONGEST_TEXT = 60_000
"""Bytes of a text file that are shown; more would push the conversation out of a model's sight."""


async def history(executor: Executor, user_id: str, rows: Sequence[Row]) -> list[HistoryItem]:
    """What a model reads of stored items, oldest first, with the files that came with them."""
    return history_of(rows, await _files_of(rows, AttachmentRepository(executor, user_id)))


def history_of(rows: Iterable[Row], files: Mapping[str, SentFile]) -> list[HistoryItem]:
    """What a model reads of stored items, oldest first, from a message of the user on.

    Some providers refuse an answer or a tool call without the message that led to it.
    """
    read = [item for row in rows if (item := _read(row["kind"], row["item"], files)) is not None]
    return list(dropwhile(lambda item: not isinstance(item, UserSaid), read))


def _read(kind: str, item: dict[str, Any], files: Mapping[str, SentFile]) -> HistoryItem | None:
    if kind == USER_MESSAGE:
        sent = tuple(files[each["id"]] for each in item.get("attachments", ()) if each["id"] in files)
        return UserSaid(text_of(item), item.get("quoted_text"), sent)
    if kind == ASSISTANT_MESSAGE:
        return AssistantSaid(text_of(item))
    if kind == STRUCTURED_INPUT:
        return _chosen(item)
    return _done_by_client(item) if kind == CLIENT_TOOL_CALL else tool_of(item)


def _chosen(item: dict[str, Any]) -> HistoryItem | None:
    """The answer to a question with choices is something the user said."""
    if item["status"] == "pending":
        return None
    answers = [(each["question"], (each.get("answer") or {}).get("values") or []) for each in item["inputs"]]
    if len(answers) == 1 and answers[0][1]:
        return UserSaid(", ".join(answers[0][1]))
    told = [f"{question} {', '.join(values)}" for question, values in answers if values]
    return UserSaid("\n".join(told) or "No.")


def _done_by_client(item: dict[str, Any]) -> HistoryItem | None:
    if item["status"] == "pending":
        return None
    return ToolUsed(item["call_id"], item["name"], item["arguments"], item.get("output"))


async def _files_of(rows: Iterable[Row], attachments: AttachmentRepository) -> dict[str, SentFile]:
    """The files of all messages, the newest few with their content."""
    told = [
        each for row in rows if row["kind"] == USER_MESSAGE for each in row["item"].get("attachments", ())
    ]
    if not told:
        return {}
    sizes = {row["id"]: row["size"] for row in await attachments.get_all([each["id"] for each in told])}
    files, room = {}, SHOWN_BYTES
    for number, each in enumerate(reversed(told)):
        size = sizes.get(each["id"])
        is_shown = size is not None and size <= room and number < SHOWN_FILES
        content = await attachments.content(each["id"]) if is_shown else None
        room -= len(content or b"")
        files[each["id"]] = SentFile(each["name"], each["mime_type"], _shortened(content, each["mime_type"]))
    return files


def _shortened(content: bytes | None, mime_type: str) -> bytes | None:
    if content is None or mime_type.startswith("image/") or len(content) <= LONGEST_TEXT:
        return content
    beginning = content[:LONGEST_TEXT].decode(errors="ignore")
    return f"{beginning}\n… and {len(content) - LONGEST_TEXT} bytes more, which are not shown.".encode()
