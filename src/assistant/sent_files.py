"""What a user sends along with a message, as parts of a model's input: the own words come first. Pure."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias, cast

from agents.items import TResponseInputItem

from src.assistant.data_marks import as_data
from src.assistant.events import SentFile, UserSaid

Part: TypeAlias = dict[str, Any]
_SENT = "The user sent a "


def content_of(said: UserSaid) -> str | list[Part]:
    """A message's words, or its parts where it quotes something or files came with it."""
    if not said.quoted and not said.files:
        return said.text
    return [_text(said.text), *_quote(said), *(part for file in said.files for part in _file(file))]


def has_pictures(items: Iterable[TResponseInputItem]) -> bool:
    """Whether a picture is shown anywhere in the input."""
    return any(part.get("type") == "input_image" for item in items for part in _parts(item))


def without_pictures(items: Iterable[TResponseInputItem]) -> list[TResponseInputItem]:
    """The input for a model that cannot see; every picture was named before it."""
    return [_in_words(item) for item in items]


def words_alone(items: Iterable[Any]) -> tuple[list[Any], bool]:
    """The input with nothing but what was said, and whether files came with the last message of the user."""
    read, has_files = [], False
    for item in items:
        content = item.get("content") if item.get("role") == "user" else None
        if item.get("role") == "user":
            has_files = isinstance(content, list) and any(_is_file(part) for part in content[1:])
        read.append({**item, "content": content[0]["text"]} if isinstance(content, list) else item)
    return read, has_files


def _is_file(part: Part) -> bool:
    return str(part.get("text", "")).startswith(_SENT)


def _quote(said: UserSaid) -> Iterator[Part]:
    if said.quoted:
        yield _text(f"The user refers to this: {as_data(said.quoted)}")


def _file(file: SentFile) -> Iterator[Part]:
    name = as_data(file.name)
    if file.content is None:
        yield _text(f"{_SENT}file named {name} here, which is not shown any more.")
    elif file.is_picture:
        yield _text(f"{_SENT}picture named {name}. If you cannot see it, say so.")
        yield {"type": "input_image", "image_url": _data_url(file.mime_type, file.content), "detail": "auto"}
    else:
        text = file.content.decode(errors="replace")
        yield _text(f"{_SENT}file named {name}. It says: {as_data(text)}")


def _text(text: str) -> Part:
    return {"type": "input_text", "text": text}


def _data_url(mime_type: str, content: bytes) -> str:
    return f"data:{mime_type};base64,{b64encode(content).decode()}"


def _in_words(item: TResponseInputItem) -> TResponseInputItem:
    if not _parts(item):
        return item
    spoken = [part for part in _parts(item) if part.get("type") != "input_image"]
    return cast(TResponseInputItem, {**item, "content": spoken})


def _parts(item: TResponseInputItem) -> list[Part]:
    content = item.get("content")
    return cast(list[Part], content) if isinstance(content, list) else []
