"""What a turn of the assistant reads and what it tells while it runs."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class SentFile:
    """A picture or a text file that came with a message; without content where it is not shown again."""

    name: str
    mime_type: str
    content: bytes | None = field(default=None, repr=False)

    @property
    def is_picture(self) -> bool:
        return self.mime_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class UserSaid:
    """A message of the user, earlier or the one to answer; `text` is the user's own words."""

    text: str
    quoted: str | None = None
    files: tuple[SentFile, ...] = ()


@dataclass(frozen=True, slots=True)
class AssistantSaid:
    """An earlier answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUsed:
    """A tool call and what came of it; `result` is JSON-like, or the error's sentence when `is_error`."""

    call_id: str
    tool: str
    arguments: dict[str, Any]
    result: Any
    is_error: bool = False


HistoryItem: TypeAlias = UserSaid | AssistantSaid | ToolUsed


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, as it is made."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The model asked for a tool."""

    call_id: str
    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCallFinished:
    """A tool came back."""

    used: ToolUsed


@dataclass(frozen=True, slots=True)
class NamedTask:
    """A task by its id and what it is called."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class AwaitedCall:
    """A tool call that was held back; a plain yes as the next message opens it, with these arguments."""

    tool: str
    arguments: dict[str, Any]
    tasks: tuple[NamedTask, ...]


@dataclass(frozen=True, slots=True)
class ConfirmationNeeded:
    """What the turn leaves undone until the user says yes; told once, before the turn is finished."""

    question: str
    calls: tuple[AwaitedCall, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens a turn took, over all its model requests."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The whole answer, and who gave it."""

    text: str
    provider: str
    model: str
    usage: Usage = field(default_factory=Usage)


TurnEvent: TypeAlias = TextDelta | ToolCallStarted | ToolCallFinished | ConfirmationNeeded | TurnFinished
