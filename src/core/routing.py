"""The route classes: planned once, and most of them strict about query parameters."""

from collections.abc import Callable, Coroutine, Iterator
from functools import cached_property
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from src.core.queries import parsed_query, remembered
from src.core.schemas import nearest
from src.core.solving import Step, plan_of, solved

_NO_BODY = frozenset({204, 304})


class PlannedRoute(APIRoute):
    """A route of FastAPI that finds out once, not at each request, where its arguments come from.

    Raises:
        Unplannable: it asks for something that only FastAPI itself knows how to give.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._handle = self.get_route_handler()
        self.app = self._answer

    @cached_property
    def _steps(self) -> list[Step]:
        return plan_of(self.dependant)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        steps = self._steps

        async def handle(request: Request) -> Response:
            result = await solved(steps, request)
            return result if isinstance(result, Response) else self._serialized(result)

        return handle

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The route as an ASGI application, without the clean-up stacks that no plan needs."""
        response = await self._handle(Request(scope, receive, send))
        await response(scope, receive, send)

    def _serialized(self, result: Any) -> Response:
        status = self.status_code or 200
        if status in _NO_BODY:
            return Response(status_code=status)
        if self.response_field is None:
            return JSONResponse(jsonable_encoder(result), status)
        return Response(self._json(result), status, media_type="application/json")

    def _json(self, result: Any) -> bytes:
        assert self.response_field is not None  # noqa: S101 - asked only where there is one.
        value, wrong = self.response_field.validate(result, {}, loc=("response",))
        if wrong:
            raise ResponseValidationError(wrong)
        return self.response_field.serialize_json(
            value, exclude_none=self.response_model_exclude_none, by_alias=self.response_model_by_alias
        )


class StrictRoute(PlannedRoute):
    """A route whose unknown query parameters are errors, not silence."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = sorted(set(_query_names(self.dependant)))
        unknown_in = remembered(lambda query: [name for name, _ in parsed_query(query) if name not in known])

        async def handle_strictly(request: Request) -> Response:
            if request.scope["query_string"] and (unknown := unknown_in(request.scope["query_string"])):
                raise _refusal(unknown, known)
            if self.body_field is not None:
                await request.body()  # Here a body that is too large is told as such; FastAPI would say 400.
            return await handle(request)

        return handle_strictly


def _query_names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from (field.alias or name for name, field in annotation.model_fields.items())
        else:
            yield parameter.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def _refusal(unknown: list[str], known: list[str]) -> RequestValidationError:
    return RequestValidationError(
        [
            {
                "type": "unknown_parameter",
                "loc": ("query", name),
                "msg": f"Unknown parameter: {nearest(name, known)}",
                "input": None,
            }
            for name in dict.fromkeys(unknown)
        ]
    )
