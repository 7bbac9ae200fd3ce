"""Keyset pages: opaque cursors that stay true while rows are added."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field, StringConstraints

from src.core.errors import InvalidInput
from src.core.schemas import RequestModel

ItemT = TypeVar("ItemT")
_TAG_BYTES = 9


class InvalidCursor(InvalidInput):
    """A cursor that this list did not give."""

    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__("cursor", "This cursor is not one that this list, in this order, gave you.")


class Page(BaseModel, Generic[ItemT]):
    """A part of a list, and where the next part begins."""

    items: list[ItemT]
    next_cursor: str | None = None


def page_json(items: Sequence[str], next_cursor: str | None, total: int | None) -> bytes:
    """A page whose items are JSON already; `total` is left out where it is None."""
    cursor = f'"{next_cursor}"' if next_cursor else "null"
    counted = "" if total is None else f',"total":{total}'
    return f'{{"items":[{",".join(items)}],"next_cursor":{cursor}{counted}}}'.encode()


class PageRequest(RequestModel):
    """How many at once, and from where on."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=1000)] | None = None


def encode_cursor(key: bytes, order: str, position: list[Any]) -> str:
    """An opaque cursor: the last row's position in an order, sealed so that it cannot be made up."""
    body = orjson.dumps([order, *position])
    return base64.urlsafe_b64encode(_seal(key, body) + body).decode().rstrip("=")


def decode_cursor(key: bytes, order: str, cursor: str) -> list[Any]:
    """The position that `encode_cursor` sealed for this order.

    Raises:
        InvalidCursor: it was changed, or given by a list in another order or of another user.
    """
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        body = sealed[_TAG_BYTES:]
        if not hmac.compare_digest(_seal(key, body), sealed[:_TAG_BYTES]):
            raise InvalidCursor
        given_order, *position = orjson.loads(body)
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor from error
    if given_order != order:
        raise InvalidCursor
    return list(position)


def _seal(key: bytes, body: bytes) -> bytes:
    # Not HMAC: OpenSSL's lets go of the interpreter, and to get it back costs more than the seal.
    return hashlib.blake2b(body, key=_fitting(key), digest_size=_TAG_BYTES).digest()


@lru_cache(1024)
def _fitting(key: bytes) -> bytes:
    """The key in the length that a hash takes; users come back for further pages."""
    return hashlib.blake2b(key, digest_size=32).digest()


def instant_from_cursor(value: Any) -> datetime:
    """A datetime that went into a cursor as JSON."""
    return datetime.fromisoformat(value)
