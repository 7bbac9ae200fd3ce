"""How a route gets its arguments: FastAPI's rules, worked out once for each route and not at each request.

FastAPI walks the tree of dependencies anew for every request, which costs more than the database does. The
routes here are written as for FastAPI and documented by it; what it would find out each time (which value
goes where, who depends on whom) is found out once.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from src.core.fields import MISSING, Errors, Field, missing, with_body
from src.core.queries import parsed_query, remembered


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
        if given is MISSING:
            if self.default is MISSING:
                errors.append(missing((self.place, self.field.alias)))
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
            return MISSING
        if self.is_list:
            return request.query_params.getlist(self.key) or MISSING
        return request.query_params.get(self.key, MISSING)


def _default_of(field: Field) -> Any:
    """What stands for a parameter that is not given; it is shared, so nobody may change it."""
    info = field.field_info
    return MISSING if info.is_required() else info.get_default(call_default_factory=True)


def _header(request: Request, name: str) -> Any:
    """The first header of a name; Starlette would decode every other one on the way."""
    wanted = name.encode()
    for key, value in request.scope["headers"]:
        if key == wanted:
            return value.decode("latin-1")
    return MISSING


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
            is_whole = is_whole and done[index] is not MISSING
        for parameter in self.parameters:
            parameter.read(request, values, errors)
        if self.request_name is not None:
            values[self.request_name] = request
        return values if is_whole and len(errors) == known else None


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
            arguments = await with_body(step.body, arguments, request, errors)
        if step is endpoint and (errors or arguments is None):
            raise RequestValidationError(errors)
        done.append(MISSING if arguments is None else await step.call(**arguments))
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
