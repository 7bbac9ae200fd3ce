"""What is sent to ChatKit's address: a request of its protocol, or just messages."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from src.chat.schemas import ChatRequest
from src.chatkit.errors import ThreadNotFound
from src.core.errors import InvalidInput
from src.core.schemas import RequestModel

_THREAD_ID = re.compile(r"[1-9][0-9]{0,18}")
_LARGEST_ID = 2**63 - 1

RequestType = Literal[
    "threads.create",
    "threads.add_user_message",
    "threads.add_client_tool_output",
    "threads.add_structured_input",
    "threads.retry_after_item",
    "threads.custom_action",
    "threads.sync_custom_action",
    "threads.get_by_id",
    "threads.list",
    "threads.update",
    "threads.delete",
    "items.list",
    "items.feedback",
    "attachments.create",
    "attachments.delete",
    "input.transcribe",
]


READING: frozenset[RequestType] = frozenset({"threads.get_by_id", "threads.list", "items.list"})
"""What a credential that only reads may ask for, though the protocol sends it by `POST`."""


class TextPart(RequestModel):
    """A piece of a message."""

    type: Literal["text", "input_text", "output_text"]
    text: str


class Message(RequestModel):
    """A message, as chat completions APIs write it."""

    role: Literal["user", "assistant", "system", "developer", "tool"]
    content: str | list[TextPart]

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content)


class ChatKitRequest(RequestModel):
    """A ChatKit request (`type`, `params`), or `messages`, of which the user's last one counts."""

    type: RequestType | None = Field(None, examples=["threads.list"])
    params: dict[str, Any] = Field(default_factory=dict, examples=[{"limit": 20, "order": "desc"}])
    metadata: dict[str, Any] = Field(default_factory=dict)
    thread_id: StrictInt | str | None = None
    messages: Annotated[list[Message], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if (self.type is None) == (self.messages is None):
            message = "Send a ChatKit request with `type` and `params`, or `messages`; not both."
            raise PydanticCustomError("no_request", message)
        unread = {"params", "metadata"} if self.type is None else {"thread_id"}
        for name in sorted(unread & self.model_fields_set):
            message = "'{field}' has no place in such a request."
            raise PydanticCustomError("unknown_field", message, {"field": name})
        return self

    def said(self) -> ChatRequest:
        """The last thing the user said, and where.

        Raises:
            InvalidInput: the user said nothing, or too much.
            ThreadNotFound: no thread can have that id.
        """
        of_user = [message for message in self.messages or () if message.role == "user"]
        if not of_user:
            raise InvalidInput("messages", "None of the messages is the user's.")
        conversation_id = None if self.thread_id is None else conversation_id_of(str(self.thread_id))
        return ChatRequest.of(message=of_user[-1].text, conversation_id=conversation_id)


def conversation_id_of(thread_id: str) -> int:
    """A thread is a conversation under its number.

    Raises:
        ThreadNotFound: no conversation can have it.
    """
    if not _THREAD_ID.fullmatch(thread_id) or int(thread_id) > _LARGEST_ID:
        raise ThreadNotFound(thread_id)
    return int(thread_id)
