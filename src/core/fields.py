"""What FastAPI's fields are given and what is told where one is missing; and the body among them, as JSON."""

import email.message
import json
from typing import Any, Protocol, TypeAlias

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

Errors: TypeAlias = list[Any]
MISSING: Any = object()


class Field(Protocol):
    """What this needs of FastAPI's fields."""

    @property
    def name(self) -> str: ...

    @property
    def alias(self) -> str: ...

    @property
    def field_info(self) -> Any: ...

    def validate(self, value: Any, values: dict[str, Any], *, loc: tuple[int | str, ...]) -> tuple[Any, Any]:
        """The value, or errors in FastAPI's form."""
        ...


async def with_body(
    body: Field, arguments: dict[str, Any] | None, request: Request, errors: Errors
) -> dict[str, Any] | None:
    """The arguments and the body; what is wrong with it is told whatever else is."""
    known = len(errors)
    values = arguments or {}
    await _read_body(request, body, values, errors)
    return None if arguments is None or len(errors) > known else values


async def _read_body(request: Request, body: Field, values: dict[str, Any], errors: Errors) -> None:
    given = await _json_of(request)
    if given is MISSING:
        if body.field_info.is_required():
            errors.append(missing(("body",)))
        else:
            values[body.name] = body.field_info.get_default(call_default_factory=True)
        return
    value, wrong = body.validate(given, {}, loc=("body",))
    if wrong:
        errors.extend(wrong)
    else:
        values[body.name] = value


async def _json_of(request: Request) -> Any:
    """The body as JSON where it says that it is; else its bytes, which no model takes."""
    raw = await request.body()
    if not raw:
        return MISSING
    if not _says_json(request.headers.get("content-type", "")):
        return raw
    try:
        return await request.json()
    except json.JSONDecodeError as error:
        wrong = {
            "type": "json_invalid",
            "loc": ("body", error.pos),
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": error.msg},
        }
        raise RequestValidationError([wrong]) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "There was an error parsing the body") from error


def _says_json(content_type: str) -> bool:
    if content_type == "application/json":
        return True
    message = email.message.Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    is_json = subtype == "json" or subtype.endswith("+json")
    return bool(content_type) and message.get_content_maintype() == "application" and is_json


def missing(place: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "missing", "loc": place, "msg": "Field required", "input": None}
