"""The OpenAPI document: what the routes cannot say of themselves."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from src.core.http_errors import Problem, failures

DESCRIPTION = """
Tasks for people, frontends and AI assistants.

Send a token as `Authorization: Bearer …`: a JWT signed with `BETTER_AUTH_SECRET` (HS256; the user id is
`sub`, else `id`, else `user_id`) or by the keys at `JWKS_URL`, a Better Auth session, an account's token, or
a personal access token. `{user_id}` in a path is your own id, or `me`.

Instants are RFC 3339 in UTC, calendar dates `YYYY-MM-DD`. "Today" and times without an offset are meant in
your time zone: the `X-Timezone` header, else your stored setting, else UTC.

Every failure has one body (`Problem`) with a stable `code`; unknown fields and parameters are failures too.
"""

TAGS = [
    {"name": "tasks", "description": "Create, find, change and finish tasks."},
    {"name": "recurrence", "description": "Work that comes back: series, their dates, previews of rules."},
    {
        "name": "chat",
        "description": "Say it in words; the assistant acts with the tools that MCP clients use.",
    },
    {"name": "conversations", "description": "What was said."},
    {"name": "analytics", "description": "What was done, what lies ahead, and how it is drawn."},
    {"name": "settings", "description": "Time zone, first day of the week, order of dates."},
    {"name": "accounts", "description": "Sign up and sign in here, for those without Better Auth."},
    {"name": "tokens", "description": "Personal access tokens: keys for scripts and MCP clients."},
    {"name": "transfer", "description": "Moving in and out: exports and imports."},
    {"name": "feed", "description": "A private address for calendar programs to subscribe to."},
    {"name": "mcp", "description": "What MCP clients are told first; they speak at `/api/mcp`."},
    {"name": "health", "description": "Whether the service lives and is ready."},
]


# Their answers hold a secret, which is never kept for a retry.
_NOT_REPLAYED = frozenset({"tokens", "feed"})
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Retries with the same key and body within 24 hours get the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def describe(app: FastAPI) -> None:
    """Give the application its OpenAPI document, made once when it is first asked for."""

    # FastAPI's documented way to extend the schema.
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, tags=TAGS
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "HS256 JWT."}
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/api/{user_id}"):
                operation["security"] = [{"bearer": []}]
                if method == "post" and not _NOT_REPLAYED.intersection(operation["tags"]):
                    _describe_retries(operation)
            if "health" not in operation["tags"]:
                operation["responses"] |= {str(status): told for status, told in failures(429).items()}
            if "400" in operation["responses"]:
                operation["responses"].pop("422", None)
            if "requestBody" in operation:
                _describe_body(operation, schemas)
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document


def _describe_retries(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    operation["responses"] |= {str(status): told for status, told in failures(409).items()}


def _describe_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    operation["responses"] |= {str(status): told for status, told in failures(413).items()}
    content = operation["requestBody"]["content"].get("application/json")
    if content is None:
        return  # A file, which the route describes itself.
    content["example"] = _example_of(content["schema"], schemas)
    _let_defaults_be_omitted(content["schema"], schemas)


def _example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """An example of a body: the first example of each of its fields that has any."""
    named = next(each["$ref"] for each in (schema, *schema.get("anyOf", ())) if "$ref" in each)
    fields = schemas[named.rpartition("/")[2]]["properties"]
    return {name: field["examples"][0] for name, field in fields.items() if "examples" in field}


def _let_defaults_be_omitted(node: Any, schemas: dict[str, Any]) -> None:
    """Generators of clients take a field with a default for one that is always there; say it in words."""
    if isinstance(node, list):
        for inner in node:
            _let_defaults_be_omitted(inner, schemas)
    elif isinstance(node, dict):
        if "$ref" in node:
            _let_defaults_be_omitted(schemas[node["$ref"].rpartition("/")[2]], schemas)
        for field in node.get("properties", {}).values():
            _say_default(field)
        for key, inner in node.items():
            if key not in ("example", "examples"):
                _let_defaults_be_omitted(inner, schemas)


def _say_default(field: dict[str, Any]) -> None:
    default = field.pop("default", None)
    if default not in (None, [], False):
        field["description"] = f"{field.get('description', '')} Default: {default}.".strip()
