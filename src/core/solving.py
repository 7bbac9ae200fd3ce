"""How a route gets its arguments: FastAPI's rules, worked out once for each route and not at each request.

FastAPI walks the tree of dependencies anew for every request, which costs more than the database does. The
routes here are written as for FastAPI and documented by it; what it would find out each time (which value
goes where, who depends on whom) is found out once.
"""

import email.message
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, Protocol, TypeAlias, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from src.core.queries import parsed_query, remembered

Errors: TypeAlias = list[Any]
_MISSING: Any = object()


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


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of its own in the path, the query or the headers."""

    place: str
    key: str
    field: Field
    name: str
    default: Any
    is_list: bool = False

    @classmethod
    def of(cls, place: str, key: str, field: Field, *, is_list: bool = False) -> "Parameter":
        return cls(place, key, field, field.name, _default_of(field), is_list)

    def read(self, request: Request, values: dict[str, Any], errors: Errors) -> None:
        given = self._given(request)
        if given is _MISSING:
            if self.default is _MISSING:
                errors.append(_missing((self.place, self.field.alias)))
            else:
                values[self.name] = self.default
            return
        value, wrong = self.field.validate(given, {}, loc=(self.place, self.field.alias))
        if wrong:
            errors.extend(wrong)
        else:
            values[self.name] = value

    def _given(self, request: Request) -> Any:
        if self.place == "path":
            return request.path_params[self.key]
        if self.place == "header":
            return _header(request, self.key)
        if not request.scope["query_string"]:
            return _MISSING
        if self.is_list:
            return request.query_params.getlist(self.key) or _MISSING
        return request.query_params.get(self.key, _MISSING)


def _default_of(field: Field) -> Any:
    """What stands for a parameter that is not given; it is shared, so nobody may change it."""
    info = field.field_info
    return _MISSING if info.is_required() else info.get_default(call_default_factory=True)


def _header(request: Request, name: str) -> Any:
    """The first header of a name; Starlette would decode every other one on the way."""
    wanted = name.encode()
    for key, value in request.scope["headers"]:
        if key == wanted:
            return value.decode("latin-1")
    return _MISSING


class QueryModel:
    """The whole query as one model, which nobody may change: who asks the same again gets the same."""

    def __init__(self, field: Field, lists: frozenset[str]) -> None:
        self._field = field
        self._lists = lists
        self._value = remembered(self._read)

    def read(self, request: Request, values: dict[str, Any], errors: Errors) -> None:
        value, wrong = self._value(request.scope["query_string"])
        if wrong:
            errors.extend(wrong)
        else:
            values[self._field.name] = value

    def _read(self, query: bytes) -> tuple[Any, Any]:
        given: dict[str, Any] = {}
        for name, value in parsed_query(query):
            if name in self._lists:
                given.setdefault(name, []).append(value)
            else:
                given[name] = value
        return self._field.validate(given, {}, loc=("query",))


@dataclass(slots=True)
class Step:
    """A function to call, and where its arguments come from; the last step of a plan is the endpoint."""

    call: Callable[..., Awaitable[Any]]
    inputs: list[tuple[str, int]] = field(default_factory=list)
    parameters: list[Parameter | QueryModel] = field(default_factory=list)
    body: Field | None = None
    request_name: str | None = None

    def arguments(self, request: Request, done: Sequence[Any], errors: Errors) -> dict[str, Any] | None:
        """The arguments but for the body, or None where one cannot be had."""
        known = len(errors)
        values: dict[str, Any] = {}
        is_whole = True
        for name, index in self.inputs:
            values[name] = done[index]
            is_whole = is_whole and done[index] is not _MISSING
        for parameter in self.parameters:
            parameter.read(request, values, errors)
        if self.request_name is not None:
            values[self.request_name] = request
        return values if is_whole and len(errors) == known else None

    async def with_body(
        self, arguments: dict[str, Any] | None, request: Request, errors: Errors
    ) -> dict[str, Any] | None:
        """The arguments and the body; what is wrong with it is told whatever else is."""
        assert self.body is not None  # noqa: S101 - asked only where there is one.
        known = len(errors)
        values = arguments or {}
        await _read_body(request, self.body, values, errors)
        return None if arguments is None or len(errors) > known else values


class Unplannable(Exception):
    """The route asks for something that only FastAPI knows how to give."""


def plan_of(dependant: Dependant) -> list[Step]:
    """The steps of a route in their order, each dependency once.

    Raises:
        Unplannable: it takes a form, a cookie, background tasks or the response, or a dependency cleans up.
    """
    steps: list[Step] = []
    _add(dependant, steps, {})
    return steps


async def solved(steps: Sequence[Step], request: Request) -> Any:
    """What the endpoint returns.

    Raises:
        RequestValidationError: an argument cannot be had; whatever can be said is said at once.
    """
    done: list[Any] = []
    errors: Errors = []
    endpoint = steps[-1]
    for step in steps:
        arguments = step.arguments(request, done, errors)
        if step.body is not None:
            arguments = await step.with_body(arguments, request, errors)
        if step is endpoint and (errors or arguments is None):
            raise RequestValidationError(errors)
        done.append(_MISSING if arguments is None else await step.call(**arguments))
    return done[-1]


def _add(dependant: Dependant, steps: list[Step], places: dict[Any, int]) -> int:
    _refuse_unplannable(dependant)
    call = dependant.call
    assert call is not None  # noqa: S101 - FastAPI sets it for every dependency and endpoint.
    if call in places and dependant.use_cache:
        return places[call]
    inputs = [(inner.name, _add(inner, steps, places)) for inner in dependant.dependencies]
    step = Step(
        call,
        inputs=[(name, index) for name, index in inputs if name is not None],
        parameters=list(_parameters(dependant)),
        body=dependant.body_params[0] if dependant.body_params else None,
        request_name=dependant.request_param_name,
    )
    steps.append(step)
    places[call] = len(steps) - 1
    return places[call]


def _refuse_unplannable(dependant: Dependant) -> None:
    needs_fastapi = (
        dependant.cookie_params
        or len(dependant.body_params) > 1
        or dependant.background_tasks_param_name
        or dependant.security_scopes_param_name
        or dependant.http_connection_param_name
        or dependant.response_param_name
        or any(not _is_json(each) for each in dependant.body_params)
    )
    if needs_fastapi or not iscoroutinefunction(dependant.call) or isasyncgenfunction(dependant.call):
        raise Unplannable(str(dependant.call))


def _is_json(body: Any) -> bool:
    return type(body.field_info).__name__ == "Body" and not body.field_info.embed


def _parameters(dependant: Dependant) -> Iterator[Parameter | QueryModel]:
    for each in dependant.path_params:
        yield Parameter.of("path", each.alias, each)
    for each in dependant.query_params:
        annotation = each.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield QueryModel(each, frozenset(_list_names(annotation)))
        else:
            yield Parameter.of("query", each.alias, each, is_list=_is_list(annotation))
    for each in dependant.header_params:
        alias = each.alias.replace("_", "-") if each.alias == each.name else each.alias
        yield Parameter.of("header", alias.lower(), each)


def _list_names(model: type[BaseModel]) -> Iterator[str]:
    for name, each in model.model_fields.items():
        if _is_list(each.annotation):
            yield each.alias or name


def _is_list(annotation: Any) -> bool:
    kinds = [annotation, *get_args(annotation)]
    return any(get_origin(kind) is list for kind in kinds)


async def _read_body(request: Request, body: Field, values: dict[str, Any], errors: Errors) -> None:
    given = await _json_of(request)
    if given is _MISSING:
        if body.field_info.is_required():
            errors.append(_missing(("body",)))
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
        return _MISSING
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


def _missing(place: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "missing", "loc": place, "msg": "Field required", "input": None}
