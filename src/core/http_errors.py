"""Errors as HTTP answers: one body for every failure (RFC 9457)."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response
from starlette.routing import Match

from src.core.errors import DomainError, ErrorKind, FieldError
from src.core.quota import tell_refusal
from src.core.schemas import field_error

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"

STATUS_OF_KIND = {
    ErrorKind.INVALID: 422,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.PRECONDITION_FAILED: 412,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.RATE_LIMITED: 429,
    ErrorKind.MODEL_UNAVAILABLE: 502,
    ErrorKind.UNAVAILABLE: 503,
    ErrorKind.INTERNAL: 500,
    ErrorKind.NOT_IMPLEMENTED: 501,
}
_KIND_OF_STATUS = {status: kind for kind, status in STATUS_OF_KIND.items()} | {400: ErrorKind.INVALID}
_REALM = 'Bearer realm="todo"'
# RFC 6750 §3.1: why a token was refused; whoever sent none is only told what to send.
_REFUSED = ', error="invalid_token"'
_CHALLENGES = {
    "invalid_token": _REFUSED,
    "token_expired": f'{_REFUSED}, error_description="The token has expired."',
    "insufficient_scope": ', error="insufficient_scope", scope="write"',
}
# Clients of the chat, conversation and account routes were promised 400 for what elsewhere is 422.
_BAD_REQUEST_TAGS = frozenset({"chat", "conversations", "accounts"})


class FieldProblem(BaseModel):
    """One field and what is wrong with it."""

    field: str
    message: str


class Problem(BaseModel):
    """The body of every failure."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    error: str
    message: str
    code: str
    request_id: str
    retry_after: int | None = None
    errors: list[FieldProblem] | None = None


def problem(
    kind: ErrorKind,
    code: str,
    message: str,
    *,
    status: int | None = None,
    request_id: str = "",
    retry_after: int | None = None,
    errors: Sequence[FieldError] = (),
) -> dict[str, Any]:
    status = status or STATUS_OF_KIND[kind]
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=message,
        error=kind.value,
        message=message,
        code=code,
        request_id=request_id,
        retry_after=retry_after,
        errors=[FieldProblem(field=e.field, message=e.message) for e in errors] or None,
    )
    return body.model_dump(exclude_none=True)


def problem_of(error: DomainError, *, request_id: str, status: int | None = None) -> dict[str, Any]:
    return problem(
        error.kind,
        error.code,
        error.message,
        status=status,
        request_id=request_id,
        retry_after=error.retry_after,
        errors=error.errors,
    )


def problem_response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    headers = dict(headers or {})
    if body["status"] == 401 or body["code"] in _CHALLENGES:
        headers.setdefault("WWW-Authenticate", _REALM + _CHALLENGES.get(body["code"], ""))
    if retry_after := body.get("retry_after"):
        headers.setdefault("Retry-After", str(retry_after))
    return Response(orjson.dumps(body), body["status"], headers, PROBLEM_JSON)


def request_id_of(request: Request) -> str:
    return str(request.scope.get("request_id", ""))


def _invalid_status(request: Request) -> int:
    route = request.scope.get("route")
    return 400 if _BAD_REQUEST_TAGS.intersection(getattr(route, "tags", ())) else 422


async def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - registered for this class only.
    status = _invalid_status(request) if error.kind is ErrorKind.INVALID else None
    tell_refusal(request.scope, error)
    return problem_response(problem_of(error, request_id=request_id_of(request), status=status))


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only.
    return _invalid(request, [field_error(detail) for detail in error.errors()])


def _invalid(request: Request, fields: list[FieldError]) -> Response:
    message = "; ".join(f"{field.field}: {field.message}" for field in fields[:3])
    body = problem(
        ErrorKind.INVALID,
        "invalid_input",
        message,
        status=_invalid_status(request),
        request_id=request_id_of(request),
        errors=fields,
    )
    return problem_response(body)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101 - registered for this class only.
    if error.status_code == 400:
        # FastAPI's word for a body that is no UTF-8, or is nested or numbered beyond what JSON readers take.
        return _invalid(request, [FieldError("body", "This is no JSON that can be read.")])
    phrase = HTTPStatus(error.status_code).phrase
    kind = _KIND_OF_STATUS.get(error.status_code, ErrorKind.INVALID)
    code, message = phrase.lower().replace(" ", "_"), error.detail
    if error.status_code == 404:
        code, message = "route_not_found", f"There is nothing at {request.url.path}."
    if error.status_code == 405:
        code, message = "method_not_allowed", f"{request.method} is not possible at {request.url.path}."
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed_methods(request))
    body = problem(kind, code, message, status=error.status_code, request_id=request_id_of(request))
    return problem_response(body, headers)


def _allowed_methods(request: Request) -> list[str]:
    """What RFC 9110 §15.5.6 asks for: Starlette names the methods of the first route at this path only."""
    methods = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
    return [
        method
        for method in methods
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(StarletteHTTPException, _http_exception)


_DESCRIPTIONS = {
    400: "Something in the input cannot be used.",
    401: "No credential, or one that is not accepted.",
    403: "The user in the path is not the caller.",
    404: "No such thing among the caller's own.",
    409: "It conflicts with what is stored.",
    412: "It changed since it was read.",
    413: "The body is too large.",
    422: "Something in the input cannot be used.",
    429: "Too many requests; `Retry-After` says when to come back, `RateLimit` and `RateLimit-Policy` why.",
    500: "An error of ours.",
    501: "This service cannot do that.",
    502: "The language model does not answer.",
    503: "The database, or who vouches for the credential, is away; `Retry-After` says when to come back.",
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented failures of a route, all with the one body."""
    return {
        status: {
            "description": _DESCRIPTIONS[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }
