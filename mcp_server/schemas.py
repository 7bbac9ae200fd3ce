"""What tools answer beside a task, and how schemas are made small enough for a model's context."""

from typing import Any

from pydantic import BaseModel

from src.tasks.schemas import TagRead, TaskRead


class TaskResult(BaseModel):
    """One task."""

    task: TaskRead


class TagList(BaseModel):
    """Tags in use."""

    tags: list[TagRead]


_DECORATION = ("title", "description", "examples", "default")


def compact_input(schema: dict[str, Any]) -> dict[str, Any]:
    """An input schema without pydantic's titles, closed to unknown arguments."""
    compact: dict[str, Any] = _without(_inlined(schema), ("title", "examples"))
    return compact | {"additionalProperties": False}


def compact_output(schema: dict[str, Any]) -> dict[str, Any]:
    """An output schema with types only: a model reads the values, not their documentation."""
    compact: dict[str, Any] = _without(schema, _DECORATION)
    return compact


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Small enumerations stand where they are used."""
    definitions = schema.get("$defs", {})

    def resolved(node: Any) -> Any:
        if isinstance(node, list):
            return [resolved(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            target = definitions[node["$ref"].rsplit("/", 1)[-1]]
            return resolved({**target, **{k: v for k, v in node.items() if k != "$ref"}})
        return {key: resolved(inner) for key, inner in node.items() if key != "$defs"}

    inlined: dict[str, Any] = resolved(schema)
    return inlined


def _without(node: Any, names: tuple[str, ...], *, is_properties: bool = False) -> Any:
    if isinstance(node, list):
        return [_without(inner, names) for inner in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _without(inner, names, is_properties=key in ("properties", "$defs") and not is_properties)
        for key, inner in node.items()
        if is_properties or key not in names
    }
    return kept if is_properties else _nullable_shortened(kept)


def _nullable_shortened(node: dict[str, Any]) -> dict[str, Any]:
    """`anyOf [T, null]` as T with a list of types, where T is simple."""
    options = node.get("anyOf")
    if not isinstance(options, list) or {"type": "null"} not in options or len(options) != 2:
        return node
    other = next(option for option in options if option != {"type": "null"})
    if not isinstance(other.get("type"), str) or "enum" in other:
        return node
    kept: dict[str, Any] = {key: value for key, value in node.items() if key != "anyOf"}
    kept |= other
    return kept | {"type": [other["type"], "null"]}
